"""Each measurement on small tables, against numbers worked out by hand."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bornscape import theory
from bornscape.artifacts import write_table
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.claims.register import judge_claim
from bornscape.datasets import synthetic_target, write_target
from bornscape.published import published_training
from bornscape.statistics import proportion_interval
from bornscape.tables.columns import FIXED_POINT_COLUMNS, SCALING_COLUMNS, TRAINING_COLUMNS, VARIANCE_COLUMNS
from bornscape.tables.names import MASS
from support.shipped import BANDWIDTHS, shipped_claims

RNG = np.random.default_rng(0)
COLUMNS = {
    "variance": VARIANCE_COLUMNS,
    "scaling": SCALING_COLUMNS,
    "fixed_points": FIXED_POINT_COLUMNS,
    "training": TRAINING_COLUMNS,
}

Row = dict[str, Any]


def tables_of(folder: Path, **rows: list[Row]) -> Tables:
    for name, content in rows.items():
        write_table(pd.DataFrame(content, columns=COLUMNS[name]), folder / f"{name}.csv")
    return Tables(folder, {"made": {"1": 1, "n/4": "n/4"}, **BANDWIDTHS})


def add_target(folder: Path, dataset: str, n: int) -> None:
    (folder / "targets").mkdir(exist_ok=True)
    write_target(synthetic_target(dataset, n, RNG), folder / "targets" / f"{dataset}_n{n}.csv")


def measure(name: str, tables: Tables, **settings: Any) -> list[Comparison]:
    return MEASUREMENTS[name](tables, settings)


def test_the_measurements_are_named_by_their_functions() -> None:
    assert all(name == function.__name__ for name, function in MEASUREMENTS.items())


def test_tables_are_read_once_and_bandwidths_are_text(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, variance=[variance_row(bandwidth="1"), variance_row(bandwidth="10")])
    assert tables.read("variance")["bandwidth"].tolist() == ["1", "10"]
    (tmp_path / "variance.csv").unlink()
    assert len(tables.read("variance")) == 2
    with pytest.raises(FileNotFoundError):
        Tables(tmp_path).read("variance")


def test_targets_are_read_once(tmp_path: Path) -> None:
    add_target(tmp_path, "ghz", 3)
    tables = Tables(tmp_path)
    target = tables.target("ghz", 3)
    (tmp_path / "targets" / "ghz_n3.csv").unlink()
    assert tables.target("ghz", np.int64(3)) is target
    assert target.bitstrings.tolist() == [[0, 0, 0], [1, 1, 1]]
    with pytest.raises(FileNotFoundError):
        Tables(tmp_path).target("ghz", 3)


# Variances beside closed forms


def variance_row(**changes: Any) -> Row:
    row: Row = {"experiment": "made", "ansatz": "line", "loss": "mmd", "dataset": "zero", "bandwidth": "1"}
    row |= {"n_qubits": 1, "n_layers": 0, "shots": np.nan, "draws": 100, "mean": 1.0}
    return row | around(0.1) | changes


def around(variance: float, error: float = 0.05) -> Row:
    """A variance with the interval of this standard error of its logarithm."""
    half = stats.norm.ppf(0.975) * error
    return {"variance": variance, "ci_low": variance * np.exp(-half), "ci_high": variance * np.exp(half)}


def flip(s: float) -> float:
    return (1 - np.exp(-1 / (2 * s))) / 2


# One qubit, target |0>: MMD = p_s (1 - z)^2, whose variance over z follows from its moments.
ONE_QUBIT = {"haar": 16 / 5 - (4 / 3) ** 2, "ry": 35 / 8 - (3 / 2) ** 2}


@pytest.mark.parametrize("ensemble", ["haar", "ry"])
def test_product_variance_by_hand(tmp_path: Path, ensemble: str) -> None:
    add_target(tmp_path, "zero", 1)
    exact = flip(1.0) ** 2 * ONE_QUBIT[ensemble]
    # Batches have no mean; their interval counts.
    tables = tables_of(tmp_path, variance=[variance_row(mean=np.nan, **around(exact * np.exp(0.1)))])
    settings = {"experiment": "made", "bandwidths": ["1"]}
    (found,) = measure("product_variance", tables, single_qubit=ensemble, **settings)
    assert found.expected == pytest.approx(exact, rel=1e-12)
    assert found.deviation == pytest.approx(2.0, rel=1e-6)
    assert found.low < found.estimate < found.high
    assert found.estimate == pytest.approx(exact * np.exp(0.1))
    other = "ry" if ensemble == "haar" else "haar"
    (wrong,) = measure("product_variance", tables, single_qubit=other, **settings)
    assert abs(wrong.deviation) > 5


def test_variances_of_draws_scatter_as_their_closed_form_says(tmp_path: Path) -> None:
    """One qubit: (1 - z)^2 with z uniform. The row's interval is not asked, but how many draws there were."""
    add_target(tmp_path, "zero", 1)
    exact = flip(1.0) ** 2 * ONE_QUBIT["haar"]
    rows = [variance_row(draws=10**4, **around(1.1 * exact, error)) for error in (0.01, 1.0)]
    tables = tables_of(tmp_path, variance=rows)
    found = measure("product_variance", tables, experiment="made", single_qubit="haar", bandwidths=["1"])
    z = 1 - 2 * (np.arange(10**5) + 0.5) / 10**5
    fourth = np.mean(((1 - z) ** 2 - np.mean((1 - z) ** 2)) ** 4) / ONE_QUBIT["haar"] ** 2
    # The kurtosis comes from a sample of 4,000, hence 5 %; skewness counts for little at 10,000 draws.
    assert found[0].deviation == found[1].deviation == pytest.approx(0.1 / np.sqrt((fourth - 1) / 10**4), rel=0.05)


def test_product_variance_takes_its_own_rows_only(tmp_path: Path) -> None:
    for dataset, n in (("zero", 1), ("zero", 4), ("ghz", 4)):
        add_target(tmp_path, dataset, n)
    wanted = [
        variance_row(),
        variance_row(n_qubits=4, bandwidth="n/4"),
        variance_row(n_qubits=4, dataset="ghz"),
    ]
    others = [
        variance_row(experiment="other"),
        variance_row(loss="kld", bandwidth=np.nan),
        variance_row(shots=100),
        variance_row(n_layers=2),
        variance_row(n_layers=np.inf),
        variance_row(bandwidth="n"),
    ]
    tables = tables_of(tmp_path, variance=wanted + others)
    found = measure("product_variance", tables, experiment="made", single_qubit="haar", bandwidths=["1", "n/4"])
    assert [c.label for c in found] == ["zero, n = 1, s = 1", "zero, n = 4, s = n/4", "ghz, n = 4, s = 1"]
    assert measure("product_variance", tables, experiment="none", single_qubit="haar", bandwidths=["1"]) == []


def test_deep_variance_by_hand(tmp_path: Path) -> None:
    """One qubit: a random state's z is uniform, as for the Haar-random gate of a product circuit."""
    add_target(tmp_path, "zero", 1)
    exact = flip(1.0) ** 2 * ONE_QUBIT["haar"]
    rows = [variance_row(n_layers=np.inf, **around(exact * np.exp(-0.15))), variance_row(), variance_row(n_layers=16)]
    tables = tables_of(tmp_path, variance=rows)
    both = [
        measure("deep_variance", tables, experiment="made", states=states, bandwidths=["1"])[0]
        for states in ("haar", "product")
    ]
    assert all(found.expected == pytest.approx(exact, rel=1e-9) for found in both)
    assert both[0].deviation == pytest.approx(both[1].deviation, rel=0.05)
    assert both[0].deviation < -1


def test_deep_variance_of_more_qubits_is_not_that_of_product_circuits(tmp_path: Path) -> None:
    add_target(tmp_path, "ghz", 4)
    exact = theory.deep_mmd_variance(4, 1.0, synthetic_target("ghz", 4, RNG).dense())
    row = variance_row(n_qubits=4, dataset="ghz", n_layers=np.inf, bandwidth="n/4", **around(exact), draws=10**5)
    tables = tables_of(tmp_path, variance=[row])
    (found,) = measure("deep_variance", tables, experiment="made", states="haar", bandwidths=["n/4"])
    assert found.deviation == pytest.approx(0, abs=0.02)
    (wrong,) = measure("deep_variance", tables, experiment="made", states="product", bandwidths=["n/4"])
    assert abs(wrong.deviation) > 5


# Bodyness


def test_bodyness_moments_by_hand(tmp_path: Path) -> None:
    n, s = 3, 2.0
    p = flip(s)
    row = {
        "bandwidth": "2",
        "n_qubits": n,
        "s": s,
        "mean_bodyness": 2 * n * p,
        "bodyness_variance": 4 * n * p * (1 - p),
    }
    write_table(pd.DataFrame([row]), tmp_path / "bodyness.csv")
    tables = Tables(tmp_path)
    for moment in ("mean", "variance"):
        (found,) = measure("bodyness_moment", tables, moment=moment, convention="variance")
        assert found.deviation < 1e-11
        assert found.estimate == found.low == found.high
        (wrong,) = measure("bodyness_moment", tables, moment=moment, convention="standard_deviation")
        ratio = p / flip(s**2) if moment == "mean" else p * (1 - p) / (flip(s**2) * (1 - flip(s**2)))
        assert wrong.deviation == pytest.approx(abs(ratio - 1), rel=1e-6)


# Laws


def law_row(preferred: str, **changes: Any) -> Row:
    row = {"experiment": "line", "ansatz": "line", "loss": "mmd", "dataset": "ghz", "bandwidth": "n/4", "depth": "deep"}
    row |= {"exp_rate": 0.7, "exp_ci_low": 0.6, "exp_ci_high": 0.8}
    row |= {"poly_power": 2.0, "poly_ci_low": 1.5, "poly_ci_high": 2.5, "preferred": preferred, "weight": 0.97}
    row |= {"rate": 0.65, "rate_ci_low": 0.5, "rate_ci_high": 0.8, "power": 1.0, "scatter": 0.0, "fit_p_value": 0.4}
    return row | {"margin": 0.7, "more_draws": 1.0, "reason": ""} | changes


LAW = {"experiment": "line", "loss": "mmd", "bandwidth": "n/4", "depth": "deep"}


def test_laws_by_hand(tmp_path: Path) -> None:
    rows = [
        law_row("exponential"),
        law_row("polynomial", dataset="o_n"),
        law_row("inconclusive", dataset="o_n2", more_draws=3.0, reason="both fit"),
    ]
    found = measure("scaling_law", tables_of(tmp_path, scaling=rows), **LAW)
    assert [c.found for c in found] == ["exponential", "polynomial", "inconclusive"]
    assert {(c.estimate, c.low, c.high, c.deviation) for c in found} == {(0.65, 0.5, 0.8, 0.7)}
    assert found[0].label == "ghz falls exponentially, as n^-1 e^(-0.65 n) (rate 0.5 to 0.8)"
    assert found[1].label == "o_n falls as n^-2 (rate 0.5 to 0.8)"
    assert found[2].label == "o_n2 undecided (rate 0.5 to 0.8): both fit"
    assert [c.needed for c in found] == ["", "", "about 3 times the draws would decide"]


def test_laws_take_their_own_rows_only(tmp_path: Path) -> None:
    others = [
        law_row("polynomial", experiment="product_haar"),
        law_row("polynomial", loss="kld", bandwidth=np.nan),
        law_row("polynomial", bandwidth="1"),
        law_row("polynomial", depth="shallow"),
    ]
    mass = law_row("exponential", loss=MASS, bandwidth=np.nan)
    tables = tables_of(tmp_path, scaling=[law_row("exponential"), law_row("exponential", dataset="o_n"), mass, *others])
    assert [c.found for c in measure("scaling_law", tables, **LAW)] == ["exponential"] * 2
    assert len(measure("scaling_law", tables, **LAW, datasets=["o_n"])) == 1
    # The training mass has no bandwidth; one that a control leaves in the settings is not looked at.
    assert len(measure("scaling_law", tables, **(LAW | {"loss": MASS}))) == 1


# Fixed points


def frozen_row(draws: int, at: int, predicted: float, **changes: Any) -> Row:
    row: Row = {"experiment": "line", "ansatz": "line", "loss": "kld", "dataset": "ghz", "n_qubits": 4, "n_layers": 0}
    row |= {"shots": 10, "draws": draws, "at_fixed_point": at, "fraction": at / draws, "ci_low": 0.1, "ci_high": 0.9}
    row |= {"predicted": predicted, "predicted_sd": np.sqrt(predicted * (1 - predicted) / draws)}
    return row | changes


def test_fixed_point_frequency_by_hand(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, fixed_points=[frozen_row(100, 60, 0.5), frozen_row(100, 40, 0.5, loss="tvd")])
    (high,) = measure("fixed_point_frequency", tables, loss="kld", shots_factor=1)
    (low,) = measure("fixed_point_frequency", tables, loss="tvd", shots_factor=1)
    # 60 or more, 40 or fewer, of 100.
    tail = stats.norm.isf(stats.binom.sf(59, 100, 0.5))
    assert (high.deviation, low.deviation) == (pytest.approx(tail, abs=0.01), pytest.approx(-tail, abs=0.01))
    assert (high.estimate, high.low, high.high, high.expected) == (0.6, 0.1, 0.9, 0.5)
    assert high.label == "line, kld, ghz, n = 4, 10 shots"
    (wrong,) = measure("fixed_point_frequency", tables, loss="kld", shots_factor=2)
    assert wrong.expected == 0.25
    assert wrong.deviation > 5


@pytest.mark.parametrize(
    ("predicted", "kept"), [(0.04, False), (0.05, True), (0.95, True), (0.96, False), (0.0, False), (1.0, False)]
)
def test_counts_that_say_little_are_left_out(tmp_path: Path, predicted: float, kept: bool) -> None:
    """At least 5 expected at the fixed point and 5 off it, of 100."""
    tables = tables_of(tmp_path, fixed_points=[frozen_row(100, 50, predicted)])
    assert len(measure("fixed_point_frequency", tables, loss="kld", shots_factor=1)) == kept


def test_other_losses_are_counted_beside_one(tmp_path: Path) -> None:
    rows = [frozen_row(100, at, 0.5, loss=loss, shots=shots) for loss, shots, at in COUNTS]
    tables = tables_of(tmp_path, fixed_points=rows)
    found = measure("fixed_point_losses", tables, loss="kld", shots_factor=1)
    assert [c.deviation for c in found] == [0.0, 0.0]
    # The broken variant: the KLD from ten times as many shots.
    (wrong,) = measure("fixed_point_losses", tables, loss="kld", shots_factor=10)
    assert wrong.deviation == pytest.approx(0.5)


COUNTS = [("kld", 10, 60), ("kld", 100, 10), ("tvd", 10, 60), ("tvd", 100, 10)]


def test_a_prediction_without_spread_is_left_out(tmp_path: Path) -> None:
    """Half of the draws with no mass and half with all of it: the count is certain."""
    tables = tables_of(tmp_path, fixed_points=[frozen_row(100, 50, 0.5, predicted_sd=0.0)])
    assert measure("fixed_point_frequency", tables, loss="kld", shots_factor=1) == []


@pytest.mark.parametrize(
    ("off", "n", "bound"), [(3, 8, 20 / 256), (20, 8, 20 / 256), (0, 8, 20 / 256), (100, 8, 20 / 256)]
)
def test_union_bound_by_hand(tmp_path: Path, off: int, n: int, bound: float) -> None:
    """10 shots, 2 strings; the deviation is the normal deviate of the chance of as many successes or more."""
    union: dict[str, Any] = {"table": "fixed_points", "experiment": "line", "n_layers": 0}
    add_target(tmp_path, "ghz", n)
    tables = tables_of(tmp_path, fixed_points=[frozen_row(100, 100 - off, 0.5, n_qubits=n)])
    (found,) = measure("fixed_point_union_bound", tables, **union)
    assert found.expected == bound
    assert (found.estimate, found.low, found.high) == pytest.approx(tuple(proportion_interval(off, 100)))
    if off == 0:
        assert found.deviation == pytest.approx(-37, abs=0.2)
    else:
        chance = stats.binom.pmf(np.arange(off, 101), 100, bound).sum()
        assert stats.norm.sf(found.deviation) == pytest.approx(chance, rel=1e-6)
    assert measure("fixed_point_union_bound", tables, **(union | {"experiment": "other"})) == []
    assert measure("fixed_point_union_bound", tables, **(union | {"n_layers": 3})) == []


def test_losses_that_leave_together_are_one_event_and_large_bounds_say_nothing(tmp_path: Path) -> None:
    for n in (4, 8):
        add_target(tmp_path, "ghz", n)
    rows = [frozen_row(100, at, 0.5, n_qubits=n, loss=loss) for n, loss, at in LEFT]
    union = {"table": "fixed_points", "experiment": "line", "n_layers": 0}
    found = MEASUREMENTS["fixed_point_union_bound"](tables_of(tmp_path, fixed_points=rows), union)
    assert [(c.label.split(",")[0], c.estimate) for c in found] == [("tvd", 0.07)]


LEFT = [(4, "kld", 50), (8, "kld", 95), (8, "tvd", 93)]


def test_a_bound_that_cannot_be_is_far_off_but_finite(tmp_path: Path) -> None:
    add_target(tmp_path, "ghz", 40)
    tables = tables_of(tmp_path, fixed_points=[frozen_row(100, 0, 0.5, n_qubits=40)])
    settings: dict[str, Any] = {"table": "fixed_points", "experiment": "line", "n_layers": 0}
    (found,) = measure("fixed_point_union_bound", tables, **settings)
    assert 30 < found.deviation < np.inf


# Training


def training_rows(loss: str, finals: list[float], epochs: int = 10, **changes: Any) -> list[Row]:
    row = {"experiment": "jets", "dataset": "showers", "loss": loss, "n_qubits": 4, "n_layers": 1, "shots": 100}
    return [
        row | {"repetition": repetition, "epoch": epoch, "tvd": tvd} | changes
        for repetition, final in enumerate(finals)
        for epoch, tvd in ((0, 5.0 - final), (epochs, final))
    ]


def published_rows(loss: str, finals: list[float], **changes: Any) -> list[Row]:
    """Runs that fall from 2 to their ends in a straight line, recorded every 100 epochs."""
    return training_rows(loss, finals, epochs=1000, experiment="mine", n_qubits=16, n_layers=4) + [
        {"experiment": "mine", "dataset": "published", "loss": loss, "n_qubits": 16, "n_layers": 4, "shots": 100}
        | {"repetition": repetition, "epoch": epoch, "tvd": 2 - (2 - final) * epoch / 1000}
        | changes
        for repetition, final in enumerate(finals)
        for epoch in range(100, 1000, 100)
    ]


LEVELS: dict[str, Any] = {"figure": "10", "where": {"experiment": "mine", "shots": 100}, "published": {}}


def test_level_beside_the_published_end(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, training=published_rows("lqf", [0.5, 0.6, 0.9]))
    (found,) = measure("published_tvd", tables, **LEVELS, losses=["lqf"], epoch="last", reached=1000)
    assert found.estimate == pytest.approx(0.6)
    assert found.expected == pytest.approx(0.59338)
    assert found.deviation == pytest.approx(0.6 / 0.59338 - 1)
    assert (found.low, found.high) == (pytest.approx(0.55, rel=2e-3), pytest.approx(0.75, rel=2e-3))


def test_level_at_an_epoch_between_two_published_ones(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, training=published_rows("lqf", [0.5, 0.6]))
    (found,) = measure("published_tvd", tables, **LEVELS, losses=["lqf"], epoch=300)
    assert found.label.startswith("lqf, epoch 300")
    curve = published_training("10").set_index("loss").loc["lqf"].set_index("epoch")["median"]
    assert curve[297] >= found.expected >= curve[402]


def test_a_run_that_stopped_early_is_no_evidence(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, training=published_rows("lqf", [0.5, 0.6]))
    assert measure("published_tvd", tables, **LEVELS, losses=["lqf"], epoch="last", reached=1001) == []
    assert measure("published_tvd", tables, **LEVELS, losses=["kld"], epoch="last", reached=1) == []


def test_pace_is_the_epoch_that_passes_the_level(tmp_path: Path) -> None:
    # 2 - 1.5 t / 1000 passes 1 at 667, 2 - t / 1000 at 1000 only.
    tables = tables_of(tmp_path, training=published_rows("kld", [0.5, 0.5, 0.9]))
    (found,) = measure("published_pace", tables, **LEVELS, losses=["kld"], level=1)
    assert found.estimate == pytest.approx(2000 / 3)
    assert found.expected == pytest.approx(203.27, abs=0.01)


@pytest.mark.parametrize("loss", ["mmd_average", "kld", "lqf"])
def test_a_pace_that_is_not_reached_is_a_bound(tmp_path: Path, loss: str) -> None:
    tables = tables_of(tmp_path, training=published_rows(loss, [1.5, 1.6]))
    (found,) = measure("published_pace", tables, **LEVELS, losses=[loss], level=1)
    assert found.label.startswith("not yet")
    assert found.estimate == 1000


def test_a_pace_that_is_not_reached_in_time_is_no_evidence(tmp_path: Path) -> None:
    rows = [row for row in published_rows("kld", [1.5, 1.6]) if row["epoch"] <= 300]
    assert measure("published_pace", tables_of(tmp_path, training=rows), **LEVELS, losses=["kld"], level=1) == []


def test_losses_can_be_set_beside_another_curve(tmp_path: Path) -> None:
    tables = tables_of(tmp_path, training=published_rows("lqf", [0.5, 0.6]))
    (found,) = measure("published_tvd", tables, **LEVELS, losses={"lqf": "kld"}, epoch="last", reached=1000)
    assert found.expected == pytest.approx(0.8842)


def test_levels_of_figs_9_and_12_obey_the_papers_curves_and_not_others(tmp_path: Path) -> None:
    rows = []
    for figure, support in (("9", ""), ("12", "polynomial")):
        dataset, name = ("showers", "fig_9") if figure == "9" else ("published", "fig_12_polynomial")
        for point in published_training(figure).itertuples():
            if point.support == support:
                row = {"experiment": name, "dataset": dataset, "loss": point.loss, "n_qubits": point.n_qubits}
                row |= {"n_layers": point.n_layers, "shots": point.shots, "epoch": point.epoch}
                factors = enumerate((0.9, 1, 1.1))
                rows += [row | {"repetition": r, "tvd": point.median * factor} for r, factor in factors]
    tables = tables_of(tmp_path, training=rows)
    claims = [claim for claim in shipped_claims() if re.match(r"fig_(9|12)_published", claim["claim"])]
    assert len(claims) == 3
    for claim in claims:
        found, control = judge_claim(claim, tables)
        assert (found.verdict, control.verdict) == ("reproduced", "contradicted"), claim["claim"]
