"""What one size says about a loss: from its draws, or from many resamples of them at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import special

from bornscape.aliases import Flags, Float
from bornscape.losses.explicit import DEFINITIONS
from bornscape.my_model.shots import largest_band, shots_needed, signal_to_noise
from bornscape.my_model.verdict.intervals import CONFIDENCE, Band, mean_band, median_band, unresolved, without_estimate

MEASURED = ("signal", "noise", "first", "second", "mass", "frozen", "estimated")
"""Columns of the draws that an answer rests on."""


class SizeEvidence(NamedTuple):
    """Numbers or arrays of one shape.

    Attributes
    ----------
    snr
        Signal-to-noise ratio of a component at the shots given. Where the signal is estimated and not told from the
        estimator's own noise there is no ratio, between the ends 0 and what it is at most.
    needed
        Shots of every circuit at which it is 1.
    mass
        Chance that a shot hits the data.
    frozen
        Share of draws whose estimate equals its fixed point; NaN where that has no meaning.
    """

    snr: Band
    needed: Band
    mass: Band
    frozen: Band


def is_sampled(kind: str) -> bool:
    """Whether the noise of this kind of loss is found by sampling at the shots given."""
    return kind in DEFINITIONS or kind == "function"


def measured(draws: pd.DataFrame) -> dict[str, Float]:
    """The columns that an answer rests on, (draws,) each."""
    return {name: draws[name].to_numpy(dtype=np.float64) for name in MEASURED}


def size_evidence(kind: str, shots: int, columns: dict[str, Float]) -> SizeEvidence:
    """What a loss of this kind shows at one size.

    Parameters
    ----------
    shots
        Measurements of every circuit, at which the noise was found.
    columns
        ``MEASURED`` -> (..., draws).

    Notes
    -----
    The shots needed are exact where the noise is A/N + B/N^2 with both known. Where it is found by sampling at N0
    shots, they are an estimate, the largest of three: N0 / ratio^2, as if the error's square fell as 1/N; A over the
    signal, A that of the shifted circuits alone; and, for explicit losses, 1 / E[q(P)], which bring one shot at the
    data on average. So they are above N0 wherever the ratio at N0 is below 1.
    """
    signal, noise, first = columns["signal"], columns["noise"], columns["first"]
    snr, mass = signal_to_noise(signal, noise), mean_band(columns["mass"])
    none = np.zeros_like(first)
    if is_sampled(kind):
        bands = [shots_needed(signal, first, none), shots_needed(signal, noise * shots, none)]
        if kind in DEFINITIONS:
            bands.append(_inverse(mass))
        needed = largest_band(bands)
    else:
        needed = shots_needed(signal, first, columns["second"])
    estimated = columns["estimated"].max(axis=-1) > 0
    if np.any(estimated):
        snr, needed = _resolved(snr, needed, columns, estimated)
    frozen = _share(columns["frozen"]) if kind in DEFINITIONS else Band(*(np.full(first.shape[:-1], np.nan),) * 3)
    return SizeEvidence(snr, needed, mass, frozen)


def _resolved(snr: Band, needed: Band, columns: dict[str, Float], estimated: Flags) -> tuple[Band, Band]:
    """Both without an estimate where signal or noise is not told from 0."""
    hidden, largest = unresolved(columns["signal"])
    silent = unresolved(columns["noise"])[0] & (columns["noise"].min(axis=-1) < 0)
    where = estimated & (hidden | silent)
    with np.errstate(divide="ignore", invalid="ignore"):
        upper = np.where(silent, np.inf, np.sqrt(largest / np.maximum(columns["noise"].mean(axis=-1), 1e-300)))
    strongest = np.broadcast_to(largest[..., None], columns["first"].shape)
    least = shots_needed(strongest, columns["first"], columns["second"]).estimate
    least = np.where(silent | ~np.isfinite(least), 0.0, least)
    return without_estimate(snr, where, 0.0, upper), without_estimate(needed, where, least, np.inf)


def chance_of_a_hit(mass: Float, shots: int) -> Band:
    """Chance that any of N shots hits the data, 1 - (1 - q(P))^N, at the median of the draws.

    Its mean over the starts is what ``frozen`` misses to 1; a few of them may carry it.

    Parameters
    ----------
    mass
        (draws,), q(P) in [0, 1].

    Examples
    --------
    >>> round(float(chance_of_a_hit(np.full(8, 0.5), 2).estimate), 12)
    0.75
    """
    with np.errstate(divide="ignore"):
        return median_band(-np.expm1(shots * np.log1p(-mass)))


def _inverse(band: Band) -> Band:
    with np.errstate(divide="ignore"):
        return Band(1 / band.estimate, 1 / band.high, 1 / band.low)


def _share(hits: Float) -> Band:
    """Share of ones among (..., draws), with its Clopper-Pearson interval (statistics.proportion_interval)."""
    trials = hits.shape[-1]
    count, tail = hits.sum(axis=-1), (1 - CONFIDENCE) / 2
    low = np.where(count > 0, special.betaincinv(np.maximum(count, 1), trials - count + 1, tail), 0.0)
    high = np.where(count < trials, special.betaincinv(count + 1, np.maximum(trials - count, 1), 1 - tail), 1.0)
    return Band(count / trials, low, high)


def log_errors(band: Band) -> Float:
    """Standard errors of the logarithms that the ends of intervals stand for."""
    return np.asarray((np.log(band.high) - np.log(band.low)) / (2 * special.ndtri((1 + CONFIDENCE) / 2)))
