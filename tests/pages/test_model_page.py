"""What the page of a model says of sizes at which a loss cannot be had."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from support.model_page import write_model_page

WHY = "no engine has this circuit, or its probabilities of single strings at {} qubits"
NUMBERS = ("variance", "ci_low", "ci_high", "snr", "snr_ci_low", "snr_ci_high", "shots_needed", "hit")
NONE = dict.fromkeys(NUMBERS, np.nan) | {"engine": "", "engine_kind": "", "hit_ci_low": 0.0, "hit_ci_high": 2.5e-9}


def test_a_loss_that_cannot_be_had_is_told_in_few_words(tmp_path: Path) -> None:
    sizes = [NONE | {"n_qubits": n, "note": f"not at this size: {WHY.format(n)}"} for n in (30, 100)]
    text = write_model_page(tmp_path, *sizes).read_text(encoding="utf-8")
    rows = re.search(r'aria-label="Sizes".*?<tbody>(.*?)</tbody>', text, re.DOTALL)[1].split("</tr>")[:3]
    cells = [[" ".join(cell.split()) for cell in re.findall("<td>(.*?)</td>", row, re.DOTALL)] for row in rows]
    assert cells[0] == [
        *("mmd", "4", "10", "0.1", "0.05 to 0.2", "2 [1.8, 2.2] (100)", "about 40", "", "0.5 [0.4, 0.6]"),
        *("not asked", "state vector (exact)"),
    ]
    for n, row in zip((30, 100), cells[1:], strict=True):
        nothing = [""] * 5
        assert row == ["mmd", str(n), "10", *nothing, "at most 2.5e-09", "not asked", "not at this size"]
    # Why, once.
    assert text.count("no engine has this circuit") == 1
    assert WHY.format(30) in text
