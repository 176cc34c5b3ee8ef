"""What another seed would say: the verdict made anew from resamples of the draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bornscape.aliases import Float, Settings
from bornscape.losses.explicit import DEFINITIONS
from bornscape.my_model.settings import shots_at
from bornscape.my_model.shots import NO_ERROR
from bornscape.my_model.verdict.evidence import SizeEvidence, log_errors, measured, size_evidence
from bornscape.my_model.verdict.intervals import Band
from bornscape.my_model.verdict.rule import Findings, answer_of, seen
from bornscape.seeds import generator
from bornscape.statistics.decisions import decide_laws
from bornscape.statistics.scaling import FEWEST_DECISIVE
from bornscape.tables.scaling import SMALLEST_SIZE

RESAMPLES = 200

_MOST_AT_ONCE = 500_000
"""Draws held at once: resamples are made in blocks of that many."""


class Resampled(NamedTuple):
    """How many resamples gave which answer: on the law, and at the largest size."""

    answers: Counter[str]
    seen: Counter[str]

    def share(self, answer: str) -> float:
        """Share of resamples with that answer on the law."""
        return self.answers[answer] / self.answers.total()

    def share_seen(self, answer: str) -> float:
        """Share of resamples with that answer at the largest size."""
        return self.seen[answer] / self.seen.total()


def resampled_verdicts(settings: Settings, draws: pd.DataFrame, seed: int, model: str) -> dict[str, Resampled]:
    """Answers on every loss of a model from ``RESAMPLES`` resamples of its draws.

    Parameters
    ----------
    draws
        Columns n_qubits and those of ``draws.DRAW_COLUMNS``.
    seed, model
        The run's root seed and the model's name: the same draws give the same shares.

    Notes
    -----
    A resample of the draws stands for the truth, which they leave uncertain. A resample of that resample stands for
    what another seed would draw of it. Laws are judged in the same way: the second resample's noise is put on the law
    that the first one follows, and on as much of the points' distance from their law as their errors do not explain.
    """
    return {
        label: _resampled(settings, label, draws[draws["loss"] == label], generator(seed, "verdict", model, label))
        for label in settings["losses"]
    }


class _Sizes(NamedTuple):
    """Evidence at one size: of the draws, of resamples, and of resamples of these."""

    drawn: SizeEvidence
    truth: SizeEvidence
    again: SizeEvidence


def _resampled(settings: Settings, label: str, draws: pd.DataFrame, rng: np.random.Generator) -> Resampled:
    kind = settings["losses"][label]["kind"]
    found = {
        int(n): _sizes(kind, shots_at(settings["shots"], int(n)), measured(group), rng)
        for n, group in draws.dropna(subset="signal").groupby("n_qubits", sort=True)
    }
    last = found[max(found)].again
    at_largest = [seen(*row) for row in zip(*last.snr, last.frozen.low, strict=True)]
    with_law = {n: sizes for n, sizes in found.items() if n >= SMALLEST_SIZE}
    if len(with_law) < FEWEST_DECISIVE:
        return Resampled(Counter(at_largest), Counter(at_largest))
    needed, p_values = _laws({n: [e.needed for e in sizes] for n, sizes in with_law.items()}, inverse=True)
    mass = np.full(RESAMPLES, None)
    if kind in DEFINITIONS:
        mass, _ = _laws({n: [e.mass for e in sizes] for n, sizes in with_law.items()}, inverse=False)
    still = np.all([sizes.again.snr.estimate == 0 for sizes in found.values()], axis=0)
    rows = zip(still, last.frozen.low, needed, p_values, mass, strict=True)
    return Resampled(Counter(answer_of(Findings(*row)) for row in rows), Counter(at_largest))


def _sizes(kind: str, shots: int, columns: Mapping[str, Float], rng: np.random.Generator) -> _Sizes:
    draws = len(columns["signal"])
    step = max(1, _MOST_AT_ONCE // draws)
    truths: list[SizeEvidence] = []
    agains: list[SizeEvidence] = []
    for start in range(0, RESAMPLES, step):
        shape = (min(step, RESAMPLES - start), draws)
        first = rng.integers(draws, size=shape)
        second = np.take_along_axis(first, rng.integers(draws, size=shape), axis=1)
        for made, picked in ((truths, first), (agains, second)):
            made.append(size_evidence(kind, shots, {name: values[picked] for name, values in columns.items()}))
    return _Sizes(size_evidence(kind, shots, dict(columns)), _joined(truths), _joined(agains))


def _joined(parts: list[SizeEvidence]) -> SizeEvidence:
    return SizeEvidence(
        *(Band(*(np.concatenate(ends) for ends in zip(*bands, strict=True))) for bands in zip(*parts, strict=True))
    )


def _laws(bands: Mapping[int, list[Band]], inverse: bool) -> tuple[NDArray[Any], Float]:
    """(law, p-value of its fit) in every resample; inconclusive in all where the draws themselves have no law."""
    sizes = sorted(bands)
    stages = [_logs([bands[n][stage] for n in sizes], inverse) for stage in range(3)]
    (drawn, drawn_errors), (truth, truth_errors), (again, errors) = stages
    usable = np.isfinite(truth + truth_errors + again + errors).all(axis=1)
    preferred: NDArray[Any] = np.full(RESAMPLES, "inconclusive", dtype=object)
    p_values = np.full(RESAMPLES, np.nan)
    if not np.isfinite(drawn + drawn_errors).all() or not usable.any():
        return preferred, p_values
    law = decide_laws(sizes, drawn, drawn_errors)
    # The part of a point's distance from its law that its error does not explain would be there at any seed.
    lasting = law.scatter[:, None] / np.hypot(np.maximum(law.scatter[:, None], 1e-300), drawn_errors)
    centre = decide_laws(sizes, truth[usable], truth_errors[usable]).fitted + lasting * (drawn - law.fitted)
    series = centre + again[usable] - truth[usable]
    decided = decide_laws(sizes, series, errors[usable])
    preferred[usable], p_values[usable] = decided.preferred, decided.fit_p_value
    return preferred, p_values


def _logs(bands: list[Band], inverse: bool) -> tuple[Float, Float]:
    """Logarithms and their errors, (R, m), of bands at m sizes."""
    sign = -1 if inverse else 1
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.stack([sign * np.log(np.atleast_1d(band.estimate)) for band in bands], axis=1)
        errors = np.stack([np.atleast_1d(log_errors(band)) for band in bands], axis=1)
    return logs, np.where(errors < NO_ERROR, 0.0, errors)
