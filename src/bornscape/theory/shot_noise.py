"""What a finite number of shots adds to the variance of the MMD over random circuits (Fig. 7 at 512 shots).

The MMD is estimated by the U-statistic of N shots against the exact target p. Given the circuit it is unbiased, so over
random circuits its variance is that of the exact MMD plus the mean shot noise,

    E[4 Var_x[h(x)] / N + 2 Var_xy[K(x, y) - K_q(x) - K_q(y)] / (N (N - 1))],  h = K_q - K_p,

with K_q(x) = sum_y K(x, y) q(y), by Hoeffding's decomposition. Constants drop out of both variances: sums over subsets
A of the wires below leave out the empty one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import comb, factorial

from bornscape.aliases import Float
from bornscape.theory.bodyness import Bandwidth, flip_probabilities, log_subset_weights
from bornscape.theory.cumulants import Cumulants, deep_mmd_cumulants
from bornscape.theory.data import log_marginal_weights
from bornscape.theory.deep import marginal_weights, subset_sum
from bornscape.theory.product import SingleQubit, check_width, ensemble_of


def product_mmd_shot_variance(
    n_qubits: int,
    bandwidth: Bandwidth,
    bitstrings: ArrayLike,
    shots: int,
    probabilities: ArrayLike | None = None,
    single_qubit: SingleQubit = "haar",
) -> float:
    """Return the mean shot noise of the MMD over random product circuits.

    Parameters
    ----------
    n_qubits, bandwidth, bitstrings, probabilities, single_qubit
        As in product_mmd_variance: kernel exp(-H / (2 s)), H the Hamming distance, s a variance; (M, n) strings.
    shots
        N, at least 2.

    Returns
    -------
    A positive number.

    Raises
    ------
    ValueError
        As product_mmd_variance, or if there are fewer than 2 shots.

    Notes
    -----
    With u = E[z^2], v = E[z^4], p = p_s and r = 1 - p of two kernels s and s' (averaged over) each wire gives the means
    E[K_q K_q'] : a = r r' + (r p' + p r' + p p') u,   E[<K_q> <K_q'>] : b = a - p p' (u - v),
    E[K K'] : c = a + p p' (1 - u); the cross terms of K_q and K_p cancel, and
    E[Var h] = a^n - b^n + sum_A w(A)^2 (1 - u^|A|) z_A(p)^2,   E[second variance] = (c^n - a^n) - (a^n - b^n).

    Examples
    --------
    One wire, s -> 0, the target |0>: the noise is that of estimating (1 - z)^2 / 2. Two shots that agree say 0 or 2.

    >>> round(product_mmd_shot_variance(1, 0.0, [[0]], shots=2), 6)
    0.533333
    """
    ensemble = ensemble_of(single_qubit)
    check_width(n_qubits, bitstrings)
    _check_shots(shots)
    flips = flip_probabilities(bandwidth)
    pair, kept = np.outer(flips, flips), np.outer(1 - flips, 1 - flips)
    each = kept + (1 - kept) * ensemble.second
    # a, and a^n - b^n and c^n - a^n without cancellation.
    model = each**n_qubits
    below = -model * np.expm1(n_qubits * np.log1p(-pair * (ensemble.second - ensemble.fourth) / each))
    above = model * np.expm1(n_qubits * np.log1p(pair * (1 - ensemble.second) / each))
    sizes = np.arange(1, n_qubits + 1)
    logs = 2 * log_subset_weights(n_qubits, bandwidth) + log_marginal_weights(bitstrings, probabilities)
    data = np.exp(logs[1:]) @ (1 - ensemble.second**sizes)
    return _noise(float(below.mean() + data), float(above.mean() - below.mean()), shots)


def deep_mmd_shot_variance(n_qubits: int, bandwidth: Bandwidth, p: ArrayLike, shots: int) -> float:
    """Return the mean shot noise of the MMD over Haar-random states.

    Parameters
    ----------
    n_qubits, bandwidth, p
        As in deep_mmd_variance: kernel exp(-H / (2 s)), H the Hamming distance, s a variance; (2^n,) target.
    shots
        N, at least 2.

    Returns
    -------
    A positive number. It does not fall with 2^n, as the variance of the exact MMD does: sum_A w(A)^2 z_A(p)^2 stays.

    Raises
    ------
    ValueError
        As deep_mmd_variance, or if there are fewer than 2 shots.

    Notes
    -----
    With D = 2^n and, over non-empty subsets, m = sum w, t = sum w^2 and g = sum w^2 z_A(p)^2, the moments of the
    uniform distribution on the simplex give
    E[sum_x q K_q^2] = (D t + 2 m^2) / ((D+1)(D+2)),   E[sum_x q K_p^2] = g,   E[<K>^2] = V + m^2 / (D+1)^2,
    E[<K_p>^2] = g / (D+1),   E[<K^2>] = (D t + m^2) / (D+1), V the variance of E_qq K; the cross terms vanish.
    """
    _check_shots(shots)
    size = 2.0**n_qubits
    logs = log_subset_weights(n_qubits, bandwidth)[1:]
    trace, square = subset_sum(n_qubits, logs), subset_sum(n_qubits, 2 * logs)
    data = float(np.exp(2 * logs) @ marginal_weights(n_qubits, p)[1:])
    smoothed = (size * square + 2 * trace**2) / ((size + 1) * (size + 2))
    cubic = (size + 1) * (size + 2) * (size + 3) / size
    mean_square = 2 * square / cubic + 2 * trace**2 / (cubic * (size + 1)) + (trace / (size + 1)) ** 2
    kernels = (size * square + trace**2) / (size + 1)
    first = smoothed - mean_square + data * size / (size + 1)
    return _noise(first, kernels - 2 * smoothed + mean_square, shots)


def deep_sampled_cumulants(
    n_qubits: int, bandwidth: float, p: ArrayLike, shots: float, states: bool = True
) -> Cumulants:
    """Return the cumulants of the MMD estimated from N shots over Haar-random states.

    Parameters
    ----------
    n_qubits, bandwidth, p
        As in deep_mmd_variance, with one bandwidth.
    shots
        N, at least 2; infinity for the exact MMD.
    states
        Whether the states vary; without it only the shot noise is left.

    Returns
    -------
    Orders 2, 3, 4 and 6. The second is the closed form, deep_mmd_variance and deep_mmd_shot_variance together. The
    others only say how a sample variance scatters: to those of the exact MMD comes what shots add to those of
    sum_A w(A) (y_A - z_A(p))^2 with independent normal y_A, of variance 1 / (2^n + 1) for states and 1 / N for shots.
    """
    of_states = states / (2.0**n_qubits + 1)
    both, alone = (_normal_parities(n_qubits, bandwidth, p, v) for v in (of_states + 1 / shots, of_states))
    exact = deep_mmd_cumulants(n_qubits, bandwidth, p) if states else (0.0, 0.0, 0.0, 0.0)
    third, fourth, sixth = (e + b - a for e, b, a in zip(exact[1:], both, alone, strict=True))
    noise = deep_mmd_shot_variance(n_qubits, bandwidth, p, int(shots)) if np.isfinite(shots) else 0.0
    return exact[0] + noise, third, fourth, sixth


def _normal_parities(n_qubits: int, bandwidth: float, p: ArrayLike, variance: float) -> Float:
    """Cumulants of the orders 3, 4 and 6 of sum_A w(A) (y_A - z_A(p))^2, y_A independent and normal."""
    weights = np.exp(log_subset_weights(n_qubits, bandwidth))[1:]
    counts, data = comb(n_qubits, np.arange(1, n_qubits + 1)), marginal_weights(n_qubits, p)[1:]
    orders = np.array([3, 4, 6])
    sums = [float(weights**r @ (counts * variance**r + r * data * variance ** (r - 1))) for r in orders]
    return np.asarray(2.0 ** (orders - 1) * factorial(orders - 1) * sums)


def _noise(first: float, second: float, shots: int) -> float:
    return 4 * first / shots + 2 * second / (shots * (shots - 1))


def _check_shots(shots: int) -> None:
    if shots < 2:
        raise ValueError(f"shots: expected at least 2, got {shots}")
