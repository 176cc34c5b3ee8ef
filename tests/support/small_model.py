"""Settings of a small user's model, for the tests of my_model."""

from __future__ import annotations

from typing import Any

from bornscape.my_model.data.model_data import data_of
from bornscape.my_model.draws import SizedModel
from bornscape.my_model.settings import complete

GHZ = {"set": "ghz"}


def settings(**changed: Any) -> dict[str, Any]:
    """Complete settings, some of them changed."""
    base = {
        "circuit": {"family": "iqp"},
        "losses": {"mmd": {"kind": "mmd", "bandwidth": "n/4"}, "kld": {"kind": "kld"}},
        "data": GHZ,
        "sizes": [4, 5, 6, 7, 8],
        "draws": 20,
        "chunk": 10,
    }
    return complete(base | changed)


def sized(n: int, **changed: Any) -> SizedModel:
    """The model at n qubits."""
    found = settings(**changed)
    return SizedModel.of(found, n, data_of(found["data"], n, 1))
