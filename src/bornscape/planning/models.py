"""The user's own models (the configuration's ``models``): their jobs, files and claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from bornscape.datasets.images import IMAGE_SETS
from bornscape.my_model.register import DRAW_VECTORS, wires_at
from bornscape.my_model.settings import complete, named_files, size_groups
from bornscape.planning.experiments import size_name, sizes_of
from bornscape.planning.job_resources import LARGEST_STATE, experiment_minutes, memory, threads_of
from bornscape.planning.targets import target_path

TABLES = ("sizes", "laws", "extrapolation", "bodyness", "parameters", "path", "verdicts")
"""Tables of a model."""

DRAWN = ("draws", "spectra", "components", "paths")
"""What the jobs of a model draw (``my_model.jobs.Drawn``), a folder each."""

PICTURES = {name: tuple(f"{name}.{ending}" for ending in ("png", "pdf", "csv")) for name in ("figure", "by_parameter")}
"""Files of each figure of a model."""

EVIDENCE = ("models.csv", "model_laws.csv")
"""Tables over all models, by which claims about models are judged."""


@dataclass(frozen=True)
class Models:
    """The models of a run: ``entries`` of the configuration as they are written, the run's folder and seed."""

    entries: Mapping[str, Mapping[str, Any]]
    folder: str
    seed: int

    @cached_property
    def settings(self) -> dict[str, dict[str, Any]]:
        """Every model's settings with the defaults filled in."""
        return {name: complete(settings) for name, settings in self.entries.items()}

    def file(self, model: str, name: str) -> str:
        """Path of a model's artifact."""
        return f"{self.folder}/models/{model}/{name}"

    def draw_files(self, model: str) -> dict[str, list[str]]:
        """What every job of a model drew, by the names of ``DRAWN``."""
        groups = size_groups(self.settings[model]["sizes"])
        return {what: [self.file(model, f"{what}/{size_name(sizes)}.parquet") for sizes in groups] for what in DRAWN}

    def images(self, model: str, sizes: Sequence[int]) -> list[str]:
        """Images that the workflow makes, where a model's data are one of those sets."""
        name = self.settings[model]["data"].get("set")
        return [target_path(self.folder, name, n) for n in sizes] if name in IMAGE_SETS else []

    def named_files(self, model: str) -> list[str]:
        """Files that a model's settings name."""
        return named_files(self.settings[model])

    def job(self, model: str) -> dict[str, Any]:
        """What a job that draws is given."""
        return {"seed": self.seed, "settings": self.settings[model]}

    def wires(self, model: str, sizes: Sequence[int]) -> int:
        """Most wires of a job that draws, hidden ones too."""
        return max(wires_at(self.settings[model]["circuit"], n) for n in sizes)

    def load(self, model: str, sizes: Sequence[int]) -> int:
        """Wires of the state vector that is as large as what a job holds: noisy gates take one of twice the wires."""
        # Here and below, because a run without models need not wait for what models stand on.
        from bornscape.my_model.noise import noise_at

        noisy = any(noise_at(self.settings[model]["noise"], n).of_gates for n in sizes)
        return self.wires(model, sizes) * (2 if noisy else 1)

    def state(self, model: str, sizes: Sequence[int]) -> int:
        """As ``load``, of the sizes that are, or may be, measured on state vectors; 0 without one."""
        from bornscape.my_model.word_losses import by_words, state_vectors_help

        settings = self.settings[model]
        held = [n for n in sizes if not by_words(settings, n) or state_vectors_help(settings, n)]
        return self.load(model, held) if held else 0

    def memory(self, model: str, sizes: Sequence[int]) -> int:
        """MB of a job that draws; one without state vectors asks for as much as one at ``LARGEST_STATE`` wires."""
        held = self.state(model, sizes)
        return memory(
            max(held, min(self.load(model, sizes), LARGEST_STATE)),
            states=DRAW_VECTORS,
            largest=max(held, LARGEST_STATE),
        )

    def minutes(self, model: str, sizes: Sequence[int]) -> int:
        """Time limit of a job that draws."""
        return experiment_minutes(self.load(model, sizes), max(self.state(model, sizes), LARGEST_STATE))

    def threads(self, model: str, name: str) -> int:
        """Threads of the job that draws at the sizes of a file's name, as ``4-5-6``."""
        return threads_of(self.state(model, sizes_of(name)))

    def claims(self, claims: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Claims about models alone: they can be judged without the rest of the reproduction."""
        return [claim for claim in claims if set(claim["evidence"]) <= set(EVIDENCE)]

    def artifacts(self, claims: Sequence[Mapping[str, Any]]) -> list[str]:
        """What a finished run holds of its models."""
        if not self.entries:
            return []
        names = [*(f"{table}.csv" for table in (*TABLES, "row")), *chain(*PICTURES.values()), "report.html"]
        shared = [f"{self.folder}/{name}" for name in ("models.csv", "models.md", "model_laws.csv")]
        judged = [f"{self.folder}/model_claims.csv"] if self.claims(claims) else []
        return [self.file(model, name) for model in self.entries for name in names] + shared + judged

    def asked_for(self, claims: Sequence[Mapping[str, Any]]) -> list[str]:
        """The same, where somebody asks for the models alone.

        Raises
        ------
        SystemExit
            With one clear error, if there are none.
        """
        if not self.entries:
            raise SystemExit(
                "Error: models: expected at least one model, got none; "
                "snakemake --cores 2 my_model --configfile examples/my_circuit.yaml has two"
            )
        return self.artifacts(claims)
