"""Fig. 5: how the MMD's kernel weighs its 2l-body terms at sizes beyond state vectors."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.datasets import Targets
from bornscape.formulas import bandwidth_values
from bornscape.losses.kernel_weights import wire_by_wire_weights

COLUMNS = ["bandwidth", "n_qubits", "wires", "weight"]

SMALLEST_WEIGHT = 1e-30
"""Weights below this are left out: they change no moment in double precision."""


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Weights of the terms on ``wires`` wires (bodyness: twice that), at every named bandwidth; nothing is random.

    Examples
    --------
    The kernel of one qubit, exp(-H / 2s) with s = 1, is (1 + e^-1/2) / 2 of no wire and (1 - e^-1/2) / 2 of the wire.

    >>> import numpy as np
    >>> rows = measure(1, {"bandwidths": {"1": 1}}, targets={}, rng=np.random.default_rng(0))
    >>> rows.round(4).to_dict("list")
    {'bandwidth': ['1', '1'], 'wires': [0, 1], 'weight': [0.8033, 0.1967]}
    """
    parts = []
    for label, formula in settings["bandwidths"].items():
        weights = wire_by_wire_weights(n_qubits, bandwidth_values(formula, n_qubits))
        (wires,) = np.nonzero(weights >= SMALLEST_WEIGHT)
        parts.append(pd.DataFrame({"bandwidth": label, "wires": wires, "weight": weights[wires]}))
    return pd.concat(parts, ignore_index=True)


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The weights once: chunks repeat each other, since nothing is random.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"chunk": [0, 1], "bandwidth": "1", "n_qubits": 1, "wires": 0, "weight": 0.8033})
    >>> len(table(rows, settings={}))
    1
    """
    return rows[rows["chunk"] == 0][COLUMNS]
