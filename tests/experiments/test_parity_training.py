"""Experiments on what low-body losses cannot see, and their figures."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.claims.measurements.first_gradients import typical_ratios
from bornscape.experiments import experiment_of
from bornscape.figures import qgan as qgan_figure
from bornscape.figures import trainable_but_wrong as parity_figure
from bornscape.training.annealing import annealed_bandwidth
from bornscape.training.discriminators import Discriminator

BANDWIDTHS = {"mmd_n4": "n/4", "mmd_0.1": 0.1, "mmd_average": [0.01, "n/4", "n"]}
PARITY = {
    "kind": "parity_training",
    "n_layers": 1,
    "bandwidths": BANDWIDTHS,
    "anneal": {"first": "n/4", "last": 0.1, "share": 0.75},
    "budgets": [None, 50],
    "epochs": 4,
    "pace": 5,
    "record_every": 2,
    "repetitions": 2,
}
SIGNAL = {"kind": "gradient_signal", "n_layers": 1, "bandwidths": BANDWIDTHS, "shots": 50, "starts": 3, "estimates": 2}
PRODUCT = {
    "kind": "product_gradient_signal",
    "bandwidths": {"mmd_n4": "n/4", "mmd_0.1": 0.1},
    "shots": 512,
    "starts": 10,
}
QGAN = {
    "kind": "qgan",
    "n_layers": 1,
    "repetitions": 2,
    "record_every": 2,
    "trials": 400,
    "discriminator": {"width": 8, "rate": 0.01, "batch": 16, "steps": 4},
    "generator": {"epochs": 4, "steps": 1, "pace": 5},
}


def run(settings: dict[str, Any], *sizes: int) -> pd.DataFrame:
    kind = experiment_of(settings["kind"])
    rng = np.random.default_rng(0)
    parts = [kind.measure(n, settings, {}, rng).assign(n_qubits=n, chunk=0) for n in sizes]
    return kind.table(pd.concat(parts, ignore_index=True), settings)


@pytest.fixture(scope="module")
def parity() -> pd.DataFrame:
    return run(PARITY, 3, 4)


@pytest.fixture(scope="module")
def duel() -> pd.DataFrame:
    return run(QGAN, 3)


def test_every_parity_run_is_there(parity: pd.DataFrame) -> None:
    assert list(parity.columns) == experiment_of("parity_training").COLUMNS
    for n, part in parity.groupby("n_qubits"):
        # Targets, losses with the annealed one, budgets, repetitions, recorded epochs, orders.
        assert len(part) == 2 * 4 * 2 * 2 * 3 * n
        assert set(part.loc[part["target"] == "subset_parity", "hidden_order"]) == {n // 2 + 1}


def test_runs_of_a_repetition_start_alike(parity: pd.DataFrame) -> None:
    start = parity[(parity["epoch"] == 0) & (parity["target"] == "parity")]
    assert (start.groupby(["n_qubits", "repetition", "order"])["rms"].nunique() == 1).all()


def test_the_hidden_deviation_is_that_of_the_last_order(parity: pd.DataFrame) -> None:
    last = parity[(parity["target"] == "parity") & (parity["order"] == parity["n_qubits"])]
    np.testing.assert_allclose(last["hidden"], last["largest"], atol=1e-12)
    np.testing.assert_allclose(last["hidden"], last["rms"], atol=1e-12)


def test_exact_training_lowers_the_full_bodied_loss(parity: pd.DataFrame) -> None:
    rows = parity[parity["shots"].isna() & (parity["loss"] == "mmd_0.1") & (parity["target"] == "parity")]
    curves = rows[rows["order"] == 1].pivot_table(index="epoch", values="tvd", columns=["n_qubits", "repetition"])
    assert curves.iloc[-1].mean() < curves.iloc[0].mean()


def test_the_annealed_run_is_the_local_one_at_first_and_differs_later(parity: pd.DataFrame) -> None:
    assert annealed_bandwidth(0, 4, 1.0, 0.1, 0.75) == 1.0
    exact = parity[parity["shots"].isna() & (parity["order"] == 1) & (parity["epoch"] == 4)]
    found = exact.set_index(["loss", "target", "n_qubits", "repetition"])["tvd"]
    assert (found["mmd_annealed"] != found["mmd_n4"]).all()


def test_gradient_signals_are_positive_and_shared_by_repetition() -> None:
    table = run(SIGNAL, 3)
    assert len(table) == 9
    np.testing.assert_allclose(table["ratio"], table["norm"] / table["noise"])
    assert (table["ratio"] > 0).all()


def test_typical_ratios_by_hand() -> None:
    rows = pd.DataFrame({"n_qubits": [4, 4, 5], "ratio": [1.0, 4.0, 3.0]})
    (found,) = typical_ratios(rows).to_dict("records")
    assert (found["n_qubits"], found["ratio"]) == (4, pytest.approx(2))
    assert found["ci_low"] * found["ci_high"] == pytest.approx(4)


def test_the_qgan_table(duel: pd.DataFrame) -> None:
    assert list(duel.columns) == experiment_of("qgan").COLUMNS
    # Phases, discriminators, repetitions, recorded epochs, orders.
    assert len(duel) == 2 * 2 * 2 * 3 * 3
    keys = ["phase", "discriminator", "repetition", "epoch"]
    np.testing.assert_allclose(duel.groupby(keys)["share"].sum(), 1)
    means = (duel["order"] * duel["share"]).groupby([duel[key] for key in keys]).sum()
    np.testing.assert_allclose(means, duel.groupby(keys)["bodyness"].first())
    blind = duel[(duel["phase"] == "supervised") & (duel["discriminator"] == "marginals")]
    assert np.abs(blind["witness"]).max() < 1e-12


@pytest.mark.parametrize("value", [0.0, 0.7])
def test_a_discriminator_whose_units_died_has_no_bodyness(value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen in a run of 1500 epochs at six qubits. It tells nothing apart, and the figure is drawn from the others."""
    observable, calls = Discriminator.observable, []

    def dead_at_last(self: Discriminator) -> np.ndarray:
        calls.append(observable(self))
        return calls[-1] if len(calls) < 40 else np.full_like(calls[-1], value)

    monkeypatch.setattr(Discriminator, "observable", dead_at_last)
    rows = run(QGAN, 3)
    dead = rows["bodyness"].isna()
    assert 0 < dead.sum() < len(rows)
    assert rows["share"].isna().equals(dead)
    assert (rows["witness"][dead].abs() < 1e-12).all()
    np.testing.assert_allclose(rows["accuracy"][dead], 0.5)
    _, table = qgan_figure.figure(rows)
    assert table["median"].notna().all()


def test_repetitions_are_numbered_through_chunks(duel: pd.DataFrame) -> None:
    rows = duel.assign(chunk=3)
    assert set(experiment_of("qgan").table(rows, QGAN)["repetition"]) == {6, 7}


def test_the_figures_show_their_tables(parity: pd.DataFrame, duel: pd.DataFrame) -> None:
    signal, product = run(SIGNAL, 3), run(PRODUCT, 4, 8)
    drawn, table = parity_figure.figure(parity, signal, product)
    assert len(drawn.axes) == 6
    assert set(table["panel"]) == {"signal", "tvd", "rms", "hidden"}
    drawn, table = qgan_figure.figure(duel)
    assert sum(axis.axison for axis in drawn.axes) == 4
    assert set(table["panel"]) == {"bodyness", "share", "accuracy", "tvd"}
