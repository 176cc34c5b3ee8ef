"""The answers of ``scaling_law`` for many series of the same sizes at once, for simulation and resampling."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from bornscape.aliases import Float
from bornscape.statistics.scaling import FEWEST_DECISIVE, HARMLESS, LARGEST_SCATTER, LEVEL

_HALVINGS = 50


class Decisions(NamedTuple):
    """Of R series: answers (R,), fitted logarithms (R, m), scatter (R,) and p-values of the fit (R,), NaN if exact."""

    preferred: NDArray[np.str_]
    fitted: Float
    scatter: Float
    fit_p_value: Float


def decide_laws(n: ArrayLike, logs: Float, errors: Float, largest: float | None = None) -> Decisions:
    """What ``scaling_law`` would answer for each of R series, by the same rule.

    Parameters
    ----------
    n
        (m,) numbers of qubits, at least 4, all distinct.
    logs, errors
        (R, m) logarithms of the values, finite, and their standard errors. A series with an error of 0 is taken for
        exact: its points weigh the same and its errors come from the residuals.
    largest
        As of ``scaling_law``.
    """
    sizes = np.asarray(n, dtype=np.float64)
    reach = float(sizes.max()) if largest is None else largest
    # An orthogonal basis: 1, log n and n are nearly collinear.
    basis, triangle = np.linalg.qr(np.column_stack([np.ones_like(sizes), -np.log(sizes), -sizes]))
    freedom = len(sizes) - 3
    exact = (errors == 0).any(axis=1)
    errors = np.where(exact[:, None], 1.0, errors)
    squares = _fit(basis, logs, errors)[0]
    # Of exact series the squares are those of unit errors: all of them is scatter.
    rounding = (1e-14 * np.maximum(1.0, np.abs(logs).max(axis=1))) ** 2
    scatter = np.where(exact, np.sqrt(np.maximum(squares / freedom, rounding)), _scatter(basis, logs, errors))
    used = np.where(exact[:, None], scatter[:, None], np.hypot(errors, scatter[:, None]))
    _, fitted, last, variance = _fit(basis, logs, used)
    rate = last / triangle[2, 2]
    half = stats.t.ppf((1 + LEVEL) / 2, freedom) * np.sqrt(variance) / abs(triangle[2, 2])
    low, high = rate - half, rate + half
    harmless = high * reach < HARMLESS
    preferred = np.select(
        [low > 0, scatter > LARGEST_SCATTER, harmless],
        [np.where(harmless, "inconclusive", "exponential"), "inconclusive", "polynomial"],
        "inconclusive",
    )
    if len(sizes) < FEWEST_DECISIVE:
        preferred[:] = "inconclusive"
    p_values = np.where(exact, np.nan, stats.chi2.sf(squares, freedom))
    return Decisions(preferred, fitted, scatter, p_values)


def _fit(basis: Float, logs: Float, errors: Float) -> tuple[Float, Float, Float, Float]:
    """(squares, fitted, last coefficient, its variance) of each series by weighted least squares."""
    weights = 1 / errors**2
    normal = np.einsum("rm,mj,mk->rjk", weights, basis, basis)
    inverse = np.linalg.inv(normal)
    coefficients = np.einsum("rjk,rk->rj", inverse, (weights * logs) @ basis)
    fitted = coefficients @ basis.T
    return (weights * (logs - fitted) ** 2).sum(axis=1), fitted, coefficients[:, 2], inverse[:, 2, 2]


def _scatter(basis: Float, logs: Float, errors: Float) -> Float:
    """The scatter that brings each series' squares down to the degrees of freedom, by bisection."""
    freedom = len(basis) - basis.shape[1]
    low = np.zeros(len(logs))
    high = np.ptp(logs, axis=1) * np.sqrt(len(basis) / freedom) + errors.max(axis=1)
    misfit = _fit(basis, logs, errors)[0] > freedom
    found = np.zeros(len(logs))
    if not misfit.any():
        return found
    logs, errors, low, high = logs[misfit], errors[misfit], low[misfit], high[misfit]
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        over = _fit(basis, logs, np.hypot(errors, middle[:, None]))[0] > freedom
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    found[misfit] = (low + high) / 2
    return found
