"""Settings of a user's model, and the words that describe it."""

from __future__ import annotations

import pandas as pd
import pytest

from bornscape.my_model.settings import named_files, shots_at, size_groups
from bornscape.my_model.verdicts import number
from bornscape.pages.model_page import as_markdown, describe
from support.small_model import settings

# Words


def test_words() -> None:
    assert number(1234.4) == "1,234"
    assert number(3.4e12) == "3.4e+12"
    assert describe({"family": "line", "layers": "log2(n)"}) == "line, layers: log2(n)"
    assert describe({"kind": "small", "scale": 0.1}) == "normal angles, sd 0.1"
    table = pd.DataFrame([dict.fromkeys(("model", "circuit", "initialisation", "data", "loss"), "a|b")])
    text = as_markdown(table.assign(verdict="no", reason="<b>", warning=""))
    assert "a\\|b" in text
    assert "&lt;b&gt;" in text


def test_settings() -> None:
    found = settings(data={"csv": "a.csv"}, circuit={"file": "b.py", "function": "f", "parameters": 1})
    assert named_files(found) == ["a.csv", "b.py"]
    assert size_groups([4, 8, 12, 13, 14]) == [[4, 8, 12], [13], [14]]
    assert shots_at("n**2", 10) == 100
    with pytest.raises(ValueError, match="at least 2 at n = 4"):
        shots_at("n-3", 4)
