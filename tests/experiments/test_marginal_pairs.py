"""Pairs that agree on k-bit marginals: the table, and that its broken variant is contradicted."""

import numpy as np
import pandas as pd
import pytest

from bornscape.claims.comparison import Tables
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.experiments import marginal_pairs

SETTINGS = {"bandwidths": {"1": 1, "n/4": "n/4"}, "pairs": 2, "moves": 2}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("pairs")
    rng = np.random.default_rng(0)
    rows = [marginal_pairs.measure(n, SETTINGS, {}, rng).assign(n_qubits=n, chunk=0) for n in (2, 3, 5)]
    found = marginal_pairs.table(pd.concat(rows, ignore_index=True), SETTINGS)
    assert list(found.columns) == marginal_pairs.COLUMNS
    found.to_csv(folder / "proposition_5.csv", index=False)
    return Tables(folder)


@pytest.mark.parametrize("quantity", ["mmd", "marginals", "observable"])
def test_agreement_is_zero_at_k_and_not_beyond(tables: Tables, quantity: str) -> None:
    families = ["parity", "example", "moves", "parities"]
    at, beyond = (
        MEASUREMENTS["agreement"](
            tables, {"table": "proposition_5", "quantity": quantity, "families": families, "beyond": beyond}
        )
        for beyond in (0, 1)
    )
    # n = 2, 3, 5 with k = 1..n-1 for two families, one k for parity, and the example.
    assert len(at) == len(beyond) == (2 * 7 + 3 + 1) * (2 if quantity == "mmd" else 1)
    assert max(c.deviation for c in at) < 1e-14
    assert min(c.deviation for c in beyond) > 1e-6


def test_the_printed_strings_are_contradicted(tables: Tables) -> None:
    (found,) = MEASUREMENTS["agreement"](
        tables, {"table": "proposition_5", "quantity": "marginals", "families": ["printed"], "beyond": 0}
    )
    assert found.deviation == pytest.approx(0.5)
