"""What the project ships: its configuration, its catalogue, and what follows from both."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from bornscape.configuration import read_claims
from bornscape.configuration.reading import Loader
from bornscape.datasets.kept_jets import KeptJets
from bornscape.planning.catalogue import bandwidths_of, catalogue_of

ROOT = Path(__file__).parents[2]


@cache
def _parsed(name: str) -> dict[str, Any]:
    return yaml.load((ROOT / "config" / name).read_text(encoding="utf-8"), Loader)


CONFIG = _parsed("config.yaml")
CATALOGUE = catalogue_of(_parsed("results.yaml"))
BANDWIDTHS = bandwidths_of(CONFIG)
RESTS_ON = CATALOGUE.trainability_table
_FOLDER_TABLES = {"data/jet_cuts", "data/jet_checks", "data/jet_spectrum", "data/shower_cuts", "data/shower_profile"}
TABLES = frozenset(
    {"variance", "scaling", "fixed_points", "bodyness", "training", "training_summary", "training_final"}
    | {"training_mass", "claims", "trainability_table", "targets/jets_n16", "targets/showers_n16"}
    | _FOLDER_TABLES
    | set(CONFIG["experiments"])
)

"""Tables that the default scale makes, by name."""


def settings_of(figure: str) -> dict[str, Any]:
    """What a figure's function is given beside its tables."""
    return CATALOGUE.figures[figure].settings(CONFIG)


def shipped_configuration(name: str) -> dict[str, Any]:
    """A file of config/, parsed once; a copy that a test may change."""
    return deepcopy(_parsed(name))


@cache
def _claims() -> list[dict[str, Any]]:
    return read_claims(ROOT / "config/claims", list(CATALOGUE.results))


def shipped_claims() -> list[dict[str, Any]]:
    """All claims, read once; copies that a test may change."""
    return deepcopy(_claims())


def jet_settings(*overlays: str) -> dict[str, Any]:
    """Settings of the jets of a shipped scale, which kept jets are found by."""
    base = shipped_configuration("config.yaml")
    jets = dict(base["data"]["jets"])
    for name in overlays:
        jets |= shipped_configuration(name)["data"]["jets"]
    return {"seed": base["seed"], **jets, "cuts": base["data"]["cuts"]}


def kept_chunk(kept: KeptJets, chunk: int) -> pd.DataFrame:
    """The kept images of a chunk."""
    images = kept.images()
    return images.loc[images["chunk"] == chunk, ["bitstring", "count"]].reset_index(drop=True)
