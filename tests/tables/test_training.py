"""Tables of many jobs."""

from pathlib import Path

import pandas as pd

from bornscape.artifacts import write_table
from bornscape.tables.training import gather

# Tables of many jobs


def test_gather_keeps_order_and_fills_what_is_missing(tmp_path: Path) -> None:
    first = pd.DataFrame({"loss": ["kld", "kld"], "shots": ["", ""], "tvd": [2.0, 1.5], "other": 7.0})
    second = pd.DataFrame({"tvd": [1.25], "loss": ["mmd"], "shots": ["100"], "gradient_norm": [0.5]})
    table = gather([first, second], ["loss", "shots", "tvd", "gradient_norm"])
    write_table(table, tmp_path / "table.csv")
    lines = (tmp_path / "table.csv").read_text().splitlines()
    assert lines == ["loss,shots,tvd,gradient_norm", "kld,,2,", "kld,,1.5,", "mmd,100,1.25,0.5"]


def test_gather_of_nothing_has_the_columns() -> None:
    assert list(gather([], ["a", "b"]).columns) == ["a", "b"]
