"""Studies of variances (the configuration's ``variance``): their jobs, files, targets and what a job asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from bornscape.planning.job_resources import memory, minutes, state_seconds
from bornscape.planning.targets import target_path

BATCH_MINUTES = 60
"""Time limit of a chunk of a study without state vectors: they take a minute or two."""

GROUPED = {"fidelity": "fidelity_draws", "fidelity_batches": "fidelity_draws", "tensor": "tensor_draws"}
"""Scripts of the kinds whose jobs may hold several sizes."""


@dataclass(frozen=True)
class Studies:
    """The studies of a run.

    Attributes
    ----------
    entries
        The configuration's ``variance``: name -> settings.
    folder
        Of the run.
    seed
        The configuration's.

    Examples
    --------
    >>> small = {"kind": "line", "n_qubits": [2, 4], "draws": 20, "chunk": 10, "datasets": ["ghz"]}
    >>> studies = Studies({"small": small}, "results/mine", seed=1)
    >>> studies.size_files("small", 2)
    ['results/mine/draws/small/n2_c0.parquet', 'results/mine/draws/small/n2_c1.parquet']
    >>> studies.targets("small", [4])
    ['results/mine/targets/ghz_n4.csv']
    >>> studies.job("small")
    {'seed': 1, 'kind': 'line', 'chunk': 10, 'datasets': ['ghz']}
    """

    entries: Mapping[str, Mapping[str, Any]]
    folder: str
    seed: int

    def of_kind(self, *kinds: str) -> list[str]:
        """Names of the studies of these kinds."""
        return [name for name, study in self.entries.items() if study["kind"] in kinds]

    def job(self, study: str) -> dict[str, Any]:
        """A study's settings without what only says how many jobs there are."""
        left_out = ("draws", "n_qubits", "together")
        return {"seed": self.seed} | {k: value for k, value in self.entries[study].items() if k not in left_out}

    def size_files(self, study: str, n_qubits: int) -> list[str]:
        """Every chunk of draws of a study at one size, in order."""
        settings = self.entries[study]
        chunks = range(settings["draws"] // settings["chunk"])
        return [f"{self.folder}/draws/{study}/n{n_qubits}_c{chunk}.parquet" for chunk in chunks]

    def study_files(self, study: str) -> list[str]:
        """Every chunk of draws of a study."""
        return [path for n in self.entries[study]["n_qubits"] for path in self.size_files(study, n)]

    def files(self) -> list[str]:
        """Every chunk of draws of every study."""
        return [path for study in self.entries for path in self.study_files(study)]

    def listed_datasets(self, study: str) -> list[str]:
        """Data sets that a study needs as lists of strings; kind ``tensor`` has a formula for the cardinality set."""
        settings = self.entries[study]
        left_out = ("cardinality",) if settings["kind"] == "tensor" else ()
        return [dataset for dataset in settings["datasets"] if dataset not in left_out]

    def targets(self, study: str, sizes: Sequence[int | str]) -> list[str]:
        """Targets that a job at these sizes reads, by size and data set."""
        return [target_path(self.folder, dataset, n) for n in sizes for dataset in self.listed_datasets(study)]

    def needed_targets(self) -> Iterator[tuple[list[str], list[int]]]:
        """(data sets, sizes) of every study."""
        return ((self.listed_datasets(name), study["n_qubits"]) for name, study in self.entries.items())

    def groups(self, study: str) -> list[list[int]]:
        """The sizes of each job of a chunk: one size a job, or all together where a job's start would cost more."""
        sizes = list(self.entries[study]["n_qubits"])
        return [sizes] if self.entries[study]["together"] else [[n] for n in sizes]

    def grouped_jobs(self) -> list[tuple[str, list[int]]]:
        """(study, sizes) of every job of the ``GROUPED`` kinds, a chunk each."""
        return [(name, sizes) for kind in GROUPED for name in self.of_kind(kind) for sizes in self.groups(name)]

    def table_parts(self, study: str) -> list[dict[str, Any]]:
        """What a study's tables need to know of each of its sizes: name, settings and files of draws."""
        entry = self.entries[study]
        settings = {key: entry[key] for key in ("kind", "ensemble", "batch", "linear_batch") if key in entry}
        return [
            {"name": study, "n_qubits": n, "files": self.size_files(study, n), "study": settings}
            for n in entry["n_qubits"]
        ]

    def depths(self, study: str) -> int:
        """How many depths a study has."""
        settings = self.entries[study]
        return len(settings.get("n_layers", settings.get("depths", [0]))) + settings.get("deep", False)

    def rows(self, study: str) -> int:
        """How many losses all jobs of a study write, at most."""
        settings = self.entries[study]
        losses = max(len(settings.get("bandwidths", {})), 1)
        grid = len(settings["n_qubits"]), len(settings["datasets"]), 1 + len(settings.get("shots", []))
        return prod(grid) * settings["draws"] * self.depths(study) * losses

    def minutes(self, study: str, sizes: Sequence[int]) -> int:
        """Time limit of a chunk."""
        settings = self.entries[study]
        if settings["kind"] not in ("line", "fidelity"):
            return BATCH_MINUTES
        return minutes(sum(state_seconds(n, self.depths(study), settings["chunk"]) for n in sizes))

    def memory(self, study: str, sizes: Sequence[int]) -> int:
        """MB of a chunk."""
        kind = self.entries[study]["kind"]
        if kind in ("line", "fidelity"):
            return memory(max(sizes), largest=max(sizes))
        return memory(tables=200) if kind in GROUPED else memory()
