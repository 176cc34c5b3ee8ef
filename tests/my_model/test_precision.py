"""Draws until a precision or a budget is reached, and what is kept of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.my_model.components import POWERS
from bornscape.my_model.precision import MET, NOT_ASKED, SPENT, ChunkStore, chunk_key, draw_until, half_widths
from support.small_model import settings

# Data


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


# Precision


class Source:
    """Chunks of normal draws that count how often they are made."""

    def __init__(self) -> None:
        self.made: list[int] = []

    def chunk(self, index: int) -> Any:
        from bornscape.my_model.draws import Chunk

        self.made.append(index)
        rng = np.random.default_rng(index)
        draws = pd.DataFrame({"value_noise": 0.0, "loss": "l", "draw": np.arange(20), "value": rng.normal(size=20)})
        spectra = pd.DataFrame({"loss": "l", "order": [0, 1], "draws": 20, "total": 1.0, "squares": 1.0})
        powers = dict.fromkeys(POWERS, 1.0)
        return Chunk(draws, spectra, pd.DataFrame({"loss": "l", "parameter": [0, 1], "draws": 20} | powers))


@pytest.mark.parametrize(
    ("precision", "max_draws", "drawn", "state"),
    [(None, 40, 40, NOT_ASKED), (0.01, 100, 100, SPENT), (10.0, 100, 40, MET), (0.01, 95, 80, SPENT)],
)
def test_draws_stop_at_the_precision_or_the_budget(
    precision: float | None, max_draws: int, drawn: int, state: str
) -> None:
    source = Source()
    found, ended = draw_until(source.chunk, 20, 40, max_draws, precision)
    assert (len(found.draws), ended) == (drawn, state)
    assert found.draws["draw"].tolist() == list(range(drawn))
    assert found.spectra["draws"].tolist() == [drawn, drawn]
    assert found.components["draws"].tolist() == [drawn, drawn]


def test_precision_needs_the_worst_loss_to_meet_it() -> None:
    source = Source()
    found, ended = draw_until(source.chunk, 20, 20, 2000, 0.3)
    assert ended == MET
    assert half_widths(found.draws)["l"] <= 0.3
    # One chunk fewer does not meet it: the run stops at the first chunk that does.
    before = found.draws[found.draws["draw"] < len(found.draws) - 20]
    assert half_widths(before)["l"] > 0.3


def test_stored_chunks_are_used_again_and_stale_ones_dropped(tmp_path: Path) -> None:
    source = Source()
    for key, expected in (("a", [0, 1]), ("a", [0, 1]), ("b", [0, 1, 0])):
        store = ChunkStore(tmp_path, key)
        for index in range(2 if key == "a" else 1):
            store.get(index, lambda index=index: source.chunk(index))
        assert source.made == expected
    assert all("_b_" in path.name for path in tmp_path.glob("*.parquet"))


def test_a_chunk_s_key_knows_what_numbers_depend_on(tmp_path: Path) -> None:
    path = write(tmp_path / "a.py", "1")
    base = chunk_key(settings(), 1, "code", [path])
    assert base == chunk_key(settings(draws=40, sizes=[4]), 1, "code", [path])
    assert base != chunk_key(settings(), 2, "code", [path])
    assert base != chunk_key(settings(), 1, "other", [path])
    assert base != chunk_key(settings(shots=7), 1, "code", [path])
    write(path, "2")
    assert base != chunk_key(settings(), 1, "code", [path])
