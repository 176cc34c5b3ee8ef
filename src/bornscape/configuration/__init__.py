"""Checking a configuration before any job runs: one clear error that names the file, the key and what was expected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from bornscape.aliases import Config
from bornscape.configuration.claims import check_claims, read_claims
from bornscape.configuration.experiments import check_experiments, experiment_kinds
from bornscape.configuration.problems import (
    Problems,
    data_problems,
    notebook_parameters,
    notebook_problems,
    study_problems,
    support_size,
    training_problems,
)
from bornscape.configuration.sources import (
    ConfigurationError,
    Source,
    check_schema,
    failure,
    layers,
    read_source,
    take_away,
)
from bornscape.my_model.settings import text_keys

__all__ = [
    "ConfigurationError",
    "Source",
    "check",
    "check_claims",
    "check_schema",
    "experiment_kinds",
    "layers",
    "notebook_parameters",
    "read_claims",
    "read_source",
    "support_size",
    "take_away",
]


def check(config: Config, sources: Sequence[Source], schema_path: str | Path, notebook_folder: str | Path) -> None:
    """Check a merged configuration.

    Parameters
    ----------
    config
        All layers merged.
    sources
        The layers, the one that wins last: errors name the one that set the key.
    schema_path, notebook_folder
        JSON schema of the configuration; where the notebooks are.

    Raises
    ------
    ConfigurationError
        At the first problem.
    """
    as_text = dict(config)
    if isinstance(models := config.get("models"), dict):
        as_text["models"] = {k: text_keys(model) if isinstance(model, dict) else model for k, model in models.items()}
    check_schema(as_text, schema_path, sources)
    check_experiments(config, sources, schema_path)
    if config.get("models"):
        # Here, because it takes seconds: what a model may ask for is said by the modules that compute it.
        from bornscape.configuration.my_model import check_models

        check_models(config, sources, schema_path)
    groups: list[Callable[[], Problems]] = [
        lambda: data_problems(config["data"]),
        *[lambda n=n, s=s: study_problems(n, s) for n, s in config["variance"].items()],  # type: ignore[misc]
        *[lambda n=n, s=s: training_problems(n, s) for n, s in config["training"].items()],  # type: ignore[misc]
        lambda: notebook_problems(config.get("notebooks", {}), Path(notebook_folder)),
    ]
    for group in groups:
        for key, problem in group():
            if problem is not None:
                raise failure(key, problem, sources)
