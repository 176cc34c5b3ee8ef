"""How fast do estimates freeze? A law poly(n) / c^n for a proportion that was counted at several sizes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from bornscape.aliases import Float

Law = Literal["exponential", "polynomial", "inconclusive"]

_LARGEST_RATE = 50.0
"""Log c beyond which an end of the interval counts as infinite: a factor of 10^21 a qubit."""

_LARGEST_ITERATIONS = 200
_LARGEST_STEP = 3.0
_SMALLEST_STEP = 1e-9

_LEAST_SIZES = 5
_LEAST_INFORMATIVE = 3


@dataclass(frozen=True)
class FreezingLaw:
    """A proportion 1 - exp(-A n^k / c^n) fitted to counts, and whether c > 1.

    Attributes
    ----------
    base, ci_low, ci_high
        c, a factor per qubit, with its 95 % profile-likelihood interval (the upper end may be infinite). NaN where
        fewer than 3 sizes have both outcomes.
    power, amplitude
        k, fitted or given, and log A.
    preferred
        "exponential" where the interval lies above 1. "polynomial" where it does not and even its upper end would fall
        by less over the sizes seen than 1/n does. Else "inconclusive".
    p_value
        Of c = 1 for "exponential", of the slowest c that matters for "polynomial"; NaN for "inconclusive".
    """

    base: float
    ci_low: float
    ci_high: float
    power: float
    amplitude: float
    preferred: Law
    p_value: float

    def share(self, n: ArrayLike) -> Float:
        """The fitted proportion at numbers of qubits n, (m,)."""
        sizes = np.asarray(n, dtype=np.float64)
        return -np.expm1(-np.exp(self.amplitude + self.power * np.log(sizes) - sizes * math.log(self.base)))


def freezing_law(n: ArrayLike, changed: ArrayLike, draws: ArrayLike, power: float | None = None) -> FreezingLaw:
    """Fit Pr(n) = 1 - exp(-A n^k / c^n) by binomial maximum likelihood.

    Parameters
    ----------
    n
        (m,) numbers of qubits, positive, all different.
    changed, draws
        (m,) counts: at how many of so many independent draws the estimate was not frozen.
    power
        k, where the polynomial is known (0 for a constant); fitted unless given, so that poly(n) / c^n with any
        polynomial is compared with that polynomial alone.

    Returns
    -------
    The law. It needs at least 5 sizes, and at least 3 at which some draws changed and some did not.

    Raises
    ------
    ValueError
        If shapes or counts do not fit.

    Notes
    -----
    For small Pr the form is A n^k / c^n, Theorem 1's; for large Pr it saturates at 1 as a union of rare events does.
    The likelihood is concave in (log A, k, log c). Intervals invert the likelihood ratio; where the law misses the
    counts by more than their own scatter, the ratio is divided by the deviance per degree of freedom (never by less
    than 1) and held against Student's t instead of the normal law.
    """
    sizes, hits, total = _checked(n, changed, draws)
    informative = (hits > 0) & (hits < total)
    if len(sizes) < _LEAST_SIZES or informative.sum() < _LEAST_INFORMATIVE:
        return FreezingLaw(*(math.nan,) * 3, math.nan if power is None else power, math.nan, "inconclusive", math.nan)
    profile = _Profile(sizes, hits, total, power)
    best, (low, high) = profile.rate, profile.interval()
    slowest = math.log(sizes.max() / sizes.min()) / (sizes.max() - sizes.min())
    preferred: Law = "inconclusive"
    p_value = math.nan
    if low > 0:
        preferred, p_value = "exponential", profile.p_value(0.0)
    elif high < slowest:
        preferred, p_value = "polynomial", profile.p_value(slowest)
    _, fitted, amplitude = profile.fit(best)
    return FreezingLaw(math.exp(best), math.exp(low), math.exp(high), fitted, amplitude, preferred, p_value)


class _Profile:
    """The likelihood of log c (``rate``), maximised over the other parameters."""

    def __init__(self, sizes: Float, hits: Float, total: Float, power: float | None) -> None:
        self.sizes, self.hits, self.total, self.power = sizes, hits, total, power
        # Centred, so that the intercept hardly depends on the slopes.
        self.logs = np.log(sizes) - np.log(sizes).mean()
        self.centred = sizes - sizes.mean()
        self.design = np.column_stack([np.ones_like(sizes), self.logs] if power is None else [np.ones_like(sizes)])
        self.start = np.zeros(self.design.shape[1])
        shares = hits / total
        with np.errstate(divide="ignore", invalid="ignore"):
            saturated = np.nansum(hits * np.log(shares)) + np.nansum((total - hits) * np.log1p(-shares))
        self.degrees = len(sizes) - len(self.start) - 1
        optimum = optimize.minimize_scalar(lambda rate: -self.fit(rate)[0], bracket=(0.0, 0.7), tol=1e-6)
        self.maximum, self.rate = -float(optimum.fun), float(optimum.x)
        self.scale = max(1.0, 2 * (saturated - self.maximum) / self.degrees)

    def _likelihood(self, parameters: Float, rate: float) -> tuple[float, Float, Float]:
        """Log likelihood at (log A, k), or (log A,) for a given k; its gradient, and minus its second derivatives."""
        power = self.power if self.power is not None else parameters[1]
        hazard = np.exp(np.clip(parameters[0] + power * self.logs - rate * self.centred, -600, 6))
        unchanged = self.total - self.hits
        # d log(1 - exp(-h)) / d log h, at most 1.
        ratio = hazard / np.expm1(hazard)
        value = float(self.hits @ np.log(-np.expm1(-hazard)) - unchanged @ hazard)
        slope = self.hits * ratio - unchanged * hazard
        curvature = unchanged * hazard - self.hits * ratio * (1 - hazard - ratio)
        return value, self.design.T @ slope, (self.design.T * curvature) @ self.design

    def fit(self, rate: float) -> tuple[float, float, float]:
        """(log likelihood, k, log A) at a given log c, by Newton's method with halved steps."""
        parameters = self.start.copy()
        value, gradient, information = self._likelihood(parameters, rate)
        for _ in range(_LARGEST_ITERATIONS):
            ridge = 1e-9 * (1 + np.trace(information)) * np.eye(len(parameters))
            step = np.linalg.solve(information + ridge, gradient)
            step *= min(1.0, _LARGEST_STEP / float(np.abs(step).max() + 1e-300))
            proposed = self._likelihood(parameters + step, rate)
            while proposed[0] < value and np.abs(step).max() > _SMALLEST_STEP:
                step = step / 2
                proposed = self._likelihood(parameters + step, rate)
            if proposed[0] < value or np.abs(step).max() < _SMALLEST_STEP:
                break
            parameters, (value, gradient, information) = parameters + step, proposed
        power = float(parameters[1]) if self.power is None else self.power
        amplitude = parameters[0] - power * np.log(self.sizes).mean() + rate * self.sizes.mean()
        return value, power, float(amplitude)

    def _excess(self, rate: float) -> float:
        """Likelihood-ratio statistic of log c = rate, in units of the scale; its root is a t variable."""
        return max(0.0, 2 * (self.maximum - self.fit(rate)[0])) / self.scale

    def p_value(self, rate: float) -> float:
        """Two-sided p of log c = rate."""
        root = math.sqrt(self._excess(rate))
        return float(2 * stats.norm.sf(root) if self.scale == 1 else 2 * stats.t.sf(root, self.degrees))

    def interval(self) -> tuple[float, float]:
        """95 % interval of log c."""
        quantile = stats.norm.ppf(0.975) if self.scale == 1 else stats.t.ppf(0.975, self.degrees)
        return self._end(-1, quantile**2), self._end(1, quantile**2)

    def _end(self, sign: int, threshold: float) -> float:
        step = 0.05
        while self._excess(self.rate + sign * step) < threshold:
            step *= 2
            if step > _LARGEST_RATE:
                return sign * math.inf
        distance = optimize.brentq(lambda t: self._excess(self.rate + sign * t) - threshold, 0.0, step, xtol=1e-6)
        return self.rate + sign * float(distance)


def _checked(n: ArrayLike, changed: ArrayLike, draws: ArrayLike) -> tuple[Float, Float, Float]:
    sizes, hits, total = (np.asarray(values, dtype=np.float64) for values in (n, changed, draws))
    if sizes.ndim != 1 or not sizes.shape == hits.shape == total.shape:
        raise ValueError(f"expected three arrays of one shape (m,), got {sizes.shape}, {hits.shape}, {total.shape}")
    if np.any(sizes <= 0) or len(np.unique(sizes)) < len(sizes):
        raise ValueError("n must be positive and all different")
    if np.any(total < 1) or np.any(hits < 0) or np.any(hits > total):
        raise ValueError("need 0 <= changed <= draws and draws >= 1")
    return sizes, hits, total
