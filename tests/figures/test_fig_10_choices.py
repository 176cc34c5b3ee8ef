"""What decides Fig. 10: its table by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bornscape.figures.fig_10_choices import figure_table
from support.made_up_rows import crossed


def runs(experiment: str, ends: dict[str, float], epochs: int, shots: float = np.nan, layers: int = 4) -> pd.DataFrame:
    rows = crossed(experiment=experiment, loss=tuple(ends), repetition=tuple(range(7)), epoch=(0, 10, epochs))
    rows = rows.assign(shots=shots, n_layers=layers)
    falling = rows["loss"].map(ends) + 0.01 * rows["repetition"]
    return rows.assign(tvd=np.where(rows["epoch"] == 0, 2.0, falling + (rows["epoch"] == 20) * 0.5))


TRAINING = pd.concat(
    [
        runs("base", {"mmd_average": 0.5, "lqf": 0.4}, 20),
        runs("base", {"mmd_average": 0.6}, 20, shots=100),
        runs("base_columns", {"mmd_average": 0.3, "lqf": 0.45}, 10),
        runs("base_layers", {"mmd_average": 0.2}, 10, layers=8),
        runs("baseline", {"mmd_average": 9.0}, 5),
    ],
    ignore_index=True,
)


def test_ends_are_those_of_the_epoch_that_all_have() -> None:
    table = figure_table(TRAINING, "base")
    assert set(table["epoch"]) == {10}
    ends = table[table["part"] == "tvd"].set_index(["variant", "loss"])["median"]
    assert ends["base, exact", "mmd_average"] == pytest.approx(0.53)
    assert ends["base, 100 shots", "mmd_average"] == pytest.approx(0.63)
    assert ends["8 layers, exact", "mmd_average"] == pytest.approx(0.23)
    assert ends["published", "lqf"] == pytest.approx(0.59338)
    assert "baseline" not in " ".join(table["variant"])


def test_orders_are_differences_start_by_start() -> None:
    table = figure_table(TRAINING, "base")
    orders = table[table["part"] == "order"].set_index("variant")
    assert orders["loss"].unique().tolist() == ["lqf"]
    assert orders.loc["base, exact", "median"] == pytest.approx(-0.1)
    assert orders.loc["pixels by columns, exact", "median"] == pytest.approx(0.15)
    assert orders.loc["base, exact", "repetitions"] == 7
    # All seven differences are equal.
    assert orders.loc["base, exact", ["low", "high"]].tolist() == pytest.approx([-0.1, -0.1])
    assert "base, 100 shots" not in orders.index
