"""Artifacts: whole or not at all, and the same bytes for the same content."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.artifacts import atomic, read_draws, sha256, write_draws, write_json, write_table, write_text

TABLE = pd.DataFrame(
    {
        "loss": pd.Categorical(["kld", "mmd", "mmd"]),
        "shots": [np.nan, 100.0, np.inf],
        "value": [1 / 3, -2.5e-300, 1e22],
        "count": [1, 2, 3],
    }
)

WRITERS: dict[str, Callable[[Path], None]] = {
    "text.txt": lambda path: write_text("Übung\n", path),
    "content.json": lambda path: write_json({"b": [1, 0.1], "a": None}, path),
    "table.csv": lambda path: write_table(TABLE, path),
    "draws.parquet": lambda path: write_draws(TABLE, path),
}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# Whole or not at all


class KilledError(BaseException):
    """Stands for a signal."""


def write_half(path: Path, error: type[BaseException]) -> None:
    with atomic(path) as temporary:
        temporary.write_text("half of the new con")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, KilledError])
@pytest.mark.parametrize("before", [None, "old content"])
def test_an_error_leaves_what_was_there_and_nothing_else(
    tmp_path: Path, error: type[BaseException], before: str | None
) -> None:
    path = tmp_path / "a.csv"
    if before is not None:
        path.write_text(before)
    with pytest.raises(error):
        write_half(path, error)
    assert names(tmp_path) == ([] if before is None else ["a.csv"])
    if before is not None:
        assert path.read_text() == before


def test_the_file_is_not_seen_before_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    with atomic(path) as temporary:
        temporary.write_text("new, fir")
        assert path.read_text() == "old"
        temporary.write_text("new, first and second half")
        assert temporary.parent == path.parent
        assert temporary.suffix == ".csv"
        assert temporary.name.startswith(".")
    assert path.read_text() == "new, first and second half"
    assert names(tmp_path) == ["a.csv"]


def test_a_block_that_writes_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic(tmp_path / "a.csv"):
        pass
    assert names(tmp_path) == []


def test_a_disk_that_fails_at_the_end_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(handle: int) -> None:
        raise OSError("no space left")

    path = tmp_path / "a.csv"
    path.write_text("old")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space left"):
        write_text("new", path)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.csv"]


@pytest.mark.parametrize("name", WRITERS)
def test_every_writer_is_atomic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def fail(self: Path, target: Path) -> None:
        raise OSError("cannot rename")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="cannot rename"):
        WRITERS[name](tmp_path / name)
    assert names(tmp_path) == []


def test_folders_are_made(tmp_path: Path) -> None:
    write_text("x", tmp_path / "a/b/c.txt")
    assert (tmp_path / "a/b/c.txt").read_text() == "x"


# Same content, same bytes


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_content_has_the_same_bytes(tmp_path: Path, name: str) -> None:
    for folder in ("first", "second"):
        WRITERS[name](tmp_path / folder / name)
    first, second = ((tmp_path / folder / name).read_bytes() for folder in ("first", "second"))
    assert first == second
    WRITERS[name](tmp_path / "first" / name)
    assert (tmp_path / "first" / name).read_bytes() == second
    assert names(tmp_path / "first") == [name]


@pytest.mark.parametrize("name", ["table.csv", "draws.parquet"])
def test_other_content_has_other_bytes(tmp_path: Path, name: str) -> None:
    write: dict[str, Any] = {"table.csv": write_table, "draws.parquet": write_draws}
    write[name](TABLE, tmp_path / name)
    before = sha256(tmp_path / name)
    write[name](TABLE.assign(count=[1, 2, 4]), tmp_path / name)
    assert sha256(tmp_path / name) != before


def test_tables_are_plain_csv(tmp_path: Path) -> None:
    write_table(TABLE, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == (
        b"loss,shots,value,count\nkld,,0.333333333333,1\nmmd,100,-2.5e-300,2\nmmd,inf,1e+22,3\n"
    )


def test_tables_do_not_show_the_last_bits(tmp_path: Path) -> None:
    for name, value in (("a.csv", 0.1 + 0.2), ("b.csv", 0.3)):
        write_table(pd.DataFrame({"value": [value]}), tmp_path / name)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_text_and_json(tmp_path: Path) -> None:
    write_text("Übung\n", tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_bytes() == "Übung\n".encode()
    write_json({"b": [1, 0.1], "a": None}, tmp_path / "a.json")
    assert (tmp_path / "a.json").read_bytes().endswith(b"}\n")
    assert json.loads((tmp_path / "a.json").read_text()) == {"b": [1, 0.1], "a": None}


def test_draws_come_back_bit_for_bit(tmp_path: Path) -> None:
    write_draws(TABLE, tmp_path / "d.parquet")
    pd.testing.assert_frame_equal(read_draws(tmp_path / "d.parquet"), TABLE, check_exact=True)


def test_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"content")
    assert sha256(tmp_path / "a") == hashlib.sha256(b"content").hexdigest()


# Damaged draws


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.99])
def test_truncated_draws_name_the_file(tmp_path: Path, part: float) -> None:
    path = tmp_path / "n4_c0.parquet"
    write_draws(TABLE, path)
    content = path.read_bytes()
    path.write_bytes(content[: int(part * len(content))])
    with pytest.raises(ValueError, match=r"n4_c0\.parquet: expected a Parquet file of draws; delete it"):
        read_draws(path)


def test_missing_draws_name_the_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"n4_c0\.parquet: expected a Parquet file"):
        read_draws(tmp_path / "n4_c0.parquet")


def test_draws_that_are_another_file_name_it(tmp_path: Path) -> None:
    path = tmp_path / "n4_c0.parquet"
    write_table(TABLE, path)
    with pytest.raises(ValueError, match=r"n4_c0\.parquet: expected a Parquet file"):
        read_draws(path)
