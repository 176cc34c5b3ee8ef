"""Autoregressive model: a chain of logistic regressions (a fully visible sigmoid belief network)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from bornscape.aliases import Float
from bornscape.classical_models.common import StringGradient, total_noise


@dataclass(frozen=True)
class AutoregressiveModel:
    """q(x) = prod_i q(x_i | x_0 ... x_{i-1}) with logit b_i + sum_{j<i} w_ij x_j of x_i = 1.

    Parameters are the lower triangle of a matrix, row by row: w_ij left of the diagonal, b_i on it.

    Examples
    --------
    Two bits, parameters b_0, w_10 and b_1. With w_10 = log 3 the second bit is 1 with probability 3/4 after a 1, and
    with probability 1/2 after a 0.

    >>> import numpy as np
    >>> model, theta = AutoregressiveModel(2), np.array([0.0, np.log(3.0), 0.0])
    >>> np.exp(model.log_probabilities(theta, np.array([[0, 0], [0, 1], [1, 0], [1, 1]]))).round(12).tolist()
    [0.25, 0.25, 0.125, 0.375]
    """

    n_bits: int

    @property
    def n_parameters(self) -> int:
        """Number of entries of theta, n (n + 1) / 2."""
        return self.n_bits * (self.n_bits + 1) // 2

    def start(self, rng: np.random.Generator) -> Float:
        """Normal parameters of standard deviation 1 / sqrt(n), so that logits are of order 1 at any n."""
        return rng.normal(0.0, self.n_bits**-0.5, self.n_parameters)

    def _logits(self, theta: Float, bits: Float) -> Float:
        matrix = np.zeros((self.n_bits, self.n_bits))
        matrix[np.tril_indices(self.n_bits)] = theta
        return bits @ np.tril(matrix, -1).T + np.diagonal(matrix)

    def log_probabilities(self, theta: Float, bitstrings: NDArray) -> Float:
        """Log q(x) of bitstrings (M, n), in nats, (M,)."""
        bits = np.asarray(bitstrings, dtype=np.float64)
        return -np.logaddexp(0.0, (1 - 2 * bits) * self._logits(theta, bits)).sum(axis=1)

    def gradient(self, theta: Float, bitstrings: NDArray, probabilities: Float) -> StringGradient:
        """The cross entropy of data on bitstrings (M, n) with probabilities (M,), its gradient, and its noise."""
        bits = np.asarray(bitstrings, dtype=np.float64)
        residuals = expit(self._logits(theta, bits)) - bits
        weighted = probabilities[:, None] * residuals
        matrix = weighted.T @ bits
        np.fill_diagonal(matrix, weighted.sum(axis=0))
        gradient = matrix[np.tril_indices(self.n_bits)]
        # A string's derivative over w_ij is residual_i x_j, and x_j is its own square.
        ones_before = np.cumsum(bits, axis=1) - bits
        noise = total_noise((residuals**2 * (1 + ones_before)).sum(axis=1), gradient, probabilities)
        loss = -float(probabilities @ self.log_probabilities(theta, bitstrings))
        return StringGradient(loss, gradient, noise)
