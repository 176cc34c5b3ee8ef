"""Does a variance fall exponentially or like a power of the number of qubits?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from bornscape.aliases import Float
from bornscape.statistics.variances import log_standard_error

Law = Literal["exponential", "polynomial", "inconclusive"]

_DECISIVE_WEIGHT = 0.95


@dataclass(frozen=True)
class ScalingLaw:
    """Both laws fitted to a variance, and which of them the data prefer.

    Attributes
    ----------
    exp_rate, exp_ci_low, exp_ci_high
        log Var = a - exp_rate n: natural logarithms per qubit, positive where the variance falls; 95 % interval.
    poly_power, poly_ci_low, poly_ci_high
        log Var = a - poly_power log n; 95 % interval.
    preferred
        "exponential", "polynomial" or "inconclusive". Finite sizes prove neither: it is the better description of
        the sizes seen.
    weight
        Akaike weight, among the two laws, of the one with the larger weight; in [1/2, 1].
    """

    exp_rate: float
    exp_ci_low: float
    exp_ci_high: float
    poly_power: float
    poly_ci_low: float
    poly_ci_high: float
    preferred: Law
    weight: float


@dataclass(frozen=True)
class _Fit:
    slope: float
    low: float
    high: float
    deviance: float
    """-2 log likelihood, up to a constant that all laws share."""


def scaling_law(n: ArrayLike, variance: ArrayLike, ci: ArrayLike | None = None) -> ScalingLaw:
    """Fit log Var = a - rate n and log Var = a - power log n by weighted least squares, and choose by AICc.

    Parameters
    ----------
    n
        (m,) numbers of qubits, positive, at least 4 of them distinct. At least 5 sizes are needed for
        "exponential": with 4, AICc does not exist for a law with three parameters (intercept, slope, scale).
    variance
        (m,) variances, not negative. With a 0 among them the answer is "inconclusive" and the numbers are NaN:
        a zero has no logarithm, and leaving it out would bias the law.
    ci
        (m, 2) 95 % intervals, from which the weights come; None (equal weights) for exact variances.

    Returns
    -------
    The two laws and the choice.

    Raises
    ------
    ValueError
        If shapes do not fit, a value is not finite, n is not positive or has fewer than 4 distinct values, a variance
        is negative, or an interval is empty or does not hold its variance.

    Notes
    -----
    The residual scale is estimated, so that a law which misses the data by more than their errors gets wider
    intervals and less say; it is never taken below 1 where errors are given, since residuals that happen to be small
    make no measurement better than it is. Intervals use Student's t with m - 2 degrees of freedom.

    The exponential law is one of decay: a fit that rises counts as rate 0 in the comparison (the rate reported is
    the fitted one), so that a variance which grows is never called an exponential decay.

    - A law is preferred if its AICc weight against the other is at least 0.95 and it beats a constant variance in
      AICc; "exponential" needs in addition an interval of the rate above 0.
    - If neither law beats a constant, the answer is "polynomial" (a constant is the power 0, and that is trainable),
      but only if the data show no decay and exclude one that matters: the rate's interval must reach down to 0, and
      its upper end times the range of n must be below log(n_max / n_min), that is, even the fastest exponential allowed
      falls by less than 1/n does over the sizes seen. Otherwise, as for few or noisy points, it is "inconclusive". An
      exponential slower than that cannot be told from a constant at these sizes; `weight` is no evidence then.

    Synthetic polynomials (powers 0 to 5, log-normal errors of 2 to 50 %, 5 to 10 sizes) came out "exponential" in 0.1 %
    of the sets with errors given (1.5 % in the worst of 125 settings) and in 0.7 % without (5 % in the worst, 5 sizes).

    Examples
    --------
    Variances that halve with every qubit, and variances 1/n^2, all of them exact.

    >>> import numpy as np
    >>> import bornscape as bs
    >>> n = np.arange(4, 12)
    >>> law = bs.scaling_law(n, 2.0**-n)
    >>> law.preferred, round(law.exp_rate, 6)
    ('exponential', 0.693147)
    >>> law = bs.scaling_law(n, 1.0 / n**2)
    >>> law.preferred, round(law.poly_power, 6)
    ('polynomial', 2.0)
    """
    sizes, logs, errors = _prepare(n, variance, ci)
    if np.any(np.isneginf(logs)):
        return ScalingLaw(*(math.nan,) * 6, "inconclusive", math.nan)
    exponential, power = _fit(sizes, logs, errors), _fit(np.log(sizes), logs, errors)
    constant = _constant_deviance(logs, errors)
    exp_deviance = exponential.deviance if exponential.slope > 0 else constant
    exp_weight = 1 / (1 + math.exp(min((exp_deviance - power.deviance) / 2, 700.0)))
    gain = constant - min(exp_deviance, power.deviance)
    if gain <= _penalty(len(logs), 3) - _penalty(len(logs), 2):
        preferred = _without_decay(exponential, sizes)
    else:
        preferred = _choose(exp_weight, exponential)
    return ScalingLaw(
        exponential.slope,
        exponential.low,
        exponential.high,
        power.slope,
        power.low,
        power.high,
        preferred,
        max(exp_weight, 1 - exp_weight),
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


def _fit(x: Float, logs: Float, errors: Float | None) -> _Fit:
    result = _regression(np.column_stack([np.ones_like(x), -x]), logs, errors)
    scale = float(result.scale) if errors is None else max(float(result.scale), 1.0)
    half = float(stats.t.ppf(0.975, result.df_resid)) * math.sqrt(scale * result.normalized_cov_params[1, 1])
    slope = float(result.params[1])
    return _Fit(slope, slope - half, slope + half, _deviance(float(result.ssr), logs, errors))


def _constant_deviance(logs: Float, errors: Float | None) -> float:
    return _deviance(float(_regression(np.ones((len(logs), 1)), logs, errors).ssr), logs, errors)


def _regression(design: Float, logs: Float, errors: Float | None) -> Any:
    from statsmodels.regression.linear_model import WLS  # Slow to import, and most users of this package fit no law.

    return WLS(logs, design, weights=_weights(logs, errors)).fit()


def _deviance(squares: float, logs: Float, errors: Float | None) -> float:
    """Return the minimum over the scale of m log(scale) + SSR / scale; the scale is at least 1 for given errors."""
    rounding = (1e-14 * max(1.0, float(np.abs(logs).max()))) ** 2
    scale = max(squares / len(logs), rounding if errors is None else 1.0)
    return len(logs) * math.log(scale) + squares / scale


def _weights(logs: Float, errors: Float | None) -> Float:
    return np.ones_like(logs) if errors is None else 1 / errors**2


def _penalty(points: int, parameters: int) -> float:
    """Return AICc's price of the parameters, infinite where AICc does not exist."""
    spare = points - parameters - 1
    return 2 * parameters + 2 * parameters * (parameters + 1) / spare if spare > 0 else math.inf


def _without_decay(exponential: _Fit, sizes: Float) -> Law:
    # With few points AICc sides with a constant even where a decay is plain; that is no evidence of a constant.
    decays = exponential.low > 0
    span = float(sizes.max() - sizes.min())
    harmless = exponential.high * span < math.log(sizes.max() / sizes.min())
    return "polynomial" if harmless and not decays else "inconclusive"


def _choose(exp_weight: float, exponential: _Fit) -> Law:
    if exp_weight >= _DECISIVE_WEIGHT and exponential.low > 0:
        return "exponential"
    return "polynomial" if 1 - exp_weight >= _DECISIVE_WEIGHT else "inconclusive"
