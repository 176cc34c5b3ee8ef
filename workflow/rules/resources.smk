# What jobs ask a cluster for. A run on one machine does not look at it; the model is src/bornscape/planning/job_resources.py.

from math import prod

from bornscape.planning.job_resources import (
    LARGEST_STATE,
    experiment_minutes,
    memory,
    minutes,
    state_seconds,
    training_seconds,
)


def grows(value):
    """A resource that a job asks for once more at each attempt: it may have been killed for lack of it."""
    if callable(value):
        return lambda wildcards, attempt: attempt * value(wildcards)
    return lambda wildcards, attempt: attempt * value


def asks(mem_mb=memory(), runtime=minutes()):
    """Resources of a rule: memory in MB and time in minutes, each a number or a function of the wildcards."""
    return dict(mem_mb=grows(mem_mb), runtime=grows(runtime))


def depths_of(study):
    """How many depths a study has."""
    settings = STUDIES[study]
    return len(settings.get("n_layers", settings.get("depths", [0]))) + settings.get(
        "deep", False
    )


def rows_of(study):
    """How many losses all jobs of a study write, at most."""
    settings = STUDIES[study]
    grid = [settings["n_qubits"], settings["datasets"]]
    losses = max(len(settings.get("bandwidths", {})), 1)
    shots = 1 + len(settings.get("shots", []))
    return prod(map(len, grid)) * settings["draws"] * depths_of(study) * losses * shots


def draws_minutes(study, *sizes):
    """Time limit of a chunk of a state-vector study."""
    draws, depths = STUDIES[study]["chunk"], depths_of(study)
    return minutes(sum(state_seconds(n, depths, draws) for n in sizes))


BATCH_MINUTES = 60
"""Time limit of a chunk of a study without state vectors: they take a minute or two."""


def training_minutes(wildcards):
    """Time limit of a training job: the sum over its runs."""
    cell, epochs = cell_of(wildcards), TRAININGS[wildcards.training]["epochs"]
    runs = [
        training_seconds(cell.n_qubits, cell.n_layers, epochs, shots)
        for _, shots in cell.runs
    ]
    return minutes(sum(runs))


def state_size(wildcards):
    """The largest size of which a job of an experiment holds state vectors; 0 for product circuits."""
    settings, largest = (
        EXPERIMENTS[wildcards.experiment],
        max(sizes_of(wildcards)),
    )
    if "largest_state" in settings:
        return min(largest, settings["largest_state"])
    held = largest <= LARGEST_STATE and settings.get("state_vectors", True)
    return largest if held else 0


def experiment_memory(wildcards):
    """Memory of a job of an experiment, with state vectors in batches of samples."""
    samples = EXPERIMENTS[wildcards.experiment].get("samples", 0)
    return memory(state_size(wildcards), states=max(128, 8 * samples))
