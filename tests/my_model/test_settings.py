"""Settings of a user's model, and the words that describe it."""

from __future__ import annotations

import pandas as pd
import pytest

from bornscape.my_model.settings import complete, named_files, shots_at, size_groups
from bornscape.my_model.verdict.verdicts import number
from bornscape.pages.model_page import as_markdown, describe
from support.small_model import settings

# Words


def test_words() -> None:
    assert number(1234.4) == "1,234"
    assert number(3.4e12) == "3.4e+12"
    assert describe({"family": "line", "layers": "log2(n)"}) == "line, layers: log2(n)"
    assert describe({"kind": "small", "scale": 0.1}) == "normal angles, sd 0.1"
    assert describe({"samples": "a.npy", "columns": {"lattice": [4, 4]}}) == "a.npy, columns: {'lattice': [4, 4]}"
    table = pd.DataFrame([dict.fromkeys(("model", "circuit", "initialisation", "data", "loss"), "a|b")])
    judged = {
        "verdict": "no",
        "stability": 0.97,
        "at_largest": "not visible",
        "n_max": 8,
        "reason": "<b>",
        "warning": "",
    }
    text = as_markdown(table.assign(**judged))
    assert "a\\|b" in text
    assert "&lt;b&gt;" in text


def test_settings() -> None:
    found = settings(data={"csv": "a.csv"}, circuit={"file": "b.py", "function": "f", "parameters": 1})
    assert named_files(found) == ["a.csv", "b.py"]
    assert size_groups([4, 8, 12, 13, 14]) == [[4, 8, 12], [13], [14]]
    assert shots_at("n**2", 10) == 100
    with pytest.raises(ValueError, match="at least 2 at n = 4"):
        shots_at("n-3", 4)


def test_chunks_are_no_larger_than_the_draws() -> None:
    base = {"circuit": {"family": "iqp"}, "losses": {}, "data": {"set": "ghz"}, "sizes": [4]}
    for draws, chunk in ((10, 10), (50, 50), (100, 50)):
        assert complete(base | {"draws": draws})["chunk"] == chunk
    assert complete(base)["chunk"] == 50
    assert complete(base | {"draws": 100, "chunk": 20})["chunk"] == 20


def test_sizes_as_keys_are_text() -> None:
    columns = complete({"data": {"samples": "a", "columns": {4: [0, 1], "6": [2]}}})["data"]["columns"]
    assert columns == {"4": [0, 1], "6": [2]}
