"""Experiments, measurements and figures of what low-body losses cannot see."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from bornscape.artifacts import write_table
from bornscape.claims.comparison import Tables
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.claims.measurements.first_gradients import typical_ratios
from bornscape.claims.register import judge_claim
from bornscape.experiments import experiment_of
from bornscape.figures import qgan as qgan_figure
from bornscape.figures import trainable_but_wrong as parity_figure
from bornscape.training.annealing import annealed_bandwidth

CLAIMS = {claim["claim"]: claim for claim in yaml.safe_load(Path("config/claims.yaml").read_text())["claims"]}
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


# Measurements and claims on made-up tables


def repeated(low: float, high: float, lower: dict[str, Any], higher: dict[str, Any]) -> list[dict[str, Any]]:
    """Six repetitions of two kinds of rows around two values."""
    sides = ((low, lower), (high, higher))
    return [row | {"repetition": r, "value": value + 0.01 * r} for value, row in sides for r in range(6)]


def order(folder: Path, rows: list[dict[str, Any]], **settings: Any) -> list[Any]:
    write_table(pd.DataFrame(rows), folder / "made.csv")
    return MEASUREMENTS["measured_order"](Tables(folder), {"table": "made", "value": "value", **settings})


def test_measured_order_by_hand(tmp_path: Path) -> None:
    rows = repeated(1.0, 2.0, {"loss": "a", "epoch": 9}, {"loss": "b", "epoch": 9})
    rows += repeated(9.0, 0.0, {"loss": "a", "epoch": 0}, {"loss": "b", "epoch": 0})
    sides = {"where": {"epoch": "last"}, "lower": {"loss": "a"}, "higher": {"loss": "b"}}
    (found,) = order(tmp_path, rows, **sides)
    assert found.estimate == pytest.approx(-1)
    assert (found.deviation, found.reversed_deviation) == (pytest.approx(1 / 924), pytest.approx(1))
    (first,) = order(tmp_path, rows, **{**sides, "where": {"epoch": "first"}})
    assert first.estimate == pytest.approx(9)


def test_measured_order_finds_exact_runs_and_missing_cases(tmp_path: Path) -> None:
    rows = repeated(1.0, 2.0, {"loss": "a", "shots": np.nan}, {"loss": "b", "shots": np.nan})
    rows += repeated(1.0, 2.0, {"loss": "a", "shots": 100.0}, {"loss": "b", "shots": 100.0})
    sides = {"lower": {"loss": "a"}, "higher": {"loss": "b"}}
    assert len(order(tmp_path, rows, cases=[{"shots": "exact"}, {"shots": 100}], **sides)) == 2
    assert order(tmp_path, rows, cases=[{"shots": "exact"}, {"shots": 1000}], **sides) == []


def claim_tables(folder: Path) -> Tables:
    """Tables that obey every ordering claim: full-bodied below global below local, say, with little scatter."""
    level = {"mmd_average": 0.2, "mmd_annealed": 0.3, "mmd_0.1": 0.6, "mmd_n4": 1.0}
    pairs = {"mmd_n4": 0.1, "mmd_0.1": 0.5, "mmd_average": 0.2, "mmd_annealed": 0.2}
    rows = [
        {"target": t, "loss": loss, "n_qubits": n, "shots": shots, "repetition": r, "epoch": 9, "order": o}
        | {"tvd": level[loss] + r / 100, "hidden": level[loss] + r / 100, "rms": pairs[loss] + r / 100}
        for t in ("parity", "subset_parity")
        for loss in level
        for n in (6, 8)
        for shots in (np.nan, 100.0)
        for r in range(5)
        for o in (1, 2)
    ]
    write_table(pd.DataFrame(rows), folder / "trainable_but_wrong.csv")
    laws = {"mmd_0.1": lambda n: 9 * np.exp(-0.2 * n), "mmd_n4": lambda n: 9 * n**-0.5}
    for name, sizes in {
        "parity_signal": range(4, 13),
        "parity_signal_product": (4, 8, 12, 16, 24, 32, 64, 100),
    }.items():
        signals = [
            {"loss": loss, "n_qubits": n, "repetition": r, "ratio": law(n) * (1 + r / 1000)}
            for loss, law in laws.items()
            for n in sizes
            for r in range(6)
        ]
        write_table(pd.DataFrame(signals), folder / f"{name}.csv")
    write_table(pd.DataFrame(_made_duel()), folder / "qgan.csv")
    return Tables(folder)


def _made_duel() -> list[dict[str, Any]]:
    rows = []
    for kind in ("network", "marginals"):
        sharp = kind == "network"
        for n, phase, epoch, r in ((n, p, e, r) for n in (6, 8) for p in PHASES for e in (0, 9) for r in range(5)):
            late = sharp and epoch == 9
            shared = {"phase": phase, "discriminator": kind, "n_qubits": n, "repetition": r, "epoch": epoch}
            shared |= {"tvd": (0.5 if late else 1.2) + r / 100, "accuracy": (0.7 if late else 0.5) + r / 1000}
            shared |= {"trials": 1000, "correct": 700 if late else 500 + 10 * (r - 2)}
            shared |= {"bodyness": (3 if late else 1.5) + r / 100}
            rows += [shared | {"order": o, "share": s} for o, s in ((1, 0.6), (2, 0.3), (3, 0.1 if sharp else 1e-30))]
    return rows


PHASES = ("supervised", "adversarial")
OWN = [name for name, claim in CLAIMS.items() if claim["result"] in ("trainable_but_wrong", "qgan")]


@pytest.mark.parametrize("name", OWN)
def test_a_claim_is_reproduced_where_it_holds_and_its_control_contradicted(name: str, tmp_path: Path) -> None:
    found, control = judge_claim(CLAIMS[name], claim_tables(tmp_path))
    assert found.verdict == "reproduced", found.evidence
    assert control.verdict == "contradicted", control.evidence


def test_too_few_sizes_make_no_law(tmp_path: Path) -> None:
    rows = [{"loss": "a", "n_qubits": n, "repetition": r, "ratio": 1.0 + r} for n in (4, 6, 8) for r in range(3)]
    write_table(pd.DataFrame(rows), tmp_path / "made.csv")
    assert MEASUREMENTS["signal_law"](Tables(tmp_path), {"table": "made", "loss": "a"}) == []
