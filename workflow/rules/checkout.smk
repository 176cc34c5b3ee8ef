# Which code runs, and where: what has to hold before anything of the package is used.

import os
import shlex
import sys
from pathlib import Path

# Of this file, so that it is the same whatever includes it.
CHECKOUT = Path(str(workflow.current_basedir)).resolve().parents[1]
CURE = f"say make -C {shlex.quote(str(CHECKOUT))} environment, then .venv/bin/snakemake"

try:
    import bornscape
except ModuleNotFoundError:
    raise SystemExit(
        f"Error: the package bornscape is not in {sys.prefix}; {CURE}"
    ) from None
SOURCE = Path(bornscape.__file__).resolve().parents[1]
# Jobs are made from this folder's code: another's would give numbers that nobody could tell from this one's.
if SOURCE != (CHECKOUT / "src").resolve():
    raise SystemExit(
        f"Error: {sys.prefix} holds the code of {SOURCE.parent}, not of {CHECKOUT}; {CURE}, "
        "or put PYTHONPATH=src before the command"
    )

from snakemake_logger_plugin_bornscape import PLANNED, TARGETS
from snakemake_logger_plugin_bornscape.planned import planned_jobs

if Path.cwd().resolve() != CHECKOUT:
    raise SystemExit(
        f"Error: run it in the folder of the Snakefile: cd {shlex.quote(str(CHECKOUT))}"
    )
if (
    workflow.resource_settings.cores is not None
    and workflow.resource_settings.cores < 1
):
    raise SystemExit("Error: --cores: expected a number from 1 on, or all")

# Jobs and the kernels of notebooks import what this process imports, whatever happens to the environment meanwhile.
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, [str(SOURCE), os.environ.get("PYTHONPATH")])
)
PYTHON = sys.executable
# Snakemake puts the path into shell commands as it is (its issue 2645): a space would end it, a ; would begin a command.
sys.executable = shlex.quote(sys.executable)
