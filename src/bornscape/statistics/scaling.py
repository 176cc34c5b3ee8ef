"""Does a variance fall exponentially or like a power of the number of qubits?

The theorems bound a variance by forms such as n^-k c^-n. So the law that is fitted is log Var = a - k log n - r n, of
which a pure power (r = 0) and a pure exponential (k = 0) are special cases: the question is whether r is 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from bornscape.aliases import Float
from bornscape.statistics.variances import log_standard_error

Law = Literal["exponential", "polynomial", "inconclusive"]

LEVEL = 0.98
"""Of the rate's interval, on which verdicts rest: 1 % on either side."""

HARMLESS = 2.0
"""A decay matters if it takes a factor e^2 or more by the largest size of interest."""

FEWEST_DECISIVE = 5
"""Sizes below which nothing is decided: three parameters leave four sizes one degree of freedom."""

LARGEST_SCATTER = 0.3
"""Scatter of log Var between sizes, beyond its errors, above which no series is called polynomial."""


@dataclass(frozen=True)
class ScalingLaw:
    """The law fitted to a variance, its pure cases, and what the data say.

    Attributes
    ----------
    exp_rate, exp_ci_low, exp_ci_high
        The pure exponential, log Var = a - exp_rate n: natural logarithms per qubit, positive where the variance
        falls; 95 % interval.
    poly_power, poly_ci_low, poly_ci_high
        The pure power, log Var = a - poly_power log n; 95 % interval.
    preferred
        "exponential", "polynomial" or "inconclusive", by the joint law. Finite sizes prove neither.
    weight
        Akaike weight, among the two pure laws, of the one with the larger weight; in [1/2, 1]. No verdict rests on it.
    rate, rate_ci_low, rate_ci_high
        r of the joint law log Var = a - k log n - r n; 98 % interval.
    power
        k of the joint law.
    scatter
        Standard deviation of log Var between sizes beyond the errors given, as fitted: 0 where the law fits. It is in
        all intervals of the joint law.
    fit_p_value
        Of the joint law without scatter: the chance of residuals this large from the errors given. NaN without errors.
    margin
        How far the interval of the rate is from another answer, in half its width.
    more_draws
        The factor by which the draws at each size would have to grow to decide, if the rate is the one fitted; 1
        where it is decided, infinite where no number of draws would do.
    reason
        Why it is inconclusive; empty otherwise.
    """

    exp_rate: float
    exp_ci_low: float
    exp_ci_high: float
    poly_power: float
    poly_ci_low: float
    poly_ci_high: float
    preferred: Law
    weight: float
    rate: float
    rate_ci_low: float
    rate_ci_high: float
    power: float
    scatter: float
    fit_p_value: float
    margin: float
    more_draws: float
    reason: str


@dataclass(frozen=True)
class _Fit:
    slope: float
    low: float
    high: float
    deviance: float
    """-2 log likelihood, up to a constant that all laws share."""


@dataclass(frozen=True)
class _Joint:
    rate: float
    low: float
    high: float
    power: float
    scatter: float
    p_value: float


def scaling_law(
    n: ArrayLike, variance: ArrayLike, ci: ArrayLike | None = None, largest: float | None = None
) -> ScalingLaw:
    """Fit log Var = a - k log n - r n by weighted least squares and say whether r is 0.

    Parameters
    ----------
    n
        (m,) numbers of qubits, positive, at least 4 of them distinct.
    variance
        (m,) variances, not negative. With a 0 among them the answer is "inconclusive" and the numbers are NaN:
        a zero has no logarithm, and leaving it out would bias the law.
    ci
        (m, 2) 95 % intervals, from which the weights come; None (equal weights) for exact variances.
    largest
        The largest size of interest, in qubits; None for the largest of n.

    Returns
    -------
    The laws and the answer.

    Raises
    ------
    ValueError
        If shapes do not fit, a value is not finite, n is not positive or has fewer than 4 distinct values, a variance
        is negative, an interval is empty or does not hold its variance, or ``largest`` is not positive.

    Notes
    -----
    The rule, on the 98 % interval of r:

    - "exponential": it lies above 0, and does not end below 2 / ``largest``: a rate above 0 that would not take a
      factor e^2 is no evidence of a decay, as corrections to a power law at small n look the same;
    - "polynomial": it reaches down to 0 or below, and its upper end times ``largest`` is below 2. No decay that
      would take a factor e^2 = 7.4 or more by the largest size of interest is then left;
    - "inconclusive" otherwise, and for fewer than 5 sizes.

    Intervals are those of the profile likelihood, which for a linear law are Student's t at m - 3 degrees of freedom
    (the pure laws: m - 2). Where the residuals are larger than the errors given, a scatter between sizes is fitted
    (Paule and Mandel 1982: the residual sum of squares is brought to its degrees of freedom) and added to every error,
    so that a misfit widens the intervals. With a scatter above 0.3 a rate may still be above 0, but that the law is a
    power cannot be said: "inconclusive". Without errors the scatter is that of the residuals.

    docs/measured/error-rates-laws.md has the error rates on synthetic series.

    Examples
    --------
    Variances that halve with every qubit, and variances 1/n^2, all of them exact.

    >>> import numpy as np
    >>> import bornscape as bs
    >>> n = np.arange(4, 12)
    >>> law = bs.scaling_law(n, 2.0**-n)
    >>> law.preferred, round(law.rate, 6), round(law.exp_rate, 6)
    ('exponential', 0.693147, 0.693147)
    >>> law = bs.scaling_law(n, 1.0 / n**2)
    >>> law.preferred, round(law.power, 6), abs(law.rate) < 1e-9
    ('polynomial', 2.0, True)
    """
    sizes, logs, errors = _prepare(n, variance, ci)
    reach = float(sizes.max()) if largest is None else float(largest)
    if not reach > 0:
        raise ValueError(f"largest must be positive, got {largest}")
    if np.any(np.isneginf(logs)):
        return ScalingLaw(*(math.nan,) * 6, "inconclusive", *(math.nan,) * 9, "a variance is 0")
    exponential, power = _pure(sizes, logs, errors), _pure(np.log(sizes), logs, errors)
    joint = _joint(sizes, logs, errors)
    preferred, reason = _decide(joint, reach, len(np.unique(sizes)))
    return ScalingLaw(
        *(exponential.slope, exponential.low, exponential.high),
        *(power.slope, power.low, power.high),
        preferred,
        _weight(exponential, power, logs, errors),
        *(joint.rate, joint.low, joint.high, joint.power, joint.scatter, joint.p_value),
        *_distance(joint, reach, preferred),
        reason,
    )


def _prepare(n: ArrayLike, variance: ArrayLike, ci: ArrayLike | None) -> tuple[Float, Float, Float | None]:
    sizes, variances = np.asarray(n, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    if sizes.ndim != 1 or sizes.shape != variances.shape:
        raise ValueError(f"n and variance must have one shape (m,), got {sizes.shape} and {variances.shape}")
    if not (np.all(np.isfinite(sizes)) and np.all(sizes > 0)) or len(np.unique(sizes)) < 4:
        raise ValueError("n must be positive and finite, with at least 4 distinct values")
    if not np.all(np.isfinite(variances)) or np.any(variances < 0):
        raise ValueError("variances must be finite and not negative")
    with np.errstate(divide="ignore"):
        logs = np.log(variances)
    if ci is None or np.any(variances == 0):
        return sizes, logs, None
    interval = np.asarray(ci, dtype=np.float64)
    if interval.shape != (len(sizes), 2):
        raise ValueError(f"ci must have shape ({len(sizes)}, 2), got {interval.shape}")
    errors = np.asarray(log_standard_error(variances, interval[:, 0], interval[:, 1]))
    if np.any(errors == 0):
        raise ValueError("an interval is empty: pass ci=None for exact variances")
    return sizes, logs, errors


def _regression(design: Float, logs: Float, errors: Float | None) -> Any:
    from statsmodels.regression.linear_model import WLS  # Slow to import, and most users of this package fit no law.

    return WLS(logs, design, weights=np.ones_like(logs) if errors is None else 1 / errors**2).fit()


def _joint(sizes: Float, logs: Float, errors: Float | None) -> _Joint:
    design = np.column_stack([np.ones_like(sizes), -np.log(sizes), -sizes])
    result = _regression(design, logs, errors)
    if errors is None:
        scatter, p_value = math.sqrt(max(float(result.scale), _rounding(logs))), math.nan
        scale = scatter**2
    else:
        p_value, scale = float(special.chdtrc(result.df_resid, result.ssr)), 1.0
        scatter = _scatter(design, logs, errors)
        result = _regression(design, logs, np.hypot(errors, scatter))
    quantile = float(special.stdtrit(result.df_resid, (1 + LEVEL) / 2))
    half = quantile * math.sqrt(scale * result.normalized_cov_params[2, 2])
    rate = float(result.params[2])
    return _Joint(rate, rate - half, rate + half, float(result.params[1]), scatter, p_value)


def _scatter(design: Float, logs: Float, errors: Float) -> float:
    """The scatter between sizes that brings the residual sum of squares down to its degrees of freedom."""
    freedom = len(logs) - design.shape[1]

    def excess(scatter: float) -> float:
        weights = 1 / np.hypot(errors, scatter)
        fitted = design @ np.linalg.lstsq(design * weights[:, None], logs * weights, rcond=None)[0]
        return float(np.sum((weights * (logs - fitted)) ** 2)) - freedom

    if excess(0.0) <= 0:
        return 0.0
    # Residuals of at most the range of the data: a scatter of that size times sqrt(m) is too large for certain.
    upper = float(np.ptp(logs)) * math.sqrt(len(logs) / freedom) + float(errors.max())
    return float(optimize.brentq(excess, 0.0, upper, xtol=1e-9))


def _decide(joint: _Joint, reach: float, distinct: int) -> tuple[Law, str]:
    if distinct < FEWEST_DECISIVE:
        return "inconclusive", f"{distinct} sizes are too few"
    harmless = joint.high * reach < HARMLESS
    if joint.low > 0 and harmless:
        return "inconclusive", f"a rate above 0, of at most {joint.high:.2g}, which does not matter at n = {reach:g}"
    if joint.low > 0:
        return "exponential", ""
    if joint.scatter > LARGEST_SCATTER:
        return "inconclusive", f"the points scatter by {joint.scatter:.2g} about the law, in the logarithm"
    if harmless:
        return "polynomial", ""
    return "inconclusive", f"a rate of 0 and one of {joint.high:.2g}, which matters at n = {reach:g}, both fit"


def _distance(joint: _Joint, reach: float, preferred: Law) -> tuple[float, float]:
    """(margin, more_draws): to 0, and to the smallest rate that matters."""
    half = max(joint.high - joint.rate, 1e-300)
    to_decay, to_power = joint.low / half, (HARMLESS / reach - joint.high) / half
    if preferred == "exponential":
        return min(to_decay, -to_power), 1.0
    if preferred == "polynomial":
        return min(-to_decay, to_power), 1.0
    # The interval must end before 0, or before a rate that matters, whichever is nearer to being so.
    room = max(joint.rate, HARMLESS / reach - joint.rate)
    lasting = joint.scatter > LARGEST_SCATTER or room <= 0 or joint.low > 0
    return min(abs(to_decay), abs(to_power)), math.inf if lasting else (half / room) ** 2


def _pure(x: Float, logs: Float, errors: Float | None) -> _Fit:
    result = _regression(np.column_stack([np.ones_like(x), -x]), logs, errors)
    scale = float(result.scale) if errors is None else max(float(result.scale), 1.0)
    half = float(special.stdtrit(result.df_resid, 0.975)) * math.sqrt(scale * result.normalized_cov_params[1, 1])
    slope = float(result.params[1])
    return _Fit(slope, slope - half, slope + half, _deviance(float(result.ssr), logs, errors))


def _weight(exponential: _Fit, power: _Fit, logs: Float, errors: Float | None) -> float:
    """Akaike weight of the better pure law; an exponential that rises counts as a constant."""
    constant = _deviance(float(_regression(np.ones((len(logs), 1)), logs, errors).ssr), logs, errors)
    deviance = exponential.deviance if exponential.slope > 0 else constant
    exp_weight = 1 / (1 + math.exp(min((deviance - power.deviance) / 2, 700.0)))
    return max(exp_weight, 1 - exp_weight)


def _deviance(squares: float, logs: Float, errors: Float | None) -> float:
    """Return the minimum over the scale of m log(scale) + SSR / scale; the scale is at least 1 for given errors."""
    scale = max(squares / len(logs), _rounding(logs) if errors is None else 1.0)
    return len(logs) * math.log(scale) + squares / scale


def _rounding(logs: Float) -> float:
    """Square of the rounding error of a logarithm: no residual is smaller."""
    return float((1e-14 * max(1.0, float(np.abs(logs).max()))) ** 2)
