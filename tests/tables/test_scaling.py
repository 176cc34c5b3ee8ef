"""scaling.csv: laws of synthetic tables."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.artifacts import write_table
from bornscape.tables.columns import MASS_COLUMNS, SCALING_COLUMNS, VARIANCE_COLUMNS
from bornscape.tables.names import DEEP, MASS
from bornscape.tables.scaling import scaling_table
from bornscape.tables.variance import tidy


def together(*parts: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True)


# scaling.csv


SIZES = (2, 4, 5, 6, 7, 8, 10, 12, 14, 16)
Law = Callable[[float], float]


def exponential(n: float) -> float:
    return 3.0 * np.exp(-0.7 * n)


def polynomial(n: float) -> float:
    return 3.0 * n**-2.0


def variance_table(laws: dict[float, Law], sizes: Sequence[int] = SIZES, **key: Any) -> pd.DataFrame:
    rows = []
    for n in sizes:
        for layers, law in laws.items():
            rows.append({"n_layers": layers, "n_qubits": n, "variance": law(n) if n > 2 else 77.0})
    table = pd.DataFrame(rows).assign(ci_low=lambda t: 0.98 * t["variance"], ci_high=lambda t: 1.02 * t["variance"])
    lead = {"experiment": "line", "ansatz": "line", "loss": "mmd", "dataset": "ghz", "bandwidth": "n/4"}
    return table.assign(**(lead | {"shots": np.nan, "draws": 300, "mean": 55.0} | key))[VARIANCE_COLUMNS]


def mass_table(law: Law, sizes: Sequence[int] = SIZES) -> pd.DataFrame:
    table = variance_table({0.0: law}, sizes)
    return table.assign(mean=table["variance"])[MASS_COLUMNS]


NO_MASS = mass_table(polynomial)[:0]
NO_VARIANCE = variance_table({0.0: polynomial})[:0]


def by_depth(table: pd.DataFrame) -> dict[str, Any]:
    assert not table["depth"].duplicated().any()
    return {row.depth: row for row in table.itertuples()}


def test_laws_are_recovered() -> None:
    table = scaling_table(variance_table({0.0: polynomial, 2.0: exponential}), NO_MASS)
    assert list(table.columns) == SCALING_COLUMNS
    laws = by_depth(table)
    assert laws["product"].preferred == "polynomial"
    assert laws["product"].poly_power == pytest.approx(2.0, rel=1e-9)
    assert laws["2"].preferred == "exponential"
    assert laws["2"].exp_rate == pytest.approx(0.7, rel=1e-9)
    for law in laws.values():
        assert law.exp_ci_low < law.exp_rate < law.exp_ci_high
        assert law.weight >= 0.95
        assert (law.experiment, law.ansatz, law.loss, law.dataset, law.bandwidth) == (
            *("line", "line", "mmd", "ghz", "n/4"),
        )


def test_depth_labels() -> None:
    depths = {0.0: polynomial, 1.0: polynomial, 2.0: polynomial, 16.0: polynomial, DEEP: polynomial}
    table = scaling_table(variance_table(depths), NO_MASS)
    # "shallow" has too few sizes here: log2(n) rounds to 2 at n = 4 and 5 alone.
    assert list(table["depth"]) == ["product", "1", "2", "16", "deep"]


def test_product_circuits_have_one_depth() -> None:
    assert list(scaling_table(variance_table({0.0: polynomial}), NO_MASS)["depth"]) == ["product"]


def shallow_law(n: float, layers: int) -> float:
    nearest = {4: 2, 5: 2, 6: 3, 7: 3, 8: 3, 10: 3, 12: 4, 14: 4, 16: 4}
    return polynomial(n) if nearest.get(int(n)) == layers else exponential(n)


def test_shallow_takes_log2_n_layers_rounded() -> None:
    laws: dict[float, Law] = {float(k): lambda n, k=k: shallow_law(n, k) for k in (1, 2, 3, 4)}  # type: ignore[misc]
    found = by_depth(scaling_table(variance_table(laws), NO_MASS))
    assert found["shallow"].preferred == "polynomial"
    assert found["shallow"].poly_power == pytest.approx(2.0, rel=1e-9)
    assert found["1"].preferred == "exponential"


def test_the_mass_scales_by_its_mean() -> None:
    table = scaling_table(NO_VARIANCE, mass_table(exponential))
    (row,) = table.itertuples()
    assert (row.loss, row.preferred) == (MASS, "exponential")
    assert row.exp_rate == pytest.approx(0.7, rel=1e-9)
    assert np.isnan(row.bandwidth)


@pytest.mark.parametrize("sizes", [(), (8,), (4, 5, 6), (2, 4, 5, 6)])
def test_too_few_sizes_have_no_row(sizes: tuple[int, ...]) -> None:
    full = variance_table({0.0: polynomial})
    part = full[full["n_qubits"].isin(sizes)]
    assert scaling_table(part, NO_MASS).empty
    assert list(scaling_table(part, NO_MASS).columns) == SCALING_COLUMNS
    assert len(scaling_table(full[full["n_qubits"].isin((4, 5, 6, 7))], NO_MASS)) == 1


def test_sizes_without_an_interval_are_left_out() -> None:
    """At n = 4 the O(n^2) set holds every string: its mass is 1 without error, which is no part of a law."""
    masses = mass_table(exponential)
    four = masses["n_qubits"] == 4
    masses.loc[four, ["mean", "ci_low", "ci_high"]] = 1.0
    without = masses[~four]
    first, second = (scaling_table(NO_VARIANCE, table) for table in (masses, without))
    pd.testing.assert_frame_equal(first, second)
    wrong = masses.assign(ci_low=0.98 * masses["mean"], ci_high=1.02 * masses["mean"])
    assert scaling_table(NO_VARIANCE, wrong)["exp_rate"].item() != pytest.approx(0.7, rel=1e-3)


def test_estimates_from_shots_have_no_law_of_their_own() -> None:
    exact = variance_table({0.0: polynomial})
    estimated = variance_table({0.0: exponential}, shots=100.0)
    pd.testing.assert_frame_equal(
        scaling_table(together(exact, estimated), NO_MASS), scaling_table(exact, NO_MASS), check_dtype=False
    )


def test_each_loss_data_set_and_bandwidth_has_its_own_law() -> None:
    parts = [
        variance_table({0.0: polynomial}),
        variance_table({0.0: exponential}, bandwidth="1"),
        variance_table({0.0: exponential}, dataset="o_n"),
        variance_table({0.0: exponential}, loss="kld", bandwidth=np.nan),
        variance_table({0.0: polynomial}, experiment="product_haar"),
    ]
    found = scaling_table(together(*parts), NO_MASS)
    laws = ["polynomial", "exponential", "exponential", "exponential", "polynomial"]
    assert list(found["preferred"]) == laws


def test_the_order_of_sizes_does_not_matter() -> None:
    table = variance_table({0.0: polynomial, 1.0: exponential})
    table["variance"] *= np.random.default_rng(3).uniform(0.99, 1.01, size=len(table))
    first = scaling_table(table, NO_MASS)
    second = scaling_table(table.sample(frac=1, random_state=2), NO_MASS)
    pd.testing.assert_frame_equal(first, second, rtol=1e-9)


def test_a_table_read_back_has_the_same_laws(tmp_path: Path) -> None:
    table = variance_table({0.0: polynomial, 2.0: exponential, DEEP: exponential})
    write_table(tidy(table.to_dict("records"), VARIANCE_COLUMNS), tmp_path / "variance.csv")
    again = pd.read_csv(tmp_path / "variance.csv", dtype={"bandwidth": str})
    pd.testing.assert_frame_equal(scaling_table(table, NO_MASS), scaling_table(again, NO_MASS), rtol=1e-6)
