"""Data with one parity: light cones and moments by hand, and the claims on them with their broken variants."""

import numpy as np
import pandas as pd
import pytest

from bornscape.claims.comparison import Tables
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.experiments import single_subsets
from bornscape.theory import flip_probability
from support.shipped import shipped_claims

SETTINGS = {
    "circuits": ["entanglers", "line_haar"],
    "subsets": [1, 2, "log2(n)"],
    "depths": [1, "log2(n)", "n"],
    "linear_up_to": 6,
    "bandwidth": "n/4",
    "largest_state": 6,
    "draws": 200,
    "light_cones": 60,
}
CLAIMS = {claim["claim"]: claim for claim in shipped_claims() if claim["evidence"] == ["single_subsets.csv"]}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("single")
    parts = []
    for n in (4, 6, 8, 16):
        parts.append(single_subsets.measure(n, SETTINGS, {}, np.random.default_rng([3, n])).assign(n_qubits=n, chunk=0))
    found = single_subsets.table(pd.concat(parts, ignore_index=True), SETTINGS)
    assert list(found.columns) == single_subsets.COLUMNS
    found.to_csv(folder / "single_subsets.csv", index=False)
    return Tables(folder)


def test_without_layers_the_bound_is_exact(tables: Tables) -> None:
    rows = tables.read("single_subsets")
    rows = rows[rows["n_layers"] == 0]
    assert np.array_equal(rows["light_cone"], rows["wires"])
    p = np.array([flip_probability(n / 4) for n in rows["n_qubits"]])
    expected = 4 * ((1 - p) ** (rows["n_qubits"] - rows["wires"]) * p ** rows["wires"]) ** 2
    assert rows["coefficient"].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-9)
    assert rows["bound"].to_numpy() == pytest.approx((expected * 3.0 ** -rows["wires"]).to_numpy(), rel=1e-9)
    measured = rows[rows["draws"] > 0]
    off = (measured["moment"] - 3.0 ** -measured["wires"]) / measured["moment_error"]
    # Five of its own estimated errors, for the twelve means of 200 skewed values.
    assert off.abs().max() < 5


def test_moments_are_those_of_one_parity(tables: Tables) -> None:
    """The mean square of Z on all wires of the middle is within its errors of the mean over the light cones."""
    rows = tables.read("single_subsets")
    deep = rows[(rows["n_qubits"] == 6) & (rows["n_layers"] == 3) & (rows["circuit"] == "line_haar")]
    assert deep["wires"].tolist() == [1, 2, 3]
    assert (deep["moment"] > 3.0 ** -deep["light_cone"]).all()
    assert (deep["moment"] < 3.0 ** -deep["wires"]).all()


def test_the_bound_of_one_subset_holds_and_its_broken_variant_does_not(tables: Tables) -> None:
    claim = CLAIMS["theorem_3_single_subset"]
    settings = {"table": "single_subsets"} | claim["settings"]
    held, broken = (MEASUREMENTS[claim["check"]](tables, settings | more) for more in ({}, claim["control"]))
    # Two sizes, two circuits, 3 depths and 2 subsets at n = 4 (log2(4) = 2), 3 at n = 6.
    assert len(held) == len(broken) == 2 * 3 * (2 + 3)
    assert max(c.deviation for c in held) < 4
    assert max(c.deviation for c in broken) > 8


def test_the_power_of_a_subset_of_log_n_grows(tables: Tables) -> None:
    claim = CLAIMS["theorem_3_single_subset_of_log_n"]
    settings = {"table": "single_subsets"} | claim["settings"]
    held, broken = (MEASUREMENTS[claim["check"]](tables, settings | more) for more in ({}, claim["control"]))
    assert [c.expected for c in held] == pytest.approx([2 * np.log2(n) for n in (4, 6, 8)])
    assert max(c.deviation for c in held) < 0 < 1e6 < max(c.deviation for c in broken)
    # n^-2 of c_s(A)^2 for one wire.
    assert broken[-1].estimate == pytest.approx(2, abs=0.1)


def test_the_law_is_asked_at_the_claims_depth(tables: Tables) -> None:
    claim = CLAIMS["theorem_3_single_subset_law"]
    settings = {"table": "single_subsets"} | claim["settings"]
    found = MEASUREMENTS[claim["check"]](tables, settings)
    assert [c.label.partition(" undecided")[0].partition(" falls")[0] for c in found] == [
        f"{circuit}, |A| = {size}" for circuit in SETTINGS["circuits"] for size in ("1", "2")
    ]
    # n layers were drawn at two sizes only: no law.
    assert MEASUREMENTS[claim["check"]](tables, settings | claim["control"]) == []
