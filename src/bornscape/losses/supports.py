"""Explicit losses from targets' supports inside 2**n outcomes: O(support), all that a draw or a sample needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.losses.explicit import DEFINITIONS


@dataclass(frozen=True, eq=False)
class SparseTarget:
    """A target's support inside 2**n outcomes, so that explicit losses cost O(support) instead of O(2**n).

    Attributes
    ----------
    indices, probabilities
        Of the support, (M,); probabilities sum to 1.
    """

    indices: NDArray[np.int64]
    probabilities: Float

    def losses(self, q: Float, negative_entropy: float, epsilon: float) -> dict[str, float]:
        """Every explicit loss at q, (2**n,), given ``negative_entropy`` = sum q log q over all outcomes."""
        return self.losses_inside(q[self.indices], negative_entropy, epsilon)

    def losses_inside(self, inside: Float, negative_entropy: float, epsilon: float) -> dict[str, float]:
        """As ``losses``, from q on the support alone, (M,): all that a sparse empirical distribution needs."""
        from bornscape.losses.compiled_explicit import losses_inside

        return _named(losses_inside(self.probabilities, inside, negative_entropy, epsilon))

    def fixed_points(self, mass: float, negative_entropy: float, epsilon: float) -> dict[str, float]:
        """Every loss's fixed point L0 (Thm. 1): its value if no outcome of q lay in the support."""
        from bornscape.losses.compiled_explicit import all_losses

        inside = np.zeros_like(self.probabilities)
        return _named(all_losses(self.probabilities, inside, mass, negative_entropy, epsilon))


def _named(values: Float) -> dict[str, float]:
    return dict(zip(DEFINITIONS, values.tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class Supports:
    """D targets on the same 2**n outcomes, whose losses take one compiled call."""

    targets: Sequence[SparseTarget]

    @cached_property
    def _flat(self) -> tuple[NDArray[np.int64], Float, NDArray[np.int64]]:
        """Indices and probabilities of all supports, one after the other, and where each starts, (D + 1,)."""
        sizes = [len(target.indices) for target in self.targets]
        indices = np.concatenate([np.asarray(target.indices, dtype=np.int64) for target in self.targets])
        probabilities = np.concatenate([np.asarray(target.probabilities, dtype=np.float64) for target in self.targets])
        return indices, probabilities, np.cumsum([0, *sizes], dtype=np.int64)

    def losses(self, q: Float, negative_entropy: float, epsilon: float) -> tuple[Float, Float]:
        """Losses as ``SparseTarget.losses``, in rows (D, 7) in the order of ``DEFINITIONS``; q(support), (D,)."""
        from bornscape.losses.compiled_explicit import losses_of_supports

        return losses_of_supports(*self._flat, q, negative_entropy, epsilon)

    def fixed_points(self, negative_entropy: float, epsilon: float) -> Float:
        """Every loss's fixed point L0 (Thm. 1), (D, 7), as ``SparseTarget.fixed_points`` at mass 1."""
        by_target = [target.fixed_points(1.0, negative_entropy, epsilon) for target in self.targets]
        return np.array([list(points.values()) for points in by_target])
