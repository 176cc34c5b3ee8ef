"""Evidence on the fidelities: made-up tables that obey each claim and that its control contradicts; the figures."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from bornscape import theory
from bornscape.artifacts import write_table
from bornscape.claims.comparison import Tables
from bornscape.claims.register import judge_claim
from bornscape.datasets import synthetic_target, write_target
from bornscape.experiments import faithfulness, hadamard_tests, phases
from bornscape.figures import fig_8
from bornscape.figures import hadamard_tests as hadamard_figure
from bornscape.figures import phases as phases_figure
from bornscape.tables.columns import SCALING_COLUMNS, VARIANCE_COLUMNS
from bornscape.tables.scaling import scaling_table
from bornscape.tables.trainability import Rests, quantum
from bornscape.tables.variance import groups_of, tidy, variance_rows
from support.shipped import BANDWIDTHS, RESTS_ON, settings_of, shipped_claims

DEEP = np.inf
SMALL, LARGE = [2, 4, 6, 8, 10, 12, 14], [4, 8, 12, 20, 40, 60, 100, 200]
RESULTS = ("fig_8", "faithfulness", "hadamard_tests", "phases")
# The gradient's claims and the levels of the paper's curves have tables and tests of their own.
OTHERS = ("fig_8_lqf_gradient", "fig_8_published")
CLAIMS = {c["claim"]: c for c in shipped_claims() if c["result"] in RESULTS and not c["claim"].startswith(OTHERS)}
STATE_VECTOR_SETS, LARGE_SETS = ("ghz", "o_n", "o_n2", "cardinality"), ("zero", "ghz", "o_n")


def product_variance(loss: str, dataset: str, n: int) -> float:
    if loss == "qf":
        return theory.product_qf_variance(n, "euler")
    target = synthetic_target(dataset, n, np.random.default_rng(n))
    found = theory.product_lqf_variance(target.bitstrings, target.probabilities, "euler")
    return found if found > 1e-20 else 0.0


def variance_of(loss: str, dataset: str, n: int, layers: float) -> float:
    """Variances that obey every claim; between product circuits and Haar states they are invented."""
    if layers == 0:
        return product_variance(loss, dataset, n)
    if loss == "qf":
        return theory.deep_qf_variance(n)
    if layers == DEEP:
        return theory.deep_lqf_variance(n)
    return float(np.exp(-0.8 * n) / n) if layers == n else 0.1 / (n * (1 + layers))


def row(experiment: str, loss: str, dataset: str, n: int, layers: float) -> dict[str, Any]:
    value = variance_of(loss, dataset, n, layers)
    lead = {"experiment": experiment, "ansatz": "line", "loss": loss, "dataset": dataset, "bandwidth": np.nan}
    # Batches are estimates of a variance: they have no mean.
    mean = np.nan if experiment == "fidelity_large" else 0.5
    lead |= {"n_qubits": n, "n_layers": layers, "shots": np.nan, "draws": 2000, "mean": mean}
    return lead | {"variance": value, "ci_low": value / 1.1, "ci_high": value * 1.1}


def variance_table() -> pd.DataFrame:
    rows = [
        row("fidelity", loss, dataset, n, layers)
        for n in SMALL
        for dataset in STATE_VECTOR_SETS
        for loss in ("lqf", "qf")
        for layers in (0, 1, 2, 3, 4, 6, 8, 10, 12, 14, 16, DEEP)
        if not (loss == "qf" and layers == 0)
    ]
    for n in LARGE:
        depths = {0, 1, 2, round(np.log2(n))} | ({n} if n <= 100 else set())
        rows += [
            row("fidelity_large", "lqf", dataset, n, layers) for dataset in LARGE_SETS for layers in sorted(depths)
        ]
        rows.append(row("fidelity_large", "qf", "zero", n, 0))
    return pd.DataFrame(rows, columns=VARIANCE_COLUMNS)


def faithfulness_table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = []
    for n in (2, 4):
        for draw in range(20):
            local = rng.uniform(0.1, 1 / n)
            rows.append(("random", n, 0, 1, "ghz", draw, local, local, np.nan, np.nan))
            rows.append(("random", n, 0, 1, "o_n", draw, local, n * local, np.nan, np.nan))
    rows += [("product", 3, 0, 0, "product", 0, 1e-17, 0.0, np.nan, np.nan)]
    rows += [("entangled", 3, 0, 0, "ghz", 0, 0.5, 0.7, np.nan, np.nan)]
    rows += [
        ("parity", 3, 0, 0, "parity", 0, 0.5, 0.5, 1e-32, 0.01),
        ("uniform", 3, 0, 0, "uniform", 0, 0, 0, 0, 1e-32),
    ]
    rows += [("printed", 3, 0, 0, "printed", 0, 1 / 3, 0.5, 0.05, 0.06)]
    return pd.DataFrame(rows, columns=faithfulness.COLUMNS)


def hadamard_table() -> pd.DataFrame:
    rows = []
    for source in ("circuits", "elements"):
        for strings in (2, 4):
            for estimator in ("all_pairs", "imaginary", "random_pairs", "mmd"):
                exact = 0.0 if estimator == "imaginary" else 0.45
                found = {"n_qubits": 3, "chunk": 0, "draw": 0, "strings": strings, "source": source}
                found["estimator"] = estimator
                tests = 2 * 3 * strings**2 if estimator == "imaginary" else 3 * strings**2
                found |= {"tests": tests, "shots": 100, "repeats": 40, "exact": exact, "mixture": 0.52}
                found |= {"weight": float(strings), "mean": exact + 0.001, "standard_error": 0.005}
                single = strings**2 / 4 - (exact - 0.5) ** 2
                found |= {"shot_variance": single, "ci_low": single / 1.5, "ci_high": single * 1.5}
                rows.append(found | {"shots_needed": single / 1e-4})
    return pd.DataFrame(rows, columns=hadamard_tests.COLUMNS)


LEVELS = {
    ("line", "lqf"): 1.2, ("line", "lqf_free"): 0.5, ("line", "mmd_average"): 0.6,
    ("real_parameters", "lqf"): 0.8, ("real_parameters", "mmd_average"): 0.7, ("real_layers", "lqf"): 1.0,
}  # fmt: skip


def phases_table() -> pd.DataFrame:
    rows = [
        (dataset, 9, ansatz, 3, 132, loss, np.nan, 0, repetition, epoch, level + 0.01 * repetition + (epoch == 0))
        for dataset in ("jets", "o_n")
        for (ansatz, loss), level in LEVELS.items()
        for repetition in range(8)
        for epoch in (0, 10)
    ]
    return pd.DataFrame(rows, columns=phases.COLUMNS)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("run")
    (folder / "targets").mkdir()
    for n in {*SMALL, *LARGE}:
        for name in {*LARGE_SETS, *(STATE_VECTOR_SETS if n in SMALL else ())}:
            target = synthetic_target(name, n, np.random.default_rng(n))
            write_target(target, folder / "targets" / f"{name}_n{n}.csv")
    found = variance_table()
    mass = pd.DataFrame(
        columns=["experiment", "ansatz", "dataset", "n_qubits", "n_layers", "mean", "ci_low", "ci_high"]
    )
    for name, table in {
        "variance": found,
        "scaling": scaling_table(found, mass),
        "faithfulness": faithfulness_table(),
        "hadamard_tests": hadamard_table(),
        "phases": phases_table(),
    }.items():
        write_table(table, folder / f"{name}.csv")
    return Tables(folder, BANDWIDTHS)


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_table_that_obeys_is_reproduced_and_the_control_contradicted(claim: str, tables: Tables) -> None:
    found, control = judge_claim(CLAIMS[claim], tables)
    assert found.verdict == "reproduced", found.evidence
    # That no order is seen where its reason is taken away is all that a broken order can show.
    undecided = ("consistent", "inconclusive") if CLAIMS[claim]["kind"] == "ordering" else ()
    assert control.verdict in ("contradicted", *undecided), control.evidence


def changed(tables: Tables, folder: Path, name: str, change: Callable[[pd.DataFrame], None]) -> Tables:
    """The same tables with one changed."""
    for path in tables.folder.glob("*.csv"):
        table = pd.read_csv(path)
        if path.stem == name:
            change(table)
        write_table(table, folder / path.name)
    (folder / "targets").symlink_to(tables.folder / "targets")
    return Tables(folder, BANDWIDTHS)


def raise_one_variance(table: pd.DataFrame) -> None:
    chosen = (
        (table["n_layers"] == DEEP) & (table["loss"] == "qf") & (table["dataset"] == "ghz") & (table["n_qubits"] == 8)
    )
    table.loc[chosen, ["variance", "ci_low", "ci_high"]] *= 2


def cross_the_bound(table: pd.DataFrame) -> None:
    table.loc[0, "lqf"] = table.loc[0, "qf"] + 1e-6


def move_a_mean(table: pd.DataFrame) -> None:
    table.loc[0, "mean"] += 0.05


@pytest.mark.parametrize(
    ("claim", "name", "change"),
    [
        ("fig_8_qf_deep_closed_form", "variance", raise_one_variance),
        ("lqf_below_qf", "faithfulness", cross_the_bound),
        ("hadamard_tests_unbiased", "hadamard_tests", move_a_mean),
    ],
)
def test_one_bad_number_is_found(
    claim: str, name: str, change: Callable[[pd.DataFrame], None], tables: Tables, tmp_path: Path
) -> None:
    assert judge_claim(CLAIMS[claim], changed(tables, tmp_path, name, change))[0].verdict == "contradicted"


def without_intervals(table: pd.DataFrame) -> None:
    """What a fit leaves out."""
    table.loc[table["n_qubits"] > 8, ["ci_low", "ci_high"]] = 1.0


def test_too_few_sizes_are_no_evidence(tables: Tables, tmp_path: Path) -> None:
    few = changed(tables, tmp_path, "variance", without_intervals)
    assert judge_claim(CLAIMS["fig_8_lqf_linear_depth"], few)[0].verdict == "not_run"


# Tables of a run


def test_a_loss_that_never_varies_is_a_row_without_a_law(tables: Tables) -> None:
    scaling = tables.read("scaling")
    flat = scaling[(scaling["dataset"] == "ghz") & (scaling["depth"] == "product")]
    assert set(flat["experiment"]) == {"fidelity", "fidelity_large"}
    assert set(flat["preferred"]) == {"inconclusive"}
    assert flat[[name for name in SCALING_COLUMNS[6:] if name not in ("preferred", "reason")]].isna().all().all()


def test_the_middle_column_of_the_table(tables: Tables) -> None:
    scaling = tables.read("scaling")
    answers = {
        depth: quantum(scaling, Rests(places["studies"], RESTS_ON["longer"]), depth)
        for depth, places in RESTS_ON["depths"].items()
    }
    assert {depth: answer.verdict for depth, answer in answers.items()} == {
        "product": "depends", "shallow": "yes", "deep": "no",
    }  # fmt: skip
    assert "the same at every draw: ghz; polynomial: zero, o_n; Var[LQF] = (1/4n^2)" in answers["product"].evidence


@pytest.mark.parametrize(("kind", "ansatz"), [("fidelity", "line"), ("fidelity_batches", "line")])
def test_variance_rows_of_both_kinds(kind: str, ansatz: str) -> None:
    values = np.random.default_rng(0).uniform(0.1, 0.2, 50)
    draws = pd.DataFrame({"draw": range(50), "n_layers": 1.0, "loss": "lqf", "dataset": "zero", "bandwidth": ""})
    draws = draws.assign(shots=np.nan, value=values, fixed_point=np.nan)
    (found,) = tidy(
        variance_rows("study", {"kind": kind, "batch": 7}, 4, groups_of(draws)), VARIANCE_COLUMNS
    ).itertuples()
    assert found.ansatz == ansatz
    # Draws of batches are variances already.
    expected = (values.mean(), 350) if kind == "fidelity_batches" else (values.var(ddof=1), 50)
    assert (found.variance, found.draws) == pytest.approx(expected)
    assert found.ci_low < found.variance < found.ci_high


def test_depth_n_may_have_larger_batches() -> None:
    draws = pd.DataFrame({"draw": [0, 1] * 2, "n_layers": [2.0, 2.0, 4.0, 4.0], "loss": "lqf", "dataset": "zero"})
    draws = draws.assign(bandwidth="", shots=np.nan, value=[0.1, 0.2, 0.1, 0.2], fixed_point=np.nan)
    found = variance_rows("study", {"kind": "fidelity_batches", "batch": 7, "linear_batch": 30}, 4, groups_of(draws))
    assert {row["n_layers"]: row["draws"] for row in found} == {2: 14, 4: 60}


def test_shots_are_judged_on_the_first_draw(tmp_path: Path) -> None:
    rows = hadamard_table()
    wrong = rows.assign(draw=1, shot_variance=100 * rows["shot_variance"])
    write_table(pd.concat([rows, wrong]).sort_values("strings", kind="stable"), tmp_path / "hadamard_tests.csv")
    found, _ = judge_claim(CLAIMS["hadamard_tests_shots"], Tables(tmp_path))
    assert found.verdict == "reproduced", found.evidence


# Figures


def test_figures_show_their_tables(tables: Tables) -> None:
    drawn, shown = fig_8.figure(tables.read("variance"), **settings_of("fig_8"))
    assert set(shown["experiment"]) == {"fidelity", "fidelity_large"}
    assert set(shown.loc[shown["loss"] == "qf", "n_layers"]) == {fig_8.REFERENCE}
    assert (shown["variance"] > 0).all()
    plt.close(drawn)
    drawn, shown = hadamard_figure.figure(tables.read("hadamard_tests"))
    assert set(shown["estimator"]) == set(hadamard_figure.ESTIMATORS)
    plt.close(drawn)
    drawn, shown = phases_figure.figure(tables.read("phases"))
    first = shown[(shown["epoch"] == 10) & (shown["ansatz"] == "line") & (shown["loss"] == "lqf")]
    assert first["median"].to_numpy() == pytest.approx(1.235)
    assert set(shown["repetitions"]) == {8}
    plt.close(drawn)
