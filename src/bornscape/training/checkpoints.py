"""Where a run stands, and keeping it on disk so that a killed run goes on with the same numbers."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bornscape.aliases import Float
from bornscape.artifacts import atomic
from bornscape.training.adam import Adam


@dataclass
class Progress:
    """Where a run stands: parameters, optimiser, and the curves so far (one entry an epoch, before its step)."""

    theta: Float
    adam: Adam
    tvd: list[float]
    estimates: list[float]

    @property
    def epoch(self) -> int:
        """Epochs done."""
        return len(self.estimates)


_STORED = ("run", "theta", "first", "second", "tvd", "estimates")
"""Arrays of a checkpoint."""


def save(identity: str, progress: Progress, path: Path) -> None:
    """Keep ``progress`` of the run that ``identity`` describes."""
    with atomic(path) as temporary, open(temporary, "wb") as handle:
        np.savez(
            handle,
            run=np.array(identity),
            theta=progress.theta,
            first=progress.adam.first,
            second=progress.adam.second,
            tvd=np.array(progress.tvd),
            estimates=np.array(progress.estimates),
        )


def restore(identity: str, epochs: int, path: Path | None) -> Progress | None:
    """The progress kept at ``path``; None if there is none, or it is damaged, another run's or of too many epochs."""
    if path is None or not os.path.exists(path):
        return None
    try:
        with np.load(path, allow_pickle=False) as stored:
            # Reading an array stops where its header says: only this compares every checksum.
            if stored.zip.testzip() is not None:
                return None
            arrays: dict[str, Any] = {name: stored[name] for name in _STORED}
    except Exception:  # Damage can show as nearly any error: of the archive, of a header, of its text.
        return None
    if str(arrays["run"]) != identity or len(arrays["estimates"]) > epochs:
        return None
    adam = Adam(arrays["first"], arrays["second"], len(arrays["estimates"]))
    return Progress(arrays["theta"], adam, arrays["tvd"].tolist(), arrays["estimates"].tolist())
