"""Checking the experiments of a configuration: each kind has a JSON schema of its own settings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bornscape.aliases import Config
from bornscape.configuration.problems import LARGEST_CHUNKS, Problems, bandwidth_problem, check_dataset, shots_problem
from bornscape.configuration.sources import Source, check_schema, failure, read_schema
from bornscape.datasets.sizes import named_at

RESERVED = (
    *("bodyness", "claim_controls", "claims", "fixed_points", "model_claim_controls", "model_claims", "model_laws"),
    *("models", "scaling", "trainability_table", "training", "training_final", "training_mass", "training_summary"),
    "variance",
)
"""Tables of a run that are no experiment's: an experiment of that name would write the same file."""

COMMON = {
    "kind": {"type": "string"},
    "n_qubits": {"$ref": "#/$defs/sizes"},
    "chunks": {"type": "integer", "minimum": 1, "maximum": LARGEST_CHUNKS},
    "together": {"type": "boolean"},
}
"""Keys of every experiment. A kind may add ``datasets``, ``bandwidths`` and a list ``shots``: all are checked at every
size, and data sets that are named with their sizes at these."""


def experiment_kinds(folder: str | Path) -> list[str]:
    """Kinds that have a schema in ``folder``."""
    return sorted(path.name.removesuffix(".schema.json") for path in Path(folder).glob("*.schema.json"))


def _schema(kind: str, folder: Path, shared: dict[str, Any]) -> dict[str, Any]:
    of_kind = read_schema(folder / f"{kind}.schema.json")
    properties = COMMON | of_kind["properties"]
    required = [*COMMON, *of_kind.get("required", of_kind["properties"])]
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties} | shared


def check_experiments(config: Config, sources: Sequence[Source], schema_path: str | Path) -> None:
    """Check every experiment against its kind's schema, and its sizes against its data sets and bandwidths.

    Parameters
    ----------
    schema_path
        Schema of the configuration, whose definitions the kinds share; theirs lie in ``experiments`` beside it.

    Raises
    ------
    ConfigurationError
        At the first problem.
    """
    folder = Path(schema_path).parent / "experiments"
    shared = {"$defs": read_schema(schema_path)["$defs"]}
    known = experiment_kinds(folder)
    for name, settings in config["experiments"].items():
        base = ("experiments", name)
        if name in RESERVED:
            message = f"expected another name: {name}.csv is a table of every run; as my_{name}"
            raise failure(base, message, sources)
        if settings["kind"] not in known:
            raise failure((*base, "kind"), f"expected one of {known}, got {settings['kind']!r}", sources)
        check_schema(settings, _schema(settings["kind"], folder, shared), sources, base)
        for key, problem in _size_problems(base, settings):
            if problem is not None:
                raise failure(key, problem, sources)


def _size_problems(base: tuple[str, str], settings: Config) -> Problems:
    for n in settings["n_qubits"]:
        for dataset in named_at(settings.get("datasets", []), n):
            yield (*base, "datasets"), check_dataset(dataset, n, state_vectors=settings.get("state_vectors", True))
        for label, bandwidth in settings.get("bandwidths", {}).items():
            yield (*base, "bandwidths", label), bandwidth_problem(bandwidth, n)
        if isinstance(settings.get("shots"), list):
            yield (*base, "shots"), shots_problem(settings["shots"], n)
