"""Var[MMD_s] against the bandwidth s: where it is largest, and what another bandwidth costs.

The kernel is exp(-H / 2s), H the Hamming distance: s is a variance.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bornscape.aliases import Float

RESAMPLES = 400
"""Of the draws, for intervals of the best bandwidth."""


class Peak(NamedTuple):
    """Best bandwidths and the variances there, one a row of variances."""

    bandwidth: Float
    variance: Float


def peak(bandwidths: Float, variances: Float) -> Peak:
    """Where each row of ``variances``, (r, k), is largest over the increasing ``bandwidths``, (k,), k >= 3.

    Refined by the parabola through the logarithms around the largest point of an equidistant grid of log s; at an end
    of the grid, that end.
    """
    logs, x = np.log(np.atleast_2d(variances)), np.log(bandwidths)
    best = np.clip(logs.argmax(axis=1), 1, len(x) - 2)
    rows = np.arange(len(logs))
    left, middle, right = (logs[rows, best + k] for k in (-1, 0, 1))
    bend = left - 2 * middle + right
    slope = (right - left) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        step = np.where(bend < 0, np.clip(-slope / bend, -1, 1), np.where(slope > 0, 1, -1))
    height = middle + slope * step + bend * step**2 / 2
    return Peak(np.exp(x[best] + step * (x[1] - x[0])), np.exp(height))


def resampled_variances(values: Float, rng: np.random.Generator, resamples: int = RESAMPLES) -> Float:
    """Variances of the columns of ``values``, (draws, k), for each bootstrap resample of the draws: (resamples, k)."""
    draws = len(values)
    counts = rng.multinomial(draws, np.full(draws, 1 / draws), size=resamples)
    centred = values - values.mean(axis=0)
    mean = counts @ centred / draws
    return (counts @ centred**2 / draws - mean**2) * draws / (draws - 1)
