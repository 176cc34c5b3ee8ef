"""Jets that were made where Pythia runs and are kept for where it does not: images, their counts, and where from.

A set in ``kept/`` is what the rule ``jet_targets`` makes of one configuration. ``python -m bornscape.run.keep_jets``
keeps the jets of a finished run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bornscape.artifacts import sha256, write_json, write_table
from bornscape.datasets.images import GRIDS, hit_bitstrings
from bornscape.datasets.jets import jet_pixels
from bornscape.datasets.targets import Target
from bornscape.extras import versions

KEPT = Path(__file__).parent / "kept"
GENERATOR = ("pythia8mc", "fastjet")
"""Packages that make jets; other versions make other jets."""

IMAGES = "images.csv"
TABLES = ("jet_cuts.csv", "jet_checks.csv", "jet_spectrum.csv")
"""Tables of a run about its jets, kept beside their images."""


def can_generate() -> bool:
    """Whether jets can be made here: Pythia and FastJet are installed."""
    try:
        return all(find_spec(name) for name in GENERATOR)
    except (ImportError, ValueError):
        return False


def generator_versions() -> dict[str, str]:
    """Versions of what makes jets, as far as it is installed."""
    return versions(GENERATOR)


def image_counts(constituents: pd.DataFrame, n_jets: int, radius: float, cut: float) -> pd.DataFrame:
    """Images of some jets on every grid and how often each occurs: bitstring, count; short ones first, in order."""
    parts = []
    for rows, cols in GRIDS.values():
        bits = hit_bitstrings(jet_pixels(constituents, n_jets, rows, cols, radius), cut)
        images, counts = np.unique(bits, axis=0, return_counts=True)
        parts.append(pd.DataFrame({"bitstring": ["".join(map(str, row)) for row in images.tolist()], "count": counts}))
    return pd.concat(parts, ignore_index=True)


@dataclass(frozen=True, eq=False)
class KeptJets:
    """One kept set.

    Attributes
    ----------
    folder
        Where it lies: images.csv (chunk, bitstring, count), tables, and provenance.json.
    settings
        What it was made from: the configuration's ``data.jets``, the ``cuts`` of its table and the root ``seed``.
    generator
        Versions of the packages that made it.
    """

    folder: Path
    settings: dict[str, Any]
    generator: dict[str, str]

    @property
    def files(self) -> list[Path]:
        """All its files."""
        return [self.folder / name for name in ("provenance.json", IMAGES, *TABLES)]

    def images(self) -> pd.DataFrame:
        """Chunk, bitstring and count.

        Raises
        ------
        ValueError
            If a file is not as it was kept.
        """
        _check_bytes(self.folder)
        return pd.read_csv(self.folder / IMAGES, dtype={"bitstring": str})

    def target(self, n_qubits: int) -> Target:
        """The distribution of the images of n pixels, bit for bit that of the jets themselves.

        Raises
        ------
        ValueError
            If there are no images of n pixels, or a file is not as it was kept.
        """
        if n_qubits not in GRIDS:
            raise ValueError(f"data set jets has images of {list(GRIDS)} pixels, not {n_qubits}")
        images = self.images()
        counts = images[images["bitstring"].str.len() == n_qubits].groupby("bitstring")["count"].sum()
        bits = np.array([[int(bit) for bit in string] for string in counts.index], dtype=np.uint8)
        return Target(bits, counts.to_numpy() / self.settings["jets"])


def _check_bytes(folder: Path) -> None:
    for name, listed in _provenance(folder)["sha256"].items():
        if sha256(folder / name) != listed:
            raise ValueError(f"{folder / name}: not the bytes that provenance.json lists; get the file anew")


def _provenance(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    return content


def kept_sets(kept: Path = KEPT) -> list[KeptJets]:
    """Every kept set, the largest first."""
    found = [path.parent for path in kept.glob("jets_*/provenance.json")]
    sets = [KeptJets(folder, (listed := _provenance(folder))["settings"], listed["generator"]) for folder in found]
    return sorted(sets, key=lambda kept: -kept.settings["jets"])


def kept_jets(settings: Mapping[str, Any]) -> KeptJets:
    """The kept set of these settings.

    Parameters
    ----------
    settings
        ``data.jets`` of a configuration, ``cuts`` and ``seed``.

    Raises
    ------
    ValueError
        If none was made from them: with what differs from the nearest, and the cure.
    """
    differences = []
    for kept in kept_sets():
        names = sorted(kept.settings.keys() | settings.keys())
        differing = [name for name in names if kept.settings.get(name) != settings.get(name)]
        if not differing:
            return kept
        differences.append((len(differing), differing, kept))
    _, names, nearest = min(differences, key=lambda entry: entry[0])
    said = ", ".join(f"{_key(name)} is {settings.get(name)}, kept with {nearest.settings[name]}" for name in names)
    raise ValueError(
        f"data.jets: jets of these settings have to be made, and Pythia or FastJet is not installed: {said}. "
        'Take the kept settings, or, where there are wheels: pip install "bornscape[hep]"'
    )


def _key(name: str) -> str:
    """Name in the configuration."""
    return {"seed": "seed", "cuts": "data.cuts"}.get(name, f"data.jets.{name}")


def origin(kept: KeptJets | None) -> dict[str, Any]:
    """Where a run's jets are from, for its manifest: made in the run, or taken from a kept set."""
    if kept is None:
        return {"source": "made in this run", "generator": generator_versions()}
    digests = _provenance(kept.folder)["sha256"]
    return {"source": "kept with the code", "generator": kept.generator, "sha256": digests}


def keep_jets(
    settings: Mapping[str, Any],
    constituents: Sequence[pd.DataFrame],
    tables: Iterable[Path],
    kept: Path = KEPT,
) -> Path:
    """Keep jets that were made here, each chunk's constituents and the tables about all; return the set's folder."""
    images = [image_counts(chunk, settings["chunk"], settings["radius"], settings["cut"]) for chunk in constituents]
    folder = kept / f"jets_{settings['jets']}"
    folder.mkdir(parents=True, exist_ok=True)
    whole = pd.concat([part.assign(chunk=k) for k, part in enumerate(images)], ignore_index=True)
    write_table(whole[["chunk", "bitstring", "count"]], folder / IMAGES)
    for path in tables:
        (folder / path.name).write_bytes(path.read_bytes())
    digests = {name: sha256(folder / name) for name in (IMAGES, *TABLES)}
    content = {"generator": generator_versions(), "settings": dict(settings), "sha256": digests}
    write_json(content, folder / "provenance.json")
    return folder
