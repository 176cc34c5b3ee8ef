"""Experiments beyond variances and training: their jobs, files, targets and what a job asks for.

Every kind is a module of ``bornscape.experiments``, run by the same two rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bornscape.datasets.sizes import named_at
from bornscape.planning.job_resources import LARGEST_STATE, experiment_minutes, memory
from bornscape.planning.targets import target_path

COMPILED = {"model_classes": 400}
"""MB of compiled models that a job of a kind holds; with JAX, 900 in all were seen at 12 qubits."""


def size_name(sizes: Sequence[int]) -> str:
    """How files name the sizes of a job.

    Examples
    --------
    >>> size_name([4]), size_name([4, 6, 8])
    ('n4', 'n4-6-8')
    """
    return "n" + "-".join(str(n) for n in sizes)


def sizes_of(name: str) -> list[int]:
    """Sizes that a file's name says, without its "n"."""
    return [int(n) for n in name.split("-")]


@dataclass(frozen=True)
class Experiments:
    """The experiments of a run: ``entries`` of the configuration, the run's folder and seed."""

    entries: Mapping[str, Mapping[str, Any]]
    folder: str
    seed: int

    def size_groups(self, name: str) -> list[list[int]]:
        """The sizes of each job of a chunk: one size a job, or all together where a job's start would cost more."""
        sizes = list(self.entries[name]["n_qubits"])
        return [sizes] if self.entries[name]["together"] else [[n] for n in sizes]

    def files(self, name: str) -> list[str]:
        """What every job of an experiment measured."""
        return [
            f"{self.folder}/measurements/{name}/{size_name(sizes)}_c{chunk}.parquet"
            for sizes in self.size_groups(name)
            for chunk in range(self.entries[name]["chunks"])
        ]

    def settings(self, name: str) -> dict[str, Any]:
        """An experiment's settings without what only says how many jobs there are."""
        left_out = ("n_qubits", "chunks", "together")
        return {key: value for key, value in self.entries[name].items() if key not in left_out}

    def job(self, name: str, sizes: Sequence[int]) -> dict[str, Any]:
        """What a job that measures is given."""
        return {"seed": self.seed, "n_qubits": list(sizes), "settings": self.settings(name)}

    def kind_file(self, name: str) -> str:
        """The module of an experiment's kind, which scripts import by name."""
        return f"src/bornscape/experiments/{self.entries[name]['kind']}.py"

    def targets(self, name: str, sizes: Sequence[int]) -> list[str]:
        """Targets that a job at these sizes reads."""
        datasets = self.entries[name].get("datasets", [])
        return [target_path(self.folder, dataset, n) for n in sizes for dataset in named_at(datasets, n)]

    def needed_targets(self) -> Iterator[tuple[list[str], list[int]]]:
        """(data sets, sizes) of every experiment."""
        for settings in self.entries.values():
            yield from ((named_at(settings.get("datasets", []), n), [n]) for n in settings["n_qubits"])

    def state_size(self, name: str, sizes: Sequence[int]) -> int:
        """The largest size of which a job holds state vectors; 0 for product circuits."""
        settings, largest = self.entries[name], max(sizes)
        if "largest_state" in settings:
            return min(largest, settings["largest_state"])
        held = largest <= LARGEST_STATE and settings.get("state_vectors", True)
        return largest if held else 0

    def memory(self, name: str, sizes: Sequence[int]) -> int:
        """MB of a job, with state vectors in batches of samples."""
        settings = self.entries[name]
        states = max(128, 8 * settings.get("samples", 0))
        return memory(self.state_size(name, sizes), COMPILED.get(settings["kind"], 0), states)

    def table_memory(self, name: str) -> int:
        """MB of the job that puts an experiment's table together."""
        return memory(tables=40 * self.entries[name]["chunks"])

    def minutes(self, name: str, sizes: Sequence[int]) -> int:
        """Time limit of a job."""
        return experiment_minutes(self.state_size(name, sizes))
