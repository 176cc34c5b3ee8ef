"""Bodyness weights beyond state vectors, truncated losses against plain sums, and the bounds of Prop. 4."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bornscape import theory
from bornscape.bitstrings.sampling import to_bits
from bornscape.circuits import line_circuit
from bornscape.claims.comparison import Tables
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.datasets import synthetic_target
from bornscape.experiments import bodyness_weights, truncation
from bornscape.losses.kernel_weights import measured_weights, wire_by_wire_weights
from bornscape.losses.mmd import mmd
from bornscape.simulators.state_vector import layer_probabilities
from support.shipped import BANDWIDTHS

WEIGHTS = {"bandwidths": {"0": 0.001, "1": 1, "n/4": "n/4", "average": [0.001, 1, "n/4"]}}
TRUNCATION = {"bandwidths": {"1": 1, "n/4": "n/4", "n": "n"}, "draws": 3, "datasets": ["ghz"]}


@pytest.mark.parametrize("bandwidth", [0.01, 1.0, 3.5, [0.1, 2.0]])
def test_wire_by_wire_weights_are_those_of_the_kernel(bandwidth: float | list[float]) -> None:
    for n in (1, 2, 7):
        assert wire_by_wire_weights(n, bandwidth) == pytest.approx(measured_weights(n, bandwidth), abs=1e-13)


def test_one_wire_by_hand() -> None:
    k = np.exp(-0.25)
    assert wire_by_wire_weights(1, 2.0) == pytest.approx([(1 + k) / 2, (1 - k) / 2], rel=1e-12)


@pytest.mark.parametrize("n", [50, 200])
def test_weights_are_binomial_at_large_n(n: int) -> None:
    for s in (0.001, 1.0, n / 4):
        assert wire_by_wire_weights(n, s) == pytest.approx(theory.bodyness_weights(n, s), rel=1e-11, abs=1e-60)


def spectra(n: int, seed: int = 0) -> pd.DataFrame:
    target = synthetic_target("ghz", n, np.random.default_rng(0))
    rows = truncation.measure(n, TRUNCATION, {"ghz": target}, np.random.default_rng(seed))
    return rows.assign(n_qubits=n, chunk=0)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("truncation")
    rows = pd.concat([spectra(n) for n in (3, 4, 9)], ignore_index=True)
    truncation.table(rows, TRUNCATION).to_csv(folder / "truncation.csv", index=False)
    nothing = np.random.default_rng(0)
    parts = [bodyness_weights.measure(n, WEIGHTS, {}, nothing).assign(n_qubits=n, chunk=0) for n in (10, 60)]
    bodyness_weights.table(pd.concat(parts, ignore_index=True), WEIGHTS).to_csv(folder / "fig_5.csv", index=False)
    return Tables(folder, BANDWIDTHS)


def test_opposite_strings_by_hand(tables: Tables) -> None:
    """Parities differ by 2 on every odd number of wires: the change beyond k is 4 times those weights."""
    rows = tables.read("truncation")
    rows = rows[(rows["ansatz"] == "opposite") & (rows["n_qubits"] == 9) & (rows["bandwidth"] == "n/4")]
    weights = theory.bodyness_weights(9, 9 / 4)
    odd = np.arange(10) % 2 * 4 * weights
    assert rows["error_largest"].to_numpy() == pytest.approx([odd[k + 1 :].sum() for k in range(9)], rel=1e-11)
    p, q = np.eye(512)[[0, 511]]
    assert rows["mmd"].iloc[0] == pytest.approx(mmd(q, p, 9 / 4), rel=1e-12)


def test_truncated_losses_are_sums_over_subsets() -> None:
    n, k = 4, 2
    rows = spectra(n)
    table = truncation.table(rows, TRUNCATION)
    target = synthetic_target("ghz", n, np.random.default_rng(0)).dense()
    rng, signs = np.random.default_rng(0), 1.0 - 2.0 * to_bits(np.arange(2**n), n)
    errors = []
    circuit, flip = line_circuit(n, 2), (1 - np.exp(-0.5)) / 2
    for _ in range(TRUNCATION["draws"]):
        theta = rng.uniform(0, 2 * np.pi, circuit.n_parameters)
        q = dict(layer_probabilities(circuit, theta, [0, 2]))[2]
        errors.append(
            sum(
                (1 - flip) ** (n - size) * flip**size * float(signs[:, wires].prod(axis=1) @ (q - target)) ** 2
                for size in range(k + 1, n + 1)
                for wires in map(list, combinations(range(n), size))
            )
        )
    row = table[(table["ansatz"] == "line") & (table["bandwidth"] == "1") & (table["k"] == k)].iloc[0]
    assert (row["error_largest"], row["error_median"]) == (pytest.approx(max(errors)), pytest.approx(np.median(errors)))
    assert row["pairs"] == 3


@pytest.mark.parametrize("form", ["sum", "closed"])
def test_bounds_hold_and_their_broken_variant_does_not(tables: Tables, form: str) -> None:
    found = MEASUREMENTS["truncation"](tables, {"table": "truncation", "form": form, "convention": "variance"})
    assert len(found) == 3 * 3 * (3 + 4 + 9)
    assert max(c.deviation for c in found) < 1
    broken = MEASUREMENTS["truncation"](
        tables, {"table": "truncation", "form": form, "convention": "standard_deviation"}
    )
    assert max(c.deviation for c in broken) > 100


def test_weights_hold_and_their_broken_variant_does_not(tables: Tables) -> None:
    given = WEIGHTS | {"convention": "variance"}
    found = MEASUREMENTS["bodyness_weight"](tables, {"table": "fig_5"} | given)
    assert len(found) == 8
    assert max(c.deviation for c in found) < 1e-11
    assert (
        max(
            c.deviation
            for c in MEASUREMENTS["bodyness_weight"](
                tables, {"table": "fig_5"} | given | {"convention": "standard_deviation"}
            )
        )
        > 0.1
    )


def test_low_bodyness_holds_and_s_1_does_not(tables: Tables) -> None:
    found = MEASUREMENTS["low_bodyness"](tables, {"table": "fig_5", "bandwidth": "n/4", "multiple": 0.25})
    assert [c.expected for c in found] == [2, 4, 2, 4]
    flip = (1 - np.exp(-0.5 / 15)) / 2
    assert [c.estimate for c in found[2:]] == [pytest.approx(120 * flip), pytest.approx(240 * flip * (1 - flip))]
    assert max(c.deviation for c in found) < 0
    assert (
        max(
            c.deviation
            for c in MEASUREMENTS["low_bodyness"](tables, {"table": "fig_5", "bandwidth": "1", "multiple": 0.25})
        )
        > 100
    )


def test_chunks_of_weights_are_one(tmp_path: Path) -> None:
    part = bodyness_weights.measure(3, WEIGHTS, {}, np.random.default_rng(0)).assign(n_qubits=3)
    both = pd.concat([part.assign(chunk=0), part.assign(chunk=1)], ignore_index=True)
    assert len(bodyness_weights.table(both, WEIGHTS)) == len(part)
