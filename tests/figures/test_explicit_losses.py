"""Figs. 2 and 3, those of Theorem 1 and Corollary 3: what their tables hold, on small made-up evidence."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from bornscape import theory
from bornscape.experiments import exact_losses, loss_differences, training_hits
from bornscape.figures import corollary_3, fig_2, fig_2_beyond, fig_3, theorem_1
from bornscape.figures.look import together
from bornscape.figures.look.names import LOSS_STYLES
from bornscape.losses.explicit import DEFINITIONS
from bornscape.tables.columns import FIXED_POINT_COLUMNS, VARIANCE_COLUMNS
from support.shipped import settings_of

SIZES = (4, 6, 8, 10, 12, 14)


def off(n: int) -> int:
    """Estimates off their fixed point, of 300."""
    return round(300 * (1 - np.exp(-(n**2) / 2.0**n)))


@pytest.fixture(scope="module")
def fixed_points() -> pd.DataFrame:
    rows = []
    for experiment, layers in (("product_shots", 0.0), ("line", np.inf), ("line", 2.0)):
        for n in SIZES:
            for shots in sorted({100, 1000, n * n}):
                lead = {"experiment": experiment, "n_layers": layers, "n_qubits": n, "shots": shots, "draws": 300}
                at = 300 - off(n)
                lead |= {"at_fixed_point": at, "fraction": at / 300, "ci_low": 0.9 * at / 300, "ci_high": 1.0}
                for dataset in ("zero", "o_n", "cardinality"):
                    rows += [lead | {"loss": loss, "dataset": dataset, "predicted": at / 300} for loss in DEFINITIONS]
    return pd.DataFrame(rows, columns=FIXED_POINT_COLUMNS)


@pytest.fixture(scope="module")
def variance() -> pd.DataFrame:
    rows = []
    for n in SIZES:
        common = {"loss": "kld", "n_qubits": n, "draws": 9, "variance": 0.5, "ci_low": 0.4, "ci_high": 0.6}
        for dataset in ("ghz", "o_n", "o_n2", "cardinality"):
            line = common | {"experiment": "line", "dataset": dataset}
            rows += [line | {"n_layers": depth, "shots": np.nan} for depth in (1, 2, 4, np.inf)]
            rows.append(line | {"n_layers": 2, "shots": 100})
        shown = common | {"experiment": "product_shots", "dataset": "zero", "n_layers": 0}
        frozen = {"variance": 0.0, "ci_low": 0.0, "ci_high": 0.0} if n > 10 else {}
        rows += [shown | frozen | {"shots": shots} for shots in sorted({100, 1000, n * n})]
    return pd.DataFrame(rows, columns=VARIANCE_COLUMNS)


def test_fig_2(variance: pd.DataFrame) -> None:
    drawn, table = fig_2.figure(variance, **settings_of("fig_2"))
    assert isinstance(drawn, Figure)
    assert list(table.columns) == [*fig_2.COLUMNS, "source"]
    assert set(table["source"]) == {"measured", "published"}
    ours = table[table["source"] == "measured"]
    # 2, 4 and infinitely many layers; KLD only.
    assert len(ours) == 6 * 4 * 3
    deep = ours[np.isinf(ours["n_layers"])]
    assert deep.set_index(["dataset", "n_qubits"])["as_printed"]["cardinality", 4] == pytest.approx(np.pi**2 / 36)
    plt.close(drawn)


def test_fig_2_beyond(variance: pd.DataFrame, fixed_points: pd.DataFrame) -> None:
    rows = [
        {"n_qubits": n, "states": states, "loss": loss, "dataset": dataset, "variance": 0.5, "ci_low": 0.4}
        | {"ci_high": 0.6, "draws": 9}
        for n in (4, 100)
        for states in ("product_haar", "product_ry", "haar")
        for loss in ("kld", "classical_fidelity")
        for dataset in ("zero", "ghz", "o_n", "o_n2")
    ]
    exact = pd.DataFrame(rows, columns=exact_losses.COLUMNS)
    drawn, table = fig_2_beyond.figure(exact, variance, fixed_points, **settings_of("fig_2_beyond"))
    assert list(table.columns) == fig_2_beyond.COLUMNS
    counts = table.groupby("panel").size()
    # KLD only; three numbers of shots, of which n^2 = 100 at n = 10 stands twice.
    assert counts.to_dict() == {"product": 8, "haar": 8, "estimated": 18}
    by = table.set_index(["panel", "dataset", "n_qubits"])["closed_form"]
    assert by["product", "ghz", 100] == pytest.approx(100 - np.pi**2 / 6 * 50)
    assert np.isnan(by["product", "o_n", 100])
    assert by["haar", "o_n", 100] == pytest.approx(np.pi**2 / 600)
    assert by["haar", "o_n2", 4] == pytest.approx(theory.deep_kld_variance_exact(np.full(16, 1 / 16)))
    estimated = table[(table["panel"] == "estimated") & (table["n_qubits"] == 8)]
    assert set(estimated["shots"]) == {"100", "1000", "n**2"}
    assert set(estimated["frozen"]) == {1 - off(8) / 300}
    plt.close(drawn)


def test_theorem_1(fixed_points: pd.DataFrame) -> None:
    drawn, table = theorem_1.figure(fixed_points, **settings_of("theorem_1"))
    assert set(table["dataset"]) == {"zero", "o_n"}
    assert set(table["loss"]) == set(DEFINITIONS)
    assert set(table["n_layers"]) == {0.0, np.inf}
    fitted = table[table["loss"] == "kld"]
    assert fitted["base"].notna().all()
    assert (fitted["base_low"] < 2).all()
    assert (fitted["base_high"] > 2).all()
    assert table[table["loss"] != "kld"]["base"].isna().all()
    plt.close(drawn)


def test_fig_3() -> None:
    rows = []
    for n in (4, 8):
        for dataset, strings in (("zero", 1), ("ghz", 2), ("o_n", n)):
            for formula, shots in (("100", 100), ("n**2", n * n), ("2.7**n", 2.7**n)):
                row = {"n_qubits": n, "dataset": dataset, "strings": strings, "formula": formula, "shots": shots}
                row |= {
                    "ensemble": "product_haar",
                    "draws": 10,
                    "hits": 5,
                    "fraction": 0.5,
                    "ci_low": 0.2,
                    "ci_high": 0.8,
                    "predicted": 0.4,
                }
                rows.append(row | {"nearest": 1.0, "distance": n / 2})
    drawn, table = fig_3.figure(pd.DataFrame(rows, columns=training_hits.COLUMNS))
    assert set(table["dataset"]) == {"zero", "o_n"}
    row = table[(table["n_qubits"] == 8) & (table["dataset"] == "zero") & (table["formula"] == "100")].iloc[0]
    assert row["closed_form"] == pytest.approx(theory.product_hit_probability(8, 100))
    assert row["union_bound"] == pytest.approx(100 / 256)
    assert row["kernel_distance_n/4"] == pytest.approx(np.exp(-1))
    assert row["kernel_distance_1"] == pytest.approx(np.exp(-2))
    assert row["kernel_nearest_1"] == pytest.approx(np.exp(-0.5))
    plt.close(drawn)


def test_corollary_3() -> None:
    names = [column for column in loss_differences.COLUMNS if column not in ("dataset", "loss")]
    rows = [
        dict.fromkeys(names, 0.5) | {"n_qubits": n, "dataset": dataset, "loss": loss}
        for n in (4, 8)
        for dataset in ("zero", "o_n")
        for loss in [*DEFINITIONS, "mmd"]
    ]
    drawn, table = corollary_3.figure(pd.DataFrame(rows, columns=loss_differences.COLUMNS))
    assert set(table["loss"]) == {*DEFINITIONS, "mmd_n4"}
    named = {name for axis in drawn.axes for name in axis.get_legend_handles_labels()[1]}
    assert named == {*(LOSS_STYLES[loss][2] for loss in corollary_3.NEAREST), f"all {len(DEFINITIONS)} explicit losses"}
    assert len(table) == len(rows)
    assert len(drawn.axes) == 6
    plt.close(drawn)
    values = table[(table["dataset"] == "zero") & (table["loss"] != "mmd_n4")]
    assert together.coinciding(values, list(DEFINITIONS), [corollary_3.SHARE]) == [tuple(DEFINITIONS)]


def test_losses_that_part_once_are_not_drawn_together() -> None:
    rows = pd.DataFrame({"loss": ["kld"] * 2 + ["jsd"] * 2, "n_qubits": [4, 8] * 2, "value": [1.0, 2.0, 1.0, 9.0]})
    rows = rows.assign(low=rows["value"] - 0.5, high=rows["value"] + 0.5)
    names = ("value", "low", "high")
    assert together.coinciding(rows, ["kld", "jsd"], [names]) == [("kld",), ("jsd",)]
    assert together.coinciding(rows[rows["n_qubits"] == 4], ["kld", "jsd"], [names]) == [("kld", "jsd")]
    # A series that ends earlier is another one.
    assert together.coinciding(rows.iloc[:3], ["kld", "jsd"], [names]) == [("kld",), ("jsd",)]
