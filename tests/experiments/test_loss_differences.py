"""Cor. 3: frozen differences, what they tell of the training set, and the judges of the claims about it."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.artifacts import write_table
from bornscape.bitstrings.sampling import to_bits
from bornscape.claims.comparison import Tables
from bornscape.claims.judges import judge
from bornscape.claims.measurements.loss_differences import classifier_order, difference_bound
from bornscape.datasets import synthetic_target
from bornscape.experiments import loss_differences
from bornscape.experiments.loss_differences import _State
from bornscape.losses.explicit import DEFINITIONS
from bornscape.losses.mmd import mmd
from bornscape.simulators.product import product_samples, string_probabilities

SETTINGS = {"ensemble": "haar", "pairs": 40, "shots": ["n**2"], "bandwidth": "n/4", "epsilon": 1e-14}
COUNTS = ("frozen", "different", "correct")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    parts = []
    for n in (2, 18):
        rng = np.random.default_rng(n)
        targets = {name: synthetic_target(name, n, rng) for name in ("zero", "o_n")}
        parts.append(loss_differences.measure(n, SETTINGS, targets, rng).assign(n_qubits=n, chunk=0))
    return loss_differences.table(pd.concat(parts), SETTINGS)


def test_exact_losses_of_a_product_state_are_those_of_its_vector() -> None:
    rng = np.random.default_rng(1)
    z, target = rng.uniform(-1, 1, 4), synthetic_target("o_n", 4, rng)
    found = _State.measured(z, 5, rng).exact(target, 1.5, 1e-9)
    q = string_probabilities(z, to_bits(np.arange(16), 4))
    for loss, definition in DEFINITIONS.items():
        assert found[loss] == pytest.approx(definition.value(target.dense(), q, 1e-9), rel=1e-10)
    assert found["mmd"] == pytest.approx(mmd(q, target.dense(), 1.5), rel=1e-10)


def test_estimates_of_the_mmd_scatter_around_the_exact_one() -> None:
    rng = np.random.default_rng(2)
    z, target = rng.uniform(-1, 1, 3), synthetic_target("zero", 3, rng)
    states = [_State.measured(z, 20, rng) for _ in range(300)]
    values = np.array([state.estimates(target, 1.0, 1e-9)["mmd"][0] for state in states])
    exact = states[0].exact(target, 1.0, 1e-9)["mmd"]
    assert abs(values.mean() - exact) < 5 * values.std() / np.sqrt(300)
    assert product_samples(z, 20, rng).shape == states[0].samples.shape


def test_table(table: pd.DataFrame) -> None:
    assert list(table.columns) == loss_differences.COLUMNS
    assert set(table["loss"]) == {*DEFINITIONS, "mmd"}
    assert table["pairs"].eq(40).all()
    assert table["best_accuracy"].to_numpy() == pytest.approx((1 + table["different"] / 40) / 2)
    explicit, kernel = table[table["loss"] != "mmd"], table[table["loss"] == "mmd"]
    assert kernel[kernel["n_qubits"] == 18]["frozen"].eq(0).all()
    # At n = 18 a hit has a chance of at most 18 * 324 / 2^18 a state and set, and is rare; at n = 2 it is certain.
    large, small = (explicit[explicit["n_qubits"] == n] for n in (18, 2))
    assert large["fraction"].min() > 0.8
    assert small[small["dataset"] == "o_n"]["fraction"].max() < 0.6
    assert kernel[kernel["n_qubits"] == 18]["nearest_accuracy"].min() > 0.7
    # What never differs cannot be guessed: each guess is then right with a chance of 1/2 (false alarm 1e-4).
    assert large[large["different"] == 0]["correct"].between(7, 33).all()


def tables_of(folder: Path, table: pd.DataFrame) -> Tables:
    write_table(table, folder / "loss_differences.csv")
    return Tables(folder)


@pytest.mark.parametrize("count", ["changed", "different"])
@pytest.mark.parametrize(("losses", "verdict"), [("explicit", "reproduced"), ("mmd", "contradicted")])
def test_bound(tmp_path: Path, table: pd.DataFrame, count: str, losses: str, verdict: str) -> None:
    """At n = 18: at n = 2 the bound says nothing, and all explicit losses are one event."""
    found = difference_bound(
        tables_of(tmp_path, table), {"table": "loss_differences", "count": count, "losses": losses}
    )
    assert [c.label.split(", ", 1)[1] for c in found] == [f"{name}, n = 18, 324 shots" for name in ("zero", "o_n")]
    assert judge("bound", found, "", 0.01).verdict == verdict


def test_bound_by_hand(tmp_path: Path) -> None:
    """10 shots, 2 strings, n = 10: at most 40/1024 changed, 80/1024 different; the exact binomial tail of 5 of 40."""
    row = made("kld", frozen=35, different=5, correct=20) | {"n_qubits": 10, "shots": 10, "strings": 2}
    tables = tables_of(tmp_path, pd.DataFrame([row], columns=loss_differences.COLUMNS))
    for count, bound in (("changed", 40 / 1024), ("different", 80 / 1024)):
        (found,) = difference_bound(tables, {"table": "loss_differences", "count": count, "losses": "explicit"})
        assert found.expected == pytest.approx(bound)
        assert found.estimate == 5 / 40
        assert found.deviation > 0


def made(loss: str, frozen: int, different: int, correct: int) -> dict[str, Any]:
    row: dict[str, Any] = {"n_qubits": 20, "dataset": "zero", "strings": 1, "loss": loss, "shots": 400, "pairs": 40}
    best, nearest = (1 + different / 40) / 2, correct / 40
    row |= {"frozen": frozen, "different": different, "correct": correct}
    return (
        row
        | dict.fromkeys(("best_accuracy", "best_low", "best_high"), best)
        | dict.fromkeys(("nearest_accuracy", "nearest_low", "nearest_high"), nearest)
    )


@pytest.mark.parametrize(
    ("kld", "correct", "verdict"),
    [(0, 38, "reproduced"), (0, 22, "inconclusive"), (40, 22, "contradicted"), (4, 20, "inconclusive")],
)
def test_order_of_classifiers(tmp_path: Path, kld: int, correct: int, verdict: str) -> None:
    rows = [made("kld", 40 - kld, kld, 20), made("mmd", 0, 40, correct)]
    tables = tables_of(tmp_path, pd.DataFrame(rows, columns=loss_differences.COLUMNS))
    found = classifier_order(tables, {"table": "loss_differences", "lower": "kld", "higher": "mmd", "size": "largest"})
    assert judge("ordering", found, "", 0.05).verdict == verdict


def test_order_at_the_largest_size_and_its_control(tmp_path: Path, table: pd.DataFrame) -> None:
    tables = tables_of(tmp_path, table)
    found = classifier_order(tables, {"table": "loss_differences", "lower": "kld", "higher": "mmd", "size": "largest"})
    assert all("n = 18" in comparison.label for comparison in found)
    assert judge("ordering", found, "", 0.05).verdict == "reproduced"
    # At the smallest the KLD sees as much as the MMD.
    settings = {"table": "loss_differences", "lower": "kld", "higher": "mmd", "size": "smallest"}
    assert judge("ordering", classifier_order(tables, settings), "", 0.05).verdict != "reproduced"


def test_empty_table_is_no_evidence(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, pd.DataFrame(columns=loss_differences.COLUMNS))
    assert difference_bound(tables, {"table": "loss_differences", "count": "changed", "losses": "explicit"}) == []
    assert (
        classifier_order(tables, {"table": "loss_differences", "lower": "kld", "higher": "mmd", "size": "largest"})
        == []
    )
