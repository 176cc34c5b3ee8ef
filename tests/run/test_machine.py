"""The machine and the times that the report tells."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bornscape.run import machine as module
from bornscape.run.machine import machine, times


def test_the_machine_is_told() -> None:
    told = machine()
    assert {"cpu", "cores", "system"} <= set(told)
    assert 1 <= int(told["cores"]) <= (os.cpu_count() or 1)
    assert all(told.values())


def test_a_system_that_tells_nothing_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> int:
        raise ValueError(name)

    monkeypatch.setattr(module.os, "sysconf", refuse)
    monkeypatch.setattr(module.Path, "read_text", lambda *_, **__: (_ for _ in ()).throw(OSError()))
    told = machine()
    assert "memory" not in told
    assert told["cpu"]


def test_times_are_those_of_the_jobs(tmp_path: Path) -> None:
    for name, when in (("a/one.tsv", 3600), ("two.tsv", 90000), ("b/not_a_job.txt", 0)):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("s\n", encoding="utf-8")
        os.utime(path, (when, when))
    assert times(tmp_path) == {"first": "1970-01-01 01:00", "last": "1970-01-02 01:00"}
    assert times(tmp_path / "none") == {}
