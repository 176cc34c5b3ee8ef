"""variance.csv, fixed_points.csv and training_mass.csv from hand-made draws."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats

from bornscape.artifacts import write_table
from bornscape.statistics import combine_batches, variance_interval
from bornscape.tables.columns import DRAW_COLUMNS, FIXED_POINT_COLUMNS, MASS_COLUMNS, VARIANCE_COLUMNS
from bornscape.tables.names import DEEP, MASS
from bornscape.tables.variance import ansatz_of, fixed_point_rows, groups_of, mass_rows, tidy, variance_rows
from support.reference import Z_LIMIT, z_score

Float = NDArray[np.float64]

LINE = {"kind": "line"}
PRODUCT = {"kind": "product", "ensemble": "haar", "batch": 100}
PRODUCT_SHOTS = {"kind": "product_shots", "ensemble": "ry"}


def draws_of(
    loss: str,
    values: Sequence[float] | Float,
    fixed: Sequence[float] | Float | float = np.nan,
    shots: float = np.nan,
    bandwidth: str = "",
    n_layers: float = 0.0,
    dataset: str = "ghz",
) -> pd.DataFrame:
    key = {"n_layers": n_layers, "loss": loss, "dataset": dataset, "bandwidth": bandwidth, "shots": shots}
    return pd.DataFrame({"draw": np.arange(len(values)), "value": values, "fixed_point": fixed, **key})[DRAW_COLUMNS]


def together(*parts: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True)


def close(found: dict[str, Any], expected: dict[str, Any]) -> None:
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-12, nan_ok=True), name


@pytest.mark.parametrize(("study", "name"), [(LINE, "line"), (PRODUCT, "product_haar"), (PRODUCT_SHOTS, "product_ry")])
def test_names_of_circuits(study: dict[str, Any], name: str) -> None:
    assert ansatz_of(study) == name


# variance.csv


LINE_DRAWS = together(
    draws_of("kld", [1.0, 2.0, 4.0, 5.0, 13.0]),
    draws_of("kld", [0.0, 0.0, 1.0, 3.0, 1.0], fixed=9.0, shots=100.0, n_layers=DEEP),
    draws_of("mmd", [0.1, 0.3, 0.2, 0.5, 0.1], bandwidth="n/4"),
    draws_of(MASS, [0.5, 0.5, 0.5, 0.5, 0.25]),
)


def test_variance_rows_by_hand() -> None:
    rows = variance_rows("line", LINE, 4, groups_of(LINE_DRAWS))
    assert [(r["loss"], r["bandwidth"], r["n_layers"]) for r in rows] == [
        ("kld", "", 0.0),
        ("kld", "", DEEP),
        ("mmd", "n/4", 0.0),
    ]
    assert rows[0]["mean"] == 5.0
    assert rows[0]["variance"] == pytest.approx((16 + 9 + 1 + 0 + 64) / 4)
    assert np.isnan(rows[0]["shots"])
    assert rows[1]["shots"] == 100.0
    for row, values in zip(rows, ([1, 2, 4, 5, 13], [0, 0, 1, 3, 1], [0.1, 0.3, 0.2, 0.5, 0.1]), strict=True):
        alone = variance_interval(values)
        close(row, {"variance": alone.variance, "ci_low": alone.ci_low, "ci_high": alone.ci_high, "mean": alone.mean})
        assert (row["experiment"], row["ansatz"], row["n_qubits"]) == ("line", "line", 4)
        assert row["draws"] == 5


def test_variance_rows_of_batches() -> None:
    estimates = [0.2, 0.3, 0.25, 0.21]
    draws = together(draws_of("mmd", estimates, bandwidth="1"), draws_of(MASS, estimates))
    (row,) = variance_rows("product_haar", PRODUCT, 50, groups_of(draws))
    combined = combine_batches(estimates, 100)
    close(row, {"variance": np.mean(estimates), "ci_low": combined.ci_low, "ci_high": combined.ci_high})
    assert row["draws"] == 400
    assert row["ansatz"] == "product_haar"
    assert np.isnan(row["mean"])


def test_losses_with_missing_draws_are_an_error() -> None:
    damaged = LINE_DRAWS.drop(index=1)
    with pytest.raises(ValueError, match="match"):
        variance_rows("line", LINE, 4, groups_of(damaged))


RowsOf = Callable[..., list[dict[str, Any]]]


@pytest.mark.parametrize("rows_of", [variance_rows, fixed_point_rows, mass_rows])
def test_the_order_of_draws_and_chunks_does_not_matter(rows_of: RowsOf) -> None:
    rng = np.random.default_rng(1)
    chunks = [
        together(
            draws_of("kld", rng.exponential(size=20), fixed=9.0, shots=100.0),
            draws_of("mmd", rng.exponential(size=20), bandwidth="n/4"),
            draws_of(MASS, rng.uniform(size=20)),
        )
        for _ in range(3)
    ]
    first = pd.DataFrame(rows_of("line", LINE, 4, groups_of(together(*chunks))))
    shuffled = together(*chunks[::-1]).sample(frac=1, random_state=1)
    second = pd.DataFrame(rows_of("line", LINE, 4, groups_of(shuffled)))
    assert len(first) > 0
    if "loss" in first:
        first, second = (table.sort_values("loss", ignore_index=True) for table in (first, second))
    pd.testing.assert_frame_equal(first, second, rtol=1e-12)


# fixed_points.csv


def fixed_point_draws() -> pd.DataFrame:
    at = 1e3
    values = [at, at * (1 + 5e-13), at * (1 + 5e-12), 3.0]
    return together(
        draws_of("kld", values, fixed=at, shots=3.0),
        draws_of("tvd", [2.0, 2.0, 1.0, 1.5], fixed=2.0, shots=3.0),
        draws_of("kld", values),
        draws_of(MASS, [0.0, 0.1, 0.5, 1.0]),
    )


def test_fixed_point_rows_by_hand() -> None:
    rows = fixed_point_rows("line", LINE, 4, groups_of(fixed_point_draws()))
    missed = np.array([1.0, 0.9**3, 0.5**3, 0.0])
    low, high = stats.beta.ppf(0.025, 2, 3), stats.beta.ppf(0.975, 3, 2)  # Clopper and Pearson, 2 of 4
    assert [row["loss"] for row in rows] == ["kld", "tvd"]
    for row in rows:
        assert (row["draws"], row["at_fixed_point"], row["fraction"], row["shots"]) == (4, 2, 0.5, 3.0)
        spread = np.sqrt((missed * (1 - missed)).sum()) / 4
        close(row, {"predicted": missed.mean(), "predicted_sd": spread})
        assert (row["ci_low"], row["ci_high"]) == (pytest.approx(low, rel=1e-6), pytest.approx(high, rel=1e-6))


def test_each_depth_is_predicted_from_its_own_mass() -> None:
    parts = [
        together(
            draws_of("kld", [1.0] * 4, fixed=1.0, shots=2.0, n_layers=depth),
            draws_of(MASS, [mass] * 4, n_layers=depth),
        )
        for depth, mass in ((0.0, 0.5), (DEEP, 0.25))
    ]
    rows = fixed_point_rows("line", LINE, 4, groups_of(together(*parts)))
    assert {row["n_layers"]: row["predicted"] for row in rows} == {0.0: 0.25, DEEP: 0.5625}


def standardised(shots_factor: int) -> Float:
    """(fraction - predicted) / predicted_sd of 300 simulated sets of 50 draws of 3 shots (times a factor)."""
    rng = np.random.default_rng(2)
    masses = rng.uniform(size=(300, 50))
    values = np.where(rng.binomial(3 * shots_factor, masses) > 0, 0.0, 1.0)
    drawn = [draws_of("kld", values.ravel(), fixed=1.0, shots=3.0), draws_of(MASS, masses.ravel())]
    names = [f"set {k}" for k in range(300) for _ in range(50)]
    rows = fixed_point_rows("line", LINE, 4, groups_of(together(*[part.assign(dataset=names) for part in drawn])))
    assert len(rows) == 300
    return np.array([(row["fraction"] - row["predicted"]) / row["predicted_sd"] for row in rows])


def test_predicted_and_its_deviation_are_those_of_the_measured_fraction() -> None:
    """Two z-tests of 300 sets: false alarm 1e-6 together."""
    values = standardised(1)
    assert abs(z_score(values, 0.0)) < Z_LIMIT
    assert abs(z_score(values**2, 1.0)) < Z_LIMIT
    assert abs(z_score(standardised(2), 0.0)) > Z_LIMIT


# training_mass.csv


@pytest.mark.parametrize("scale", [1.0, 1e-302])
def test_mass_rows_by_hand(scale: float) -> None:
    (row,) = mass_rows("line", LINE, 4, groups_of(draws_of(MASS, scale * np.array([1.0, 2.0, 3.0]), n_layers=DEEP)))
    factor = np.exp(stats.t.ppf(0.975, 2) * 0.5 / np.sqrt(3))
    assert row["mean"] / scale == pytest.approx(2.0)
    assert row["ci_low"] / scale == pytest.approx(2.0 / factor)
    assert row["ci_high"] / scale == pytest.approx(2.0 * factor)
    assert (row["draws"], row["n_layers"], row["dataset"], row["ansatz"]) == (3, DEEP, "ghz", "line")


def test_batches_count_all_their_draws() -> None:
    (row,) = mass_rows("product_haar", PRODUCT, 4, groups_of(draws_of(MASS, [0.1, 0.2, 0.3])))
    assert row["draws"] == 300


# The layout of tables


def test_tidy() -> None:
    rows = [
        {"loss": "kld", "n_layers": 2.0, "shots": np.nan, "extra": 1},
        {"loss": "mmd", "n_layers": DEEP, "shots": 100.0, "extra": 2},
    ]
    table = tidy(rows, ["n_layers", "shots", "loss"])
    assert list(table.columns) == ["n_layers", "shots", "loss"]
    assert table.to_dict("list") == {"n_layers": ["2", "inf"], "shots": ["", "100"], "loss": ["kld", "mmd"]}


def test_tidy_without_rows_or_shots() -> None:
    assert list(tidy([], VARIANCE_COLUMNS).columns) == VARIANCE_COLUMNS
    assert list(tidy([{"n_layers": 0.0}], MASS_COLUMNS).columns) == MASS_COLUMNS


def test_every_column_is_filled(tmp_path: Path) -> None:
    draws = together(LINE_DRAWS, draws_of(MASS, [0.5] * 5, n_layers=DEEP))
    cases = (
        (variance_rows, VARIANCE_COLUMNS, {"bandwidth", "shots"}),
        (fixed_point_rows, FIXED_POINT_COLUMNS, set()),
        (mass_rows, MASS_COLUMNS, set()),
    )
    for rows_of, columns, may_be_empty in cases:
        path = tmp_path / "table.csv"
        write_table(tidy(rows_of("line", LINE, 4, groups_of(draws)), columns), path)
        table = pd.read_csv(path)
        assert list(table.columns) == columns
        assert set(table.columns[table.isna().any()]) == may_be_empty
        assert DEEP in table["n_layers"].to_numpy()
