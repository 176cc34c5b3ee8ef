"""Chunks of draws until the precision asked for is met or the budget is spent, each kept for later runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.artifacts import read_draws, sha256, write_draws
from bornscape.my_model.draws import Chunk
from bornscape.my_model.verdict.intervals import variance_band

NOT_ASKED, MET, SPENT = "not asked", "met", "budget spent"

COUNTS = ("draws", "max_draws", "precision", "sizes", "path")
"""Settings that say how much is drawn, or what else, not what: a change of them keeps the chunks there are."""


def half_widths(draws: pd.DataFrame) -> dict[str, float]:
    """Relative half-width (high - low) / 2 Var of each loss's 95 % interval; 0 for a loss that never changes."""
    widths = {}
    for label, group in draws.groupby("loss", sort=False):
        values, noise = (group[name].to_numpy(dtype=np.float64) for name in ("value", "value_noise"))
        if np.isnan(values).all():  # A loss that cannot be had at this size.
            continue
        variance, low, high = variance_band(values, noise).numbers()
        widths[str(label)] = relative_precision(variance, low, high) if variance else 0.0
    return widths


def chunk_key(settings: Settings, seed: int, code: str, files: Sequence[str | Path]) -> str:
    """What a chunk's numbers depend on besides size and index: settings, seed, code and the bytes of these files."""
    relevant = {key: value for key, value in settings.items() if key not in COUNTS}
    digests = [[path, sha256(path)] for path in sorted(map(str, files))]
    content = json.dumps([relevant, seed, code, digests], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:20]


def kept_table(path: Path, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """The table kept at ``path``; made and kept in place of all others of its folder if there is none."""
    if path.exists():
        return read_draws(path)
    made = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    for other in path.parent.glob("*.parquet"):
        other.unlink()
    write_draws(made, path)
    return made


class ChunkStore:
    """A folder of chunks of one model at one size; those of other settings are dropped."""

    def __init__(self, folder: Path, key: str) -> None:
        self.folder, self.key = folder, key
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("*.parquet"):
            if not path.name.endswith(tuple(f"_{key}_{part}.parquet" for part in Chunk._fields)):
                path.unlink()

    def get(self, index: int, make: Callable[[], Chunk]) -> Chunk:
        """The chunk kept under ``index``; made and kept if there is none."""
        paths = [self.folder / f"c{index}_{self.key}_{part}.parquet" for part in Chunk._fields]
        if all(path.exists() for path in paths):
            return Chunk(*map(read_draws, paths))
        made = make()
        for part, path in zip(made, paths, strict=True):
            write_draws(part, path)
        return made


def draw_until(
    chunk: Callable[[int], Chunk], size: int, draws: int, max_draws: int, precision: float | None
) -> tuple[Chunk, str]:
    """Chunks 0, 1, ... of ``size`` draws each: at least ``draws``, then more until the precision is met.

    Parameters
    ----------
    chunk
        From an index to that chunk.
    precision
        Largest relative half-width of a loss's variance that is wanted; None: ``draws`` and no more.

    Returns
    -------
    All draws (numbered through) with the other tables summed, and "not asked", "met" or "budget spent".
    """
    parts: list[Chunk] = []
    while True:
        parts.append(chunk(len(parts)))
        drawn = len(parts) * size
        if drawn < draws:
            continue
        together = pd.concat([part.draws.assign(draw=part.draws["draw"] + k * size) for k, part in enumerate(parts)])
        if precision is None:
            state = NOT_ASKED
        elif max(half_widths(together).values()) <= precision:
            state = MET
        elif drawn + size <= max_draws:
            continue
        else:
            state = SPENT
        spectra = _summed([part.spectra for part in parts], ["loss", "order"])
        components = _summed([part.components for part in parts], ["loss", "parameter"])
        return Chunk(together.reset_index(drop=True), spectra, components), state


def _summed(tables: Sequence[pd.DataFrame], keys: list[str]) -> pd.DataFrame:
    return pd.concat(tables).groupby(keys, sort=False, as_index=False).sum()[list(tables[0].columns)]


def relative_precision(variance: float, low: float, high: float) -> float:
    """(high - low) / 2 Var; NaN for a variance of 0."""
    return (high - low) / (2 * variance) if variance else np.nan
