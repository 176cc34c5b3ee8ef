"""Starting a job's script as a copy of a process that has imported what scripts stand on, not as a new interpreter.

A script of the workflow takes 1 to 4 s of CPU to start Python and to import, and a run has hundreds of scripts, most
of which compute for less. The process that is copied is the fork server of Python's ``multiprocessing``.
"""

from __future__ import annotations

import ast
import atexit
import gc
import os
import runpy
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import wait
from pathlib import Path
from threading import Lock
from typing import Any

from bornscape.extras import extra
from bornscape.planning.code_behind import SCRIPTS
from bornscape.run.job_log import Cost, cost_until_now

ONE_THREAD = dict.fromkeys(
    (f"{library}_NUM_THREADS" for library in ("OMP", "GOTO", "OPENBLAS", "MKL", "VECLIB", "NUMEXPR")), "1"
)
"""What Snakemake sets for a job of one thread. Libraries read it when they are loaded."""

ALWAYS = [__name__, "bornscape.run.numba_extensions", "snakemake.cli"]
"""What every job needs, whatever its script."""

_DRAWING = ["matplotlib.backends.backend_agg", "matplotlib.backends.backend_pdf", "matplotlib.pyplot", "seaborn"]
_LAWS = ["statsmodels.regression.linear_model"]

LATE = {
    "claims.py": _LAWS,
    "figure.py": _DRAWING,
    "model_draws.py": ["bornscape.circuits.expansion"],
    "model_report.py": [*_DRAWING, *_LAWS],
    "notebook.py": [
        "bornscape.pages.notebook_words",
        "bornscape.run.warm_notebooks",
        "ipykernel.kernelapp",
        "matplotlib.pyplot",
        "nbconvert",
        "papermill",
    ],
    "scaling.py": _LAWS,
}
"""Slow modules that a script's own modules import only when they are used."""


_TURN = Lock()
"""For who starts a process or reads how one ended.

To start one, ``multiprocessing`` reads that of all that have ended; of two threads that read it at once, one is told
that the process failed.
"""


def imports_of(scripts: Iterable[Path]) -> list[str]:
    """Names of the modules that scripts import, and of slow ones that these import later, sorted."""
    names: set[str] = set()
    for script in scripts:
        names.update(LATE.get(script.name, []))
        for node in ast.parse(script.read_bytes()).body:
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    return sorted(names)


def scripts_of(dag: Any) -> list[Path]:
    """Scripts of the jobs that Snakemake's graph has still to run; empty if this version's graph is another one."""
    try:
        named = {SCRIPTS / Path(job.rule.script).name for job in dag.needrun_jobs() if job.rule.script}
    except (AttributeError, TypeError):
        return []
    # Without those that a rule chooses by a parameter.
    return sorted(path for path in named if path.is_file())


def fork_jobs(scripts: Iterable[Path], python: str) -> None:
    """Let Snakemake start scripts of one thread as copies of one process, which the first of them starts.

    Nothing is changed where Snakemake has no such method, for jobs of more threads or with an environment of their own.

    Parameters
    ----------
    scripts
        Those that will run: what they import is imported once.
    python
        Path of the interpreter, without quotes.
    """
    with extra("workflow"):
        from snakemake.script import PythonScript

    plain = getattr(PythonScript, "execute_script", None)
    if plain is None or not hasattr(os, "fork"):
        return
    context = get_context("forkserver")
    context.set_executable(python)
    context.set_forkserver_preload([*ALWAYS, *imports_of(scripts)])
    os.environ.update(ONE_THREAD)

    def execute(script: Any, fname: str, edit: bool = False) -> None:
        own = (script.container_img, script.conda_env, script.env_modules)
        if edit or script.threads != 1 or any(own):
            plain(script, fname, edit=edit)
        else:
            _execute(context, script, fname)

    PythonScript.execute_script = execute


def _execute(context: Any, script: Any, path: str) -> None:
    began = time.monotonic()
    measured, at_its_end = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(path, script.resources.get("tmpdir"), at_its_end))
    with _TURN:
        process.start()
    at_its_end.close()
    cost = None
    # Nothing, from a job that was killed.
    with suppress(EOFError):
        cost = measured.recv()
    wait([process.sentinel])
    with _TURN:
        process.join()
    if process.exitcode:
        raise subprocess.CalledProcessError(process.exitcode, f"{sys.executable} {path}")
    if cost is not None and script.bench_record is not None:
        _keep(cost, time.monotonic() - began, script.bench_record)


def _keep(cost: Cost, seconds: float, record: Any) -> None:
    """Write what a job cost in ``seconds`` into Snakemake's benchmark of it.

    Snakemake would look at the job twice a second, which costs 30 ms a look, and miss what is between two looks.
    """
    record.data_collected, record.running_time = True, seconds
    record.max_rss, record.cpu_time = cost.peak_memory_mb, cost.cpu_seconds
    # In percent times seconds; divided by the job's time it is the mean load.
    record.cpu_usage = 100 * cost.cpu_seconds


def _run(path: str, temporary: str | None, at_its_end: Any) -> None:
    """Run a script as ``python path`` would, what it left for the end of its process included.

    What it cost is sent through ``at_its_end``.
    """
    # What was imported is not looked through for garbage: its memory stays shared.
    gc.freeze()
    with suppress(OSError):
        # What top and ps show; Snakemake's copy of a script is tmp1234.NAME.py.
        Path("/proc/self/comm").write_text(Path(path).name.split(".", 1)[-1], encoding="ascii")
    if temporary:
        os.environ.update(dict.fromkeys(("TMPDIR", "TMP", "TEMPDIR", "TEMP"), temporary))
        tempfile.tempdir = None
    sys.argv = [path]
    failed = False
    try:
        runpy.run_path(path, run_name="__main__")
    except Exception:
        failed = True
        traceback.print_exc()
    finally:
        atexit._run_exitfuncs()
        at_its_end.send(cost_until_now())
    if failed:
        sys.exit(1)
