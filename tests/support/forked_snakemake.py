"""Snakemake as a copy of a process that has imported it already: a new interpreter imports for seconds, each time.

``python tests/support/forked_snakemake.py`` reads a request a line, {"folder", "environment", "arguments", "output",
"seconds"} as JSON, and answers each by its exit status. This package is not imported before the copy is made: the copy
finds the one that its environment names, as a new interpreter would.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

IMPORTED = ("snakemake.cli", "pandas", "scipy.stats", "jsonschema", "nbformat", "docutils.core", "PIL.Image")
"""What Snakemake and the Snakefile's own modules import of other packages, as far as it takes long."""


@cache
def _server() -> subprocess.Popen[str]:
    """Ends with this process, which closes its input. Paths of a test's own do not stay in it."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-P", __file__]
    return subprocess.Popen(command, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def run_snakemake(
    folder: Path, environment: Mapping[str, str], arguments: Sequence[str], output: Path, seconds: int
) -> int:
    """Exit status of ``python -m snakemake``; negative: the signal that ended it, SIGALRM after these seconds.

    What it prints goes into the file ``output``.
    """
    request = {"folder": str(folder), "environment": dict(environment), "arguments": list(arguments)}
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    print(json.dumps(request | {"output": str(output), "seconds": seconds}), file=server.stdin, flush=True)
    answer = server.stdout.readline()
    assert answer, f"the process that is copied ended: {server.wait()}"
    return int(answer)


def _become(request: dict[str, Any]) -> None:
    """Turn this process into the one that was asked for; returns at its end, unless that is by SystemExit."""
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    null, output = os.open(os.devnull, os.O_RDONLY), os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for there, here in ((null, 0), (output, 1), (output, 2)):
        os.dup2(there, here)
    signal.alarm(request["seconds"])
    # As python -m does, and every start of Python.
    sys.path[:0] = [request["folder"], *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    sys.argv[1:] = request["arguments"]
    sys.modules.pop("sitecustomize", None)
    with suppress(ImportError):
        importlib.import_module("sitecustomize")
    runpy.run_module("snakemake", run_name="__main__", alter_sys=True)


def _serve() -> None:
    for name in IMPORTED:
        importlib.import_module(name)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _become(json.loads(line))
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    _serve()
