"""Levels beside the paper's own curves: a run that repeats them, one that is off, and numbers by hand."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape import theory
from bornscape.artifacts import write_table
from bornscape.claims.comparison import Tables
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.claims.register import judge_claim
from bornscape.published import published_curves
from bornscape.tables.columns import VARIANCE_COLUMNS
from support.shipped import BANDWIDTHS, shipped_claims

CHECKS = ("published_variances", "published_product_level", "published_means", "published_weights")
CLAIMS = {c["claim"]: c for c in shipped_claims() if c["check"] in CHECKS}
STUDIES = {"2": "line", "7": "line", "8": "fidelity"}


def with_bars(rows: pd.DataFrame, error: float = 0.05, draws: int = 300) -> pd.DataFrame:
    """95 % intervals of this standard error of the logarithm."""
    ends = {"ci_low": rows["variance"] * np.exp(-1.96 * error), "ci_high": rows["variance"] * np.exp(1.96 * error)}
    return rows.assign(draws=draws, mean=1.0, **ends)


def variances(factor: float) -> pd.DataFrame:
    """The paper's own variances, times a factor."""
    parts = [
        published_curves(figure).rename(columns={"y": "variance"}).assign(experiment=study, ansatz="line")
        for figure, study in STUDIES.items()
    ]
    for name in ("haar", "ry"):
        cells = [(s, n) for s in ("1", "10", "n/4") for n in (2, 5, 10, 20, 50)]
        rows = pd.DataFrame(cells, columns=["bandwidth", "n_qubits"]).assign(n_layers=0, loss="mmd", dataset="zero")
        values = [
            theory.product_mmd_variance(n, {"1": 1, "10": 10}.get(s, n / 4), np.zeros((1, n)), single_qubit=name)
            for s, n in cells
        ]
        parts.append(rows.assign(experiment=f"product_{name}", ansatz=f"product_{name}", variance=values))
    table = pd.concat(parts, ignore_index=True).reindex(columns=VARIANCE_COLUMNS)
    return with_bars(table.assign(variance=factor * table["variance"]))


def estimates(factor: float) -> pd.DataFrame:
    rows = published_curves("4")
    rows = rows[rows["quantity"] == "mean"].rename(columns={"y": "mean"}).assign(variance=1.0)
    parts = [
        rows.assign(ensemble=ensemble, mean=rows["mean"] * scale)
        for ensemble, scale in (("product_haar", factor), ("product_ry", 1.7))
    ]
    table = pd.concat(parts)
    return table.assign(mean_ci_low=table["mean"] - 0.05, mean_ci_high=table["mean"] + 0.05)


def weights(factor: float) -> pd.DataFrame:
    rows = published_curves("5").rename(columns={"x": "wires", "y": "weight"})
    return rows.assign(weight=factor * rows["weight"])[["bandwidth", "n_qubits", "wires", "weight"]]


def run_of(folder: Path, factor: float) -> Tables:
    for name, made in (("variance", variances), ("fig_4", estimates), ("fig_5", weights)):
        write_table(made(factor), folder / f"{name}.csv")
    return Tables(folder, BANDWIDTHS)


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return run_of(tmp_path_factory.mktemp("alike"), 1.03)


@pytest.fixture(scope="module")
def off(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return run_of(tmp_path_factory.mktemp("off"), 1.6)


def test_every_figure_has_a_level() -> None:
    assert {claim["result"] for claim in CLAIMS.values()} == {"fig_2", "fig_4", "fig_5", "theorem_2", "fig_7", "fig_8"}


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_run_that_repeats_the_paper_is_reproduced_and_the_control_contradicted(claim: str, alike: Tables) -> None:
    found, control = judge_claim(CLAIMS[claim], alike)
    assert found.verdict == "reproduced", found.evidence
    assert control.verdict == "contradicted", control.evidence


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_run_at_another_level_is_contradicted(claim: str, off: Tables) -> None:
    assert judge_claim(CLAIMS[claim], off)[0].verdict == "contradicted"


def measure(name: str, tables: Tables, **settings: Any) -> list[Any]:
    return MEASUREMENTS[name](tables, settings)


def test_variances_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours 2 and 8, the paper's 1 and 16: geometric means 4 and 4, in spite of ratios of 2 and 1/2."""
    cells = {"experiment": "made", "loss": "mmd", "dataset": "ghz", "n_layers": 0}
    ours = with_bars(pd.DataFrame([cells | {"n_qubits": n, "variance": v} for n, v in ((2, 2.0), (4, 8.0), (6, 1.0))]))
    write_table(ours.reindex(columns=VARIANCE_COLUMNS), tmp_path / "variance.csv")
    theirs = pd.DataFrame({"dataset": "ghz", "n_layers": 0, "n_qubits": [2, 4, 8], "y": [1.0, 16.0, 1.0]})
    monkeypatch.setattr("bornscape.claims.measurements.published_levels.published_curves", lambda figure: theirs)
    settings: dict[str, Any] = {"figure": "7", "where": {"experiment": "made"}, "published": {"n_layers": 0}}
    settings |= {"datasets": ["ghz", "o_n"]}
    (formula,) = measure("published_variances", Tables(tmp_path), **settings)
    assert (formula.estimate, formula.expected) == (pytest.approx(4), pytest.approx(4))
    assert formula.deviation == pytest.approx(0, abs=1e-9)
    # Two sizes of 5 % each, and 0.1 % of reading.
    assert np.log(formula.high / formula.estimate) == pytest.approx(1.96 * 0.05 / np.sqrt(2) + 0.001, rel=1e-4)
    assert "2 sizes from n = 2 to 4" in formula.label
    assert "0.5 to 2" in formula.label
    # A third of our 300 draws scatters three times as much.
    (drawn,) = measure("published_variances", Tables(tmp_path), **settings, published_draws=100)
    assert np.log(drawn.high / drawn.estimate) == pytest.approx(1.96 * 0.05 * np.sqrt(4 / 2) + 0.001, rel=1e-4)


def test_means_by_hand(alike: Tables) -> None:
    """Fig. 4, n = 5, 1000 shots: 8.991; a variance of 1 over 400 draws is a standard error of 0.05, ours is 0.0255."""
    found = measure("published_means", alike, table="fig_4", ensemble="product_haar", published_draws=400)
    (cell,) = [c for c in found if c.label == "n = 5, 1000 shots"]
    assert cell.expected == 8.991
    assert cell.estimate == pytest.approx(1.03 * 8.991)
    assert cell.deviation == pytest.approx(0.03)
    assert cell.high - cell.estimate == pytest.approx(1.96 * np.hypot(0.05 / 1.96, 0.05) + 0.01)


def test_weights_by_hand(alike: Tables) -> None:
    """Fig. 5b at n = 50, s = n/4, l = 5: 0.0025493."""
    found = measure("published_weights", alike, table="fig_5", bandwidths={"n/4": "n/4"})
    (cell,) = [c for c in found if c.label == "s = n/4, n = 50, l = 5"]
    assert (cell.expected, cell.deviation) == (0.0025493, pytest.approx(0.03))


def test_product_level_is_in_units_of_the_haar_form(alike: Tables) -> None:
    (haar,) = measure("published_product_level", alike, experiment="product_haar", bandwidths=["n/4"])
    assert haar.estimate == pytest.approx(1.03)
    assert 0.9 < haar.expected < 1.1
    (other,) = measure("published_product_level", alike, experiment="product_ry", bandwidths=["n/4"])
    assert other.estimate > 1.5
    assert measure("published_product_level", alike, experiment="none", bandwidths=["n/4"]) == []
