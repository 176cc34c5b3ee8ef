"""Cumulants of the exact KLD over random circuits: Prop. 1's variances are the second ones.

KLD = const - sum_x p(x) log q(x). For a product circuit this is a sum over wires of -(a log u + b log(1 - u)), u the
wire's chance of 0, a and b = 1 - a the data's shares of 0 and 1 on it; for a Haar-random state (q_x) is uniform on the
simplex. Both generating functions are Beta functions, whose logarithms' derivatives are polygammas. The fourth
cumulant is what an interval of the variance needs: draws of log q have tails too long to estimate it from them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import polygamma

from bornscape.theory.data import check_distribution, check_strings
from bornscape.theory.product import SingleQubit

# u is Beta(k, k): uniform for Haar-random gates (k = 1), the arcsine law for R_y (k = 1/2).
_SHAPES = {"haar": 1.0, "ry": 0.5}

_SAMPLE = 20_000
_SEED = 81799


def product_kld_cumulant(
    order: int, bitstrings: ArrayLike, probabilities: ArrayLike | None = None, single_qubit: SingleQubit = "haar"
) -> float:
    """Return a cumulant of the exact KLD over random product circuits; order 2 is product_kld_variance.

    Parameters
    ----------
    order
        2 or more.
    bitstrings
        (M, n) array of 0 and 1, the support of the target.
    probabilities
        (M,) array that adds up to 1; uniform by default.
    single_qubit
        "haar" or "ry", as in product_kld_variance.

    Returns
    -------
    The cumulant, in nats to the power of the order: (-1)^r sum over wires of (a^r + b^r) psi(k) - psi(2k), psi the
    polygamma function of order r - 1 and k = 1 (haar) or 1/2 (ry).

    Raises
    ------
    ValueError
        If the order is below 2, single_qubit is not known, or strings or probabilities are malformed.
    """
    _check_order(order)
    if single_qubit not in _SHAPES:
        raise ValueError(f"single_qubit must be one of {sorted(_SHAPES)}, got {single_qubit!r}")
    strings = check_strings(bitstrings)
    weights = np.full(len(strings), 1 / len(strings))
    if probabilities is not None:
        weights = check_distribution(probabilities, len(strings))
    ones = weights @ strings
    shape = _SHAPES[single_qubit]
    each, joint = float(polygamma(order - 1, shape)), float(polygamma(order - 1, 2 * shape))
    return float((-1) ** order * np.sum((ones**order + (1 - ones) ** order) * each - joint))


def deep_kld_cumulant(order: int, p: ArrayLike, outcomes: float | None = None) -> float:
    """Return a cumulant of the exact KLD over Haar-random states; order 2 is deep_kld_variance_exact.

    Parameters
    ----------
    order
        2 or more.
    p
        Target probabilities that add up to 1; zeros may be left out.
    outcomes
        N = 2^n; the number of entries of p unless given.

    Returns
    -------
    The cumulant, in nats to the power of the order: (-1)^r (sum p^r psi(1) - psi(N)), psi the polygamma function of
    order r - 1.

    Raises
    ------
    ValueError
        If the order is below 2, p is not a distribution, or it has more entries than there are outcomes.
    """
    _check_order(order)
    distribution = check_distribution(p)
    size = float(len(distribution)) if outcomes is None else float(outcomes)
    if size < len(distribution):
        raise ValueError(f"outcomes: expected at least {len(distribution)}, got {outcomes}")
    each, joint = float(polygamma(order - 1, 1.0)), float(polygamma(order - 1, size))
    return float((-1) ** order * (np.sum(distribution**order) * each - joint))


def product_kld_clip_shift(
    bitstrings: ArrayLike, probabilities: ArrayLike, epsilon: float, single_qubit: SingleQubit = "haar"
) -> float:
    """Return by how much clipping q(x) at epsilon changes the KLD's variance over random product circuits.

    Parameters
    ----------
    bitstrings, probabilities
        (M, n) and (M,): the target. 20,000 M numbers are held.
    epsilon
        In (0, 1): the loss is sum_x p log(p / max(q, epsilon)).
    single_qubit
        "haar" or "ry", as in product_kld_variance.

    Returns
    -------
    Var[clipped] - Var[not clipped] of the same 20,000 circuits of a fixed seed: an estimate, whose error is small
    beside it, to tell where clipping does not matter.
    """
    strings, weights = check_strings(bitstrings), np.asarray(probabilities, dtype=np.float64)
    shape = _SHAPES[single_qubit]
    zero = np.random.default_rng([_SEED, strings.shape[1]]).beta(shape, shape, (_SAMPLE, strings.shape[1]))
    tiny = np.finfo(np.float64).tiny
    logs, other = (np.log(np.maximum(side, tiny)) for side in (zero, 1 - zero))
    each = -(logs.sum(axis=1)[:, None] + (other - logs) @ strings.T.astype(np.float64))
    clipped = np.minimum(each, -np.log(epsilon))
    return float((clipped @ weights).var() - (each @ weights).var())


def _check_order(order: int) -> None:
    if order < 2:
        raise ValueError(f"order must be at least 2, got {order}")
