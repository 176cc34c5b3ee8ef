# Names and checks that every stage uses: the run's folder, what a script stands on, the lock.

import fcntl
import json
import sys
from pathlib import Path

# A checker of URL formats that jsonschema takes up where it finds it, and that nobody here asks: it compiles grammars for
# seconds at every start of Snakemake, which on a cluster is twice a job.
sys.modules.setdefault("rfc3987_syntax", None)

from bornscape.configuration import (
    ConfigurationError,
    Source,
    check,
    check_claims,
    read_source,
    take_away,
)
from bornscape.planning.code_behind import modules_behind


def config_sources():
    """The layers of the configuration, the one that wins last."""
    files = [
        "config/config.yaml",
        *(str(Path(f)) for f in workflow.overwrite_configfiles),
    ]
    layers = [read_source(path) for path in files]
    if workflow.config_settings.config:
        layers.append(Source("--config", dict(workflow.config_settings.config)))
    return layers


def checked_config():
    """The claims; stop with one clear error before any job is made if they or the configuration cannot be used."""
    try:
        take_away(config, config_sources())
        if not workflow.is_main_process:  # The jobs of a cluster read this file again.
            return read_source(config["claims"]).content["claims"]
        check(
            config, config_sources(), "workflow/schemas/config.schema.json", "notebooks"
        )
        claims = read_source(config["claims"])
        check_claims(claims, "workflow/schemas/claims.schema.json")
    except ConfigurationError as error:
        raise SystemExit(f"Error: {error}") from None
    return claims.content["claims"]


def hold_run(path):
    """Refuse to run beside another run in this folder.

    Snakemake's own lock outlives a killed run; the system drops this one with the process.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    handle = open(path, "w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise SystemExit(
            f"Error: {path}: another run is going on in this folder; wait for it or stop it"
        ) from None
    return handle


def check_writable(path):
    """Stop before any job if results cannot be written: each job would fail by itself, some after minutes."""
    import tempfile

    try:
        Path(path).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise SystemExit(
            f"Error: {path}: cannot be written: {error.strerror}"
        ) from None


RUN_LOCK = []
CLAIMS = checked_config()
RUN = f"results/{config['run']}"
SEED = config["seed"]
STUDIES = config["variance"]
TRAININGS = config["training"]
EXPERIMENTS = config["experiments"]

# What later stages take from earlier ones; each stage adds its own.
EVIDENCE = []
"""Tables that claims are judged by."""
ARTIFACTS = []
"""What a finished run holds. Snakemake makes a file that is gone only if it is asked for, so ``all`` asks for each."""
TARGET_SIZES = {}
"""Sizes at which each synthetic data set is used anywhere, so that only those are made."""


def need_targets(datasets, sizes):
    """Have the targets of these data sets made at these sizes."""
    for dataset in datasets:
        if dataset not in ("jets", "showers"):
            TARGET_SIZES.setdefault(dataset, set()).update(sizes)


def code(script):
    """The package's modules behind a script: editing one reruns what depends on it, and nothing else."""
    path = f"workflow/scripts/{script}"
    return [path, *modules_behind(path)]


def target(dataset, n_qubits):
    """Path of a target distribution."""
    return f"{RUN}/targets/{dataset}_n{n_qubits}.csv"


def one_of(names):
    """Wildcard constraint: one of these names and nothing else."""
    import re

    return "|".join(re.escape(str(name)) for name in names) or "(?!)"


def print_summary():
    """What a person wants to know when the run is over."""
    verdicts = Path(RUN, "claims.json")
    if not (verdicts.is_file() and Path(RUN, "report.html").is_file()):
        return
    counts = json.loads(verdicts.read_text())
    print(
        f"\n  figures   {RUN}/figures/\n  table     {RUN}/trainability_table.md\n  report    {RUN}/report.html"
    )
    print(
        "  claims    "
        + ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
        + "\n"
    )
