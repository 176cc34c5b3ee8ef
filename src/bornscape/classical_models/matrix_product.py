"""Matrix-product-state Born machine: q(x) = psi(x)^2 / Z with psi(x) a product of real matrices, contracted exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.classical_models.common import StringGradient, total_noise
from bornscape.classical_models.explicit import Explicit
from bornscape.classical_models.networks import nearest_width


class _Strings(NamedTuple):
    """Log |psi(x)|, (M,), and the normalised products left and right of each bond, (n+1, M, bond) each."""

    log_amplitudes: Float
    left: Float
    right: Float


class _Norm(NamedTuple):
    """Log Z, and the normalised contractions left and right of each bond, (n+1, bond, bond) each."""

    log_norm: float
    left: Float
    right: Float


@dataclass(frozen=True)
class MatrixProductModel:
    """psi(x) = 1^T A_0[x_0] A_1[x_1] ... A_{n-1}[x_{n-1}] 1, with real matrices A_i[b] of ``bond`` rows and columns.

    Parameters are the matrices, (n, 2, bond, bond) flattened. A common factor of a matrix pair changes nothing.

    Examples
    --------
    One bit and bond 1: q(x) = A[x]^2 / (A[0]^2 + A[1]^2).

    >>> import numpy as np
    >>> model = MatrixProductModel(n_bits=1, bond=1)
    >>> np.exp(model.log_probabilities(np.array([1.0, 2.0]), np.array([[0], [1]]))).round(12).tolist()
    [0.2, 0.8]
    """

    n_bits: int
    bond: int

    @property
    def n_parameters(self) -> int:
        """Number of entries of theta, 2 n bond^2."""
        return 2 * self.n_bits * self.bond**2

    def start(self, rng: np.random.Generator) -> Float:
        """Identity matrices and normal entries of standard deviation 1 / bond: a distribution that is nearly uniform.

        With normal entries alone psi is close to 0 at many strings, and the gradient's noise grows with their number.
        """
        noise = rng.normal(0.0, 1 / self.bond, (self.n_bits, 2, self.bond, self.bond))
        return (np.eye(self.bond) + noise).ravel()

    def _matrices(self, theta: Float) -> Float:
        return np.reshape(theta, (self.n_bits, 2, self.bond, self.bond))

    def _strings(self, matrices: Float, bitstrings: NDArray) -> _Strings:
        ones = np.asarray(bitstrings, dtype=bool)
        shape = (self.n_bits + 1, len(ones), self.bond)
        left, right = np.full(shape, self.bond**-0.5), np.full(shape, self.bond**-0.5)
        logs = np.full(len(ones), np.log(self.bond))
        for i in range(self.n_bits):
            zero, one = matrices[i]
            following = np.where(ones[:, i, None], left[i] @ one, left[i] @ zero)
            sizes = np.linalg.norm(following, axis=1)
            left[i + 1] = following / sizes[:, None]
            logs += np.log(sizes)
        for i in range(self.n_bits - 1, 0, -1):
            zero, one = matrices[i]
            following = np.where(ones[:, i, None], right[i + 1] @ one.T, right[i + 1] @ zero.T)
            right[i] = following / np.linalg.norm(following, axis=1)[:, None]
        logs += np.log(np.abs((left[-1] * right[-1]).sum(axis=1)))
        return _Strings(logs, left, right)

    def _norm(self, matrices: Float) -> _Norm:
        shape = (self.n_bits + 1, self.bond, self.bond)
        left, right = np.full(shape, 1 / self.bond), np.full(shape, 1 / self.bond)
        log_norm = 2 * np.log(self.bond)
        for i in range(self.n_bits):
            following = sum(matrix.T @ left[i] @ matrix for matrix in matrices[i])
            size = np.linalg.norm(following)
            left[i + 1] = following / size
            log_norm += np.log(size)
        for i in range(self.n_bits - 1, 0, -1):
            following = sum(matrix @ right[i + 1] @ matrix.T for matrix in matrices[i])
            right[i] = following / np.linalg.norm(following)
        log_norm += np.log(np.sum(left[-1] * right[-1]))
        return _Norm(float(log_norm), left, right)

    def log_probabilities(self, theta: Float, bitstrings: NDArray) -> Float:
        """Log q(x) of bitstrings (M, n), in nats, (M,)."""
        matrices = self._matrices(theta)
        return 2 * self._strings(matrices, bitstrings).log_amplitudes - self._norm(matrices).log_norm

    def gradient(self, theta: Float, bitstrings: NDArray, probabilities: Float) -> StringGradient:
        """The cross entropy of data on bitstrings (M, n) with probabilities (M,), its gradient, and its noise.

        Weights of any sign and sum may stand for the probabilities; the noise is then no noise.
        """
        matrices, ones = self._matrices(theta), np.asarray(bitstrings, dtype=bool)
        strings, norm = self._strings(matrices, bitstrings), self._norm(matrices)
        of_data, of_norm = np.empty_like(matrices), np.empty_like(matrices)
        square_norms, total = np.zeros(len(ones)), float(probabilities.sum())
        for i in range(self.n_bits):
            left, right = strings.left[i], strings.right[i + 1]
            products = np.where(ones[:, i, None], left @ matrices[i, 1], left @ matrices[i, 0])
            # The derivative of log psi over the matrix that a string uses is left x right / psi.
            scaled = left / (products * right).sum(axis=1)[:, None]
            square_norms += 4 * (scaled**2).sum(axis=1)
            weighted = -2 * probabilities[:, None] * scaled
            for bit in (0, 1):
                used = ones[:, i] == bit
                of_data[i, bit] = weighted[used].T @ right[used]
                of_norm[i, bit] = norm.left[i] @ matrices[i, bit] @ norm.right[i + 1]
            of_norm[i] *= 2 * total / np.sum(of_norm[i] * matrices[i])
        loss = total * norm.log_norm - 2 * float(probabilities @ strings.log_amplitudes)
        # The norm's part is the same for every string.
        noise = total_noise(square_norms, of_data.ravel(), probabilities)
        return StringGradient(loss, (of_data + of_norm).ravel(), noise)


class MatrixProductStates(Explicit):
    """The matrix-product-state Born machine of the bond whose number of entries is nearest to ``budget``."""

    def __init__(self, n_bits: int, budget: int) -> None:
        bond = nearest_width(lambda bond: MatrixProductModel(n_bits, bond).n_parameters, budget)
        self._model = MatrixProductModel(n_bits, bond)
        super().__init__("matrix_product", n_bits, self._model.n_parameters)

    def start(self, rng: np.random.Generator) -> Float:
        """Random matrices, (n_parameters,)."""
        return self._model.start(rng)

    def probabilities(self, theta: Float) -> Float:
        """All q(x), (2**n,)."""
        return np.exp(self._model.log_probabilities(theta, self.all_bits))

    def score(self, theta: Float, indices: NDArray[np.int64], weights: Float) -> Float:
        """Sum of weights_i grad log q(x_i), (n_parameters,)."""
        return -self._model.gradient(theta, self.all_bits[indices], weights).gradient
