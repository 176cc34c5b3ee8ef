"""What a machine may lack that Snakemake takes for granted, put right or named before it starts."""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path

RECORDS = Path(".snakemake")
"""Snakemake's own folder, in the folder that it runs in."""

AT_HOME = {"XDG_CACHE_HOME": "cache", "JUPYTER_RUNTIME_DIR": "jupyter", "IPYTHONDIR": "ipython"}
"""Variables that say where Snakemake, Numba, Matplotlib, Jupyter and IPython write, else below HOME."""


def open_streams() -> None:
    """Let standard streams that are closed (``>&-``) lead nowhere; a job's first file would take their place."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            taken = os.open(os.devnull, os.O_RDWR)
            if taken != number:
                os.dup2(taken, number)
                os.close(taken)
            os.set_inheritable(number, True)
            if getattr(sys, name) is None:
                setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))  # noqa: SIM115


def drop_reader(number: int) -> None:
    """Let a stream whose reader went away lead nowhere: what is printed at the end does not fail the run."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)
    except OSError:
        pass


def check_folder(folder: Path) -> None:
    """Stop with one line if Snakemake cannot keep its records here; it needs them for a dry run too.

    Raises
    ------
    SystemExit
        With the message.
    """
    kept = folder / RECORDS if (folder / RECORDS).exists() else folder
    if not os.access(kept, os.W_OK | os.X_OK):
        raise SystemExit(
            f"Error: {kept}: cannot be written, also for a dry run; copy the folder to where you may write"
        )


def mend_home(folder: Path, environment: MutableMapping[str, str]) -> None:
    """Name folders of this one in place of those in a home folder that cannot be written; what is set stays."""
    home = Path(environment.get("HOME") or "/")
    if os.access(home, os.W_OK | os.X_OK):
        return
    for variable, name in AT_HOME.items():
        environment[variable] = environment.get(variable) or str(folder.absolute() / RECORDS / "home" / name)
