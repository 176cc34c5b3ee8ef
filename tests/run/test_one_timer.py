"""Snakemake's scheduler looks at waiting jobs once a timespan, however often it is asked to."""

from threading import Semaphore
from time import sleep
from types import SimpleNamespace

import pytest
from snakemake.scheduling.job_scheduler import JobScheduler

from bornscape.run.one_timer import use_one_timer

LOOK = "_schedule_reevalutation"
OWN = getattr(JobScheduler, LOOK)


def looks() -> int:
    """Looks that three requests lead to, and one more after them."""
    scheduler = SimpleNamespace(_open_jobs=Semaphore(0))
    for _ in range(3):
        getattr(JobScheduler, LOOK)(scheduler, 0.05)
    sleep(0.3)
    getattr(JobScheduler, LOOK)(scheduler, 0.05)
    sleep(0.3)
    return scheduler._open_jobs._value


def test_one_look_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JobScheduler, LOOK, getattr(JobScheduler, LOOK))
    use_one_timer()
    assert looks() == 2


def test_snakemakes_own_looks_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as this holds, ``use_one_timer`` is needed."""
    monkeypatch.setattr(JobScheduler, LOOK, OWN)
    assert looks() == 4
