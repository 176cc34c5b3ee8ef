"""One finished tiny run for all tests that need one, and what the others do meanwhile."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

import pytest

from support.workflow_run import Project

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder; one that needs the finished run comes first, the others that need it come last.

    While one process makes that run, the other has work.
    """
    mine = [item for item in items if HERE in item.path.parents]
    for item in mine:
        item.add_marker(pytest.mark.workflow)
    users = [item for item in mine if "finished" in getattr(item, "fixturenames", ())]
    late = set(users[1:])
    items[:] = users[:1] + [item for item in items if item not in late and item not in users[:1]] + users[1:]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A finished tiny run, made once even where several processes share the tests. Not to be changed: copy it."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    ended = base / "finished.json"
    with open(base / "finished.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ended.exists():
            found = Project.make(base / "finished").snakemake()
            ended.write_text(json.dumps([found.status, found.output]))
    status, output = json.loads(ended.read_text())
    assert status == 0, output
    return Project(base / "finished")


@pytest.fixture
def copied(finished: Project, tmp_path: Path) -> Project:
    """The finished run, free to be changed."""
    return finished.copy(tmp_path / "project")
