"""One timer for Snakemake's scheduler in place of one more with every job."""

from __future__ import annotations

from threading import Timer
from typing import Any

from bornscape.extras import extra


def use_one_timer() -> None:
    """Let a limit on submissions be looked at by one timer at a time.

    With such a limit, which Snakemake always has, each look at the waiting jobs starts a timer for another look, and so
    does each job that ends: after 100 jobs there are 100 looks in every timespan, and the scheduler takes a core from
    the jobs. Nothing is changed where Snakemake has no such method.
    """
    with extra("workflow"):
        from snakemake.scheduling.job_scheduler import JobScheduler

    if hasattr(JobScheduler, "_schedule_reevalutation"):
        JobScheduler._schedule_reevalutation = _look_once


def _look_once(scheduler: Any, delay: float) -> None:
    if getattr(scheduler, "_looks_again", False):
        return
    scheduler._looks_again = True

    def look() -> None:
        # First, as the look itself may ask for the next one.
        scheduler._looks_again = False
        scheduler._open_jobs.release()

    timer = Timer(delay, look)
    timer.daemon = True
    timer.start()
