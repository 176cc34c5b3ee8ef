"""A quantum Boltzmann machine: the Gibbs state of an Ising Hamiltonian in a transverse field, measured bit by bit.

rho = exp(K) / Tr exp(K), K = sum_i b_i Z_i + sum_ij w_ij Z_i Z_j + Gamma sum_i X_i, q(x) = <x|rho|x>; K is minus the
Hamiltonian over the temperature. Gamma = 0 is the classical Boltzmann machine. It is an implicit model: no way is known
to compute q(x) in a time polynomial in n, and here it comes from all eigenvectors of K.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.bitstrings.sampling import sample_indices, to_bits
from bornscape.training.discriminators import features
from bornscape.training.generative import Estimate, Step, baseline_weights

START = 0.1
"""Standard deviation of the first parameters."""


class Gibbs(NamedTuple):
    """Eigenvalues of K less the largest, (2**n,), its eigenvectors (columns), log Tr exp(K) and q, (2**n,)."""

    levels: Float
    vectors: Float
    log_norm: float
    q: Float


class QuantumBoltzmannMachine:
    """See ``GenerativeModel``. theta holds the n fields b and then the n (n - 1) / 2 couplings w, by pairs in order.

    Its own training goes down the quantum relative entropy of the data, sum_x p(x) |x><x|, and rho: up to a constant
    log Tr exp(K) - sum_x p(x) <x|K|x>, an upper bound of the KLD, as <x|exp K|x> is at least exp <x|K|x> (Jensen; Amin
    et al., Phys. Rev. X 8, 021050, 2018). It is convex, and its gradient, the means of Z_i and Z_i Z_j in q less those
    in p, needs samples alone. The pure data state sum_x sqrt(p(x)) |x> has the same gradient.

    Parameters
    ----------
    n_bits
        n.
    transverse_field
        Gamma, at least 0. It is not trained: the bound would take it to 0.

    Raises
    ------
    ValueError
        If the field is negative.
    """

    name = "quantum_boltzmann"
    explicit = False
    native_loss = "relative_entropy"

    def __init__(self, n_bits: int, transverse_field: float = 0.5) -> None:
        if not transverse_field >= 0:
            raise ValueError(f"transverse_field: expected a number of at least 0, got {transverse_field}")
        self.n_bits = n_bits
        size = 2**n_bits
        self._signs = features(to_bits(np.arange(size), n_bits), "marginals")
        self.n_parameters = self._signs.shape[1]
        self.active: NDArray[np.bool_] = np.ones(self.n_parameters, dtype=bool)
        self._flips = np.zeros((size, size))
        for wire in range(n_bits):
            self._flips[np.arange(size), np.arange(size) ^ (1 << wire)] = transverse_field
        self._at: Float = np.full(self.n_parameters, np.nan)
        self._state: Gibbs | None = None

    def start(self, rng: np.random.Generator) -> Float:
        """Small random parameters, (n_parameters,): q is near the uniform distribution."""
        return np.asarray(rng.normal(0.0, START, self.n_parameters))

    def gibbs(self, theta: Float) -> Gibbs:
        """The state at theta; that of the last theta is kept."""
        if self._state is None or not np.array_equal(theta, self._at):
            levels, vectors = np.linalg.eigh(self._flips + np.diag(self._signs @ theta))
            top = levels[-1]
            weights = np.exp(levels - top)
            q = vectors**2 @ weights / weights.sum()
            self._at = theta.copy()
            self._state = Gibbs(levels - top, vectors, float(top + np.log(weights.sum())), q / q.sum())
        return self._state

    def probabilities(self, theta: Float) -> Float:
        """All q(x), (2**n,)."""
        return self.gibbs(theta).q

    def sample(self, theta: Float, shots: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Indices of ``shots`` strings drawn from q."""
        return sample_indices(self.gibbs(theta).q, shots, rng)

    def gradient(self, theta: Float, values: Float) -> Float:
        """The exact gradient of sum_x values(x) q(x), (n_parameters,), for ``values`` (2**n,).

        The derivative of exp(K) by its divided differences in K's eigenbasis (Daleckii and Krein).
        """
        state = self.gibbs(theta)
        gaps = np.abs(state.levels[:, None] - state.levels)
        higher = np.exp(np.maximum(state.levels[:, None], state.levels))
        slopes = higher * np.divide(-np.expm1(-gaps), gaps, out=np.ones_like(gaps), where=gaps > 0)
        weighed = slopes * (state.vectors.T @ ((values - values @ state.q)[:, None] * state.vectors))
        diagonal = np.sum((state.vectors @ weighed) * state.vectors, axis=1)
        return np.asarray(diagonal @ self._signs / np.exp(state.levels).sum())

    def score(self, theta: Float, indices: NDArray[np.int64], weights: Float) -> Float:
        """Sum of weights_i grad log q(x_i), (n_parameters,), exact."""
        q = self.gibbs(theta).q
        values = np.bincount(indices, weights=weights, minlength=len(q)) / q
        return self.gradient(theta, values)

    def slope(self, theta: Float, values: Float, shots: int, rng: np.random.Generator) -> Estimate:
        """Unbiased estimate of the gradient of sum_x values(x) q(x) from ``shots`` worldlines, (n_parameters,).

        The derivative in the factor of a diagonal P is the integral over s in [0, 1] of Tr[V rho^s P rho^(1-s)], less
        the product of means. All elements of rho^s are at least 0, so that the pairs (x, y) with probabilities
        rho^s_xy rho^(1-s)_yx, two times of a worldline, can be drawn as path-integral Monte Carlo draws them, and the
        derivative is the covariance of values(x) and P(y). One s is drawn for all.
        """
        state, s = self.gibbs(theta), rng.random()
        weights = np.exp(state.levels) / np.exp(state.levels).sum()
        first, second = ((state.vectors * weights**power) @ state.vectors.T for power in (s, 1 - s))
        pairs = np.maximum(first * second, 0.0)
        x, y = np.divmod(sample_indices(pairs.ravel(), shots, rng), len(pairs))
        return Estimate(baseline_weights(values[x]) @ self._signs[y], shots)

    def native(self, p: Float, shots: int, rng: np.random.Generator) -> Step:
        """Down the quantum relative entropy, from ``shots`` strings of rho a step."""
        data = p @ self._signs

        def step(theta: Float) -> Estimate:
            return Estimate(self._signs[self.sample(theta, shots, rng)].mean(axis=0) - data, shots)

        return step
