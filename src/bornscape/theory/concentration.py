"""What an estimated loss shows once no sample meets the training set (Thm. 1, Cor. 2).

With the model's samples Q and the training strings P disjoint, a pairwise loss sum_x f(p~(x), q~(x)) equals
sum_{x in P} f(p~, 0) + sum_{x in Q} f(0, q~), which holds no information on how far q is from p.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy

from bornscape.aliases import Float
from bornscape.theory.data import check_distribution


def _kld(p: Float, q: Float, epsilon: float) -> Float:
    return np.asarray(xlogy(p, p) - xlogy(p, np.maximum(q, epsilon)))


def _jsd(p: Float, q: Float, epsilon: float) -> Float:
    return np.asarray(xlogy(p, p) + xlogy(q, q) - xlogy(p + q, p + q))


PAIRWISE_LOSSES: dict[str, tuple[float, Callable[[Float, Float, float], Float]]] = {
    "kl_divergence": (0.0, _kld),
    "reverse_kl_divergence": (0.0, lambda p, q, epsilon: _kld(q, p, epsilon)),
    "jensen_shannon_divergence": (0.0, _jsd),
    "total_variation": (0.0, lambda p, q, epsilon: np.abs(p - q)),
    "classical_fidelity": (1.0, lambda p, q, epsilon: -np.sqrt(p * q)),
}
"""Name -> (constant, f): the loss is constant + sum_x f(p(x), q(x), epsilon), normalised as in Eqs. 4-8."""


def pairwise_fixed_point(term: Callable[[Float, Float], Float], p: ArrayLike, q: ArrayLike) -> float:
    """Return sum_{x in P} f(p~, 0) + sum_{x in Q} f(0, q~) for any pairwise loss (Thm. 1).

    Parameters
    ----------
    term
        f, elementwise on two arrays of one shape; it must clip zeros itself where it needs to.
    p, q
        Empirical distributions of the data and of the model's samples: one entry a string, each adding up to 1.
        Zeros are dropped; the strings' identities do not matter, since P and Q are taken to be disjoint.

    Returns
    -------
    The fixed point.

    Raises
    ------
    ValueError
        If p or q is not a distribution.
    """
    data, model = _support(p), _support(q)
    return float(np.sum(term(data, np.zeros_like(data))) + np.sum(term(np.zeros_like(model), model)))


def fixed_point(loss: str, p: ArrayLike, q: ArrayLike, epsilon: float) -> float:
    """Return the fixed point of one of the paper's pairwise losses (Cor. 2).

    Parameters
    ----------
    loss
        A key of PAIRWISE_LOSSES.
    p, q
        Empirical distributions of the data and of the model's samples, as in pairwise_fixed_point.
    epsilon
        What a zero estimate inside a logarithm is clipped to, in (0, 1); the other losses do not use it.

    Returns
    -------
    kl_divergence: sum p log(p / epsilon); reverse_kl_divergence: sum q log(q / epsilon); total_variation: 2;
    classical_fidelity: 1; jensen_shannon_divergence: 0, the largest value of the paper's form, whose smallest is
    -2 log 2. Natural logarithms.

    Raises
    ------
    ValueError
        If the loss is not known, p or q is not a distribution, or epsilon is outside (0, 1).
    """
    if loss not in PAIRWISE_LOSSES:
        raise ValueError(f"loss must be one of {sorted(PAIRWISE_LOSSES)}, got {loss!r}")
    _check_epsilon(epsilon)
    constant, term = PAIRWISE_LOSSES[loss]
    return constant + pairwise_fixed_point(lambda a, b: term(a, b, epsilon), p, q)


def kld_fixed_point(p: ArrayLike, epsilon: float) -> float:
    """Return sum p~ log(p~ / epsilon), where the estimated KLD gets stuck (Cor. 2).

    Parameters
    ----------
    p
        Empirical distribution of the data, adding up to 1; zeros do not contribute.
    epsilon
        What zero estimates of q are clipped to, in (0, 1).

    Returns
    -------
    The fixed point, in nats: log(1 / epsilon) minus the entropy of p~.

    Raises
    ------
    ValueError
        If p is not a distribution or epsilon is outside (0, 1).

    Examples
    --------
    log(1 / epsilon) for one training string; log 2, the entropy, less for two of equal weight.

    >>> round(kld_fixed_point([1.0], 1e-6), 6), round(kld_fixed_point([0.5, 0.5], 1e-6), 6)
    (13.815511, 13.122363)
    """
    _check_epsilon(epsilon)
    return float(np.sum(_kld(_support(p), np.zeros(1), epsilon)))


def reverse_kld_fixed_point(q: ArrayLike, epsilon: float) -> float:
    """Return sum q~ log(q~ / epsilon), where the estimated reverse KLD gets stuck (Cor. 2).

    Parameters
    ----------
    q
        Empirical distribution of the model's samples, adding up to 1; zeros do not contribute.
    epsilon
        What zeros of p~ are clipped to, in (0, 1).

    Returns
    -------
    The fixed point, in nats: log(1 / epsilon) minus the entropy of q~.

    Raises
    ------
    ValueError
        If q is not a distribution or epsilon is outside (0, 1).
    """
    return kld_fixed_point(q, epsilon)


def renyi_fixed_point(p: ArrayLike, order: float, epsilon: float) -> float:
    """Return where the estimated Renyi divergence 1/(a-1) log sum p^a / q^(a-1) gets stuck.

    Parameters
    ----------
    p
        Empirical distribution of the data, adding up to 1; zeros do not contribute.
    order
        a > 0, not 1 (whose limit is kld_fixed_point).
    epsilon
        What zero estimates of q are clipped to, in (0, 1).

    Returns
    -------
    log(1 / epsilon) minus the Renyi entropy of p~ of that order, in nats. The loss is the logarithm of a pairwise
    sum, so this follows from Thm. 1 although Cor. 2 does not list it.

    Raises
    ------
    ValueError
        If p is not a distribution, order is not positive or is 1, or epsilon is outside (0, 1).
    """
    _check_epsilon(epsilon)
    if not (np.isfinite(order) and order > 0 and order != 1):
        raise ValueError(f"order must be positive, finite and not 1, got {order}")
    return float(np.log(np.sum(_support(p) ** order)) / (order - 1) - np.log(epsilon))


def _support(distribution: ArrayLike) -> Float:
    array = check_distribution(distribution)
    return array[array > 0]


def _check_epsilon(epsilon: float) -> None:
    if not 0 < epsilon < 1:
        raise ValueError(f"epsilon must lie in (0, 1), got {epsilon}")
