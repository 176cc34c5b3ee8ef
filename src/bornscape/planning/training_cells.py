"""Which runs an entry of the configuration's ``training`` asks for, and how they are shared among jobs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from bornscape.formulas import depth_value

Training = Mapping[str, Any]


class Cell(NamedTuple):
    """What one job trains: one repetition at one size and depth, of one loss and number of shots or of all.

    ``runs`` holds (loss, shots) of each run, shots None for exact gradients.
    """

    name: str
    n_qubits: int
    n_layers: int
    repetition: int
    runs: list[tuple[str, int | None]]


def as_list(value: Any) -> list[Any]:
    """A setting that may be one value or several."""
    return list(value) if isinstance(value, list) else [value]


def sizes_and_layers(training: Training) -> list[tuple[int, int]]:
    """(n_qubits, n_layers) of the entry, each once: formulas of n may agree at small n."""
    pairs = [
        (n, depth_value(layers, n)) for n in as_list(training["n_qubits"]) for layers in as_list(training["n_layers"])
    ]
    return list(dict.fromkeys(pairs))


def cells(training: Training) -> Iterator[Cell]:
    """The jobs of an entry: one a run, or one a repetition (``job: repetition``), for runs shorter than a job's start.

    A cell's name says what it is and not how many there are, so that more repetitions only add cells.
    """
    runs = [(loss, shots) for loss in training["losses"] for shots in as_list(training["shots"])]
    for n, layers in sizes_and_layers(training):
        for repetition in range(training["repetitions"]):
            place = f"n{n}_l{layers}"
            if training.get("job", "run") == "repetition":
                yield Cell(f"{place}_r{repetition}", n, layers, repetition, runs)
                continue
            for loss, shots in runs:
                count = "exact" if shots is None else f"{shots}shots"
                yield Cell(f"{place}_{count}_{loss}_r{repetition}", n, layers, repetition, [(loss, shots)])
