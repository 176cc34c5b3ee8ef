"""Training runs (the configuration's ``training``): which there are, how jobs share them, and what a job asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from bornscape.aliases import Settings
from bornscape.configuration.sources import as_list
from bornscape.formulas import depth_value
from bornscape.planning.job_resources import memory, minutes, training_seconds
from bornscape.planning.targets import target_path

PARTS = ("curves", "finals", "summary")
"""The tables of a job."""

STRINGS = 32
"""Most probable strings of a target whose learned probabilities are kept."""


class Cell(NamedTuple):
    """What one job trains at one size and depth: one repetition of one loss and number of shots, or of all, or all.

    ``runs`` holds (loss, shots) of each run of a repetition, shots None for exact gradients.
    """

    name: str
    n_qubits: int
    n_layers: int
    repetitions: list[int]
    runs: list[tuple[str, int | None]]


def sizes_and_layers(training: Settings) -> list[tuple[int, int]]:
    """(n_qubits, n_layers) of the entry, each once: formulas of n may agree at small n."""
    pairs = [
        (n, depth_value(layers, n)) for n in as_list(training["n_qubits"]) for layers in as_list(training["n_layers"])
    ]
    return list(dict.fromkeys(pairs))


def cells(training: Settings) -> Iterator[Cell]:
    """The jobs of an entry: one a run, or, for runs shorter than a job's start, one a repetition or one a depth.

    A cell's name says what it is and not how many there are: more repetitions only add cells, and make those of
    ``job: depth`` again.
    """
    runs = [
        (loss, shots)
        for loss, settings in training["losses"].items()
        for shots in as_list(settings.get("shots", training["shots"]))
    ]
    for n, layers in sizes_and_layers(training):
        place, numbers = f"n{n}_l{layers}", list(range(training["repetitions"]))
        if training.get("job", "run") == "depth":
            yield Cell(place, n, layers, numbers, runs)
            continue
        for repetition in numbers:
            if training.get("job", "run") == "repetition":
                yield Cell(f"{place}_r{repetition}", n, layers, [repetition], runs)
                continue
            for loss, shots in runs:
                count = "exact" if shots is None else f"{shots}shots"
                yield Cell(f"{place}_{count}_{loss}_r{repetition}", n, layers, [repetition], [(loss, shots)])


@dataclass(frozen=True)
class Trainings:
    """The training runs of a run: ``entries`` of the configuration, the run's folder and seed."""

    entries: Mapping[str, Settings]
    folder: str
    seed: int

    @cached_property
    def cells(self) -> dict[str, dict[str, Cell]]:
        """Cells of every entry by name."""
        return {name: {cell.name: cell for cell in cells(training)} for name, training in self.entries.items()}

    @property
    def cell_names(self) -> set[str]:
        """Names of all cells."""
        return {cell for cells in self.cells.values() for cell in cells}

    def entry_files(self, training: str, part: str) -> list[str]:
        """One of ``PARTS`` of every job of an entry."""
        return [f"{self.folder}/training/{training}/{cell}_{part}.csv" for cell in self.cells[training]]

    def files(self, part: str) -> list[str]:
        """Every job's table of one of ``PARTS``."""
        return [path for training in self.entries for path in self.entry_files(training, part)]

    def job(self, training: str, cell_name: str) -> dict[str, Any]:
        """A job's settings without what only says how many others there are."""
        settings, cell = self.entries[training], self.cells[training][cell_name]
        shared = ("repetitions", "losses", "n_qubits", "n_layers", "shots", "job")
        return {
            "seed": self.seed,
            "repetitions": cell.repetitions,
            "losses": {loss: settings["losses"][loss] for loss, _ in cell.runs},
            "strings": STRINGS,
            "n_qubits": cell.n_qubits,
            "n_layers": cell.n_layers,
            "runs": cell.runs,
        } | {key: value for key, value in settings.items() if key not in shared}

    def target(self, training: str, cell_name: str) -> str:
        """The target that a job trains on."""
        n = self.cells[training][cell_name].n_qubits
        return target_path(self.folder, self.entries[training]["dataset"], n)

    def needed_targets(self) -> Iterator[tuple[list[str], list[int]]]:
        """(data sets, sizes) of every entry."""
        return (([training["dataset"]], as_list(training["n_qubits"])) for training in self.entries.values())

    def minutes(self, training: str, cell_name: str) -> int:
        """Time limit of a job: the sum over its runs."""
        cell, epochs = self.cells[training][cell_name], self.entries[training]["epochs"]
        runs = [training_seconds(cell.n_qubits, cell.n_layers, epochs, shots) for _, shots in cell.runs]
        return minutes(len(cell.repetitions) * sum(runs))

    def memory(self, training: str, cell_name: str) -> int:
        """MB of a job."""
        return memory(self.cells[training][cell_name].n_qubits)
