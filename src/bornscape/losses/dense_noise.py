"""Shot noise and differences of losses whose model is a distribution over all 2^n outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bornscape.aliases import Float
from bornscape.bitstrings.distances import distance_distribution
from bornscape.bitstrings.walsh import qubits_of, spectrum_of_transform, subset_sizes, walsh_hadamard
from bornscape.losses.fidelity import local_fidelity_values
from bornscape.losses.mmd import kernel_values, spectrum_weights
from bornscape.losses.shots_needed import Noise


@dataclass(frozen=True, eq=False)
class DenseMMD:
    """The MMD against a target ``p``, (2**n,), with the mean of the kernels exp(-H / 2s), s of ``bandwidths``."""

    p: Float
    bandwidths: Sequence[float]

    @cached_property
    def _weights(self) -> Float:
        n = qubits_of(self.p.size)
        return spectrum_weights(n, self.bandwidths)[subset_sizes(n)]

    @cached_property
    def _target(self) -> Float:
        return self._smoothed(walsh_hadamard(self.p))

    def _smoothed(self, transform: Float) -> Float:
        """Sum over y of K(x, y) v(y), (2**n,), of a function v with this Walsh-Hadamard transform."""
        return walsh_hadamard(self._weights * transform)

    def difference(self, q: Float, other: Float) -> float:
        """MMD of ``q`` less that of ``other``, (2**n,) each; what both share is left out."""
        return float((q - other) @ (self._smoothed(walsh_hadamard(q + other)) - 2 * self._target))

    def noise(self, q: Float) -> Noise:
        """Noise of the unbiased estimate (U-statistic against the exact target), as in ``shots_needed.ProductMMD``."""
        transform = walsh_hadamard(q)
        ours = self._smoothed(transform)
        deviation = ours - self._target
        model = float(q @ ours)
        squares = kernel_values(qubits_of(q.size), self.bandwidths) ** 2
        square_k = float(squares @ distance_distribution(spectrum_of_transform(transform)))
        first = 4 * float(q @ (deviation - q @ deviation) ** 2)
        return Noise(first, 2 * max(square_k - 2 * float(q @ ours**2) + model**2, 0.0))


def lqf_noise(returned: Float) -> Noise:
    """Noise of the LQF where U^dagger returns this distribution, (2**n,): a shot gives its share of ones."""
    values = local_fidelity_values(qubits_of(returned.size))
    return Noise(float(returned @ (values - values @ returned) ** 2), 0.0)


def lqf_difference(returned: Float, other: Float) -> float:
    """LQF of what is ``returned`` less that of ``other``, (2**n,) each."""
    return float(local_fidelity_values(qubits_of(returned.size)) @ (returned - other))
