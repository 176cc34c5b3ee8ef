"""The KLD with each way to keep its logarithm finite where the model's estimate has no shot, and the slope that it has.

The paper gives no formula. Its Fig. 12 stops where the optimum of log(q + eps) with eps = 1e-8 lies; its text has
eps = 1e-6. Where no shot fell, "clipped" and "added" pull with the slope -p/eps, "flat" does not pull at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float

Form = Literal["clipped", "flat", "added"]

FORMS: tuple[Form, ...] = ("clipped", "flat", "added")
"""sum p log(p / max(q, eps)) with the slope -p / max(q, eps); the same with its own derivative, which is 0 below eps;
and sum p log(p / (q + eps)), slope -p / (q + eps)."""

HALF_A_SHOT = "1/(2N)"
"""An epsilon that follows the number of shots N."""


def epsilon_value(epsilon: float | str, shots: int) -> float:
    """An epsilon as a number: half a shot's share where it is ``HALF_A_SHOT``.

    Examples
    --------
    >>> epsilon_value("1/(2N)", 100), epsilon_value(1e-6, 100)
    (0.005, 1e-06)
    """
    return 0.5 / shots if epsilon == HALF_A_SHOT else float(epsilon)


@dataclass(frozen=True, eq=False)
class RegularisedKLD:
    """A KLD with its target: call it with q, (2**n,), for the value in nats; ``derivative`` gives dL/dq.

    Attributes
    ----------
    p
        Target distribution, (2**n,).
    epsilon
        Above 0.
    form
        One of ``FORMS``.

    Examples
    --------
    The string that q lacks pulls with 1/eps, or not at all.

    >>> import numpy as np
    >>> p, q = np.array([0.5, 0.5]), np.array([1.0, 0.0])
    >>> [RegularisedKLD(p, 0.01, form).derivative(q).round(3).tolist() for form in FORMS]
    [[-0.5, -50.0], [-0.5, -0.0], [-0.495, -50.0]]
    """

    p: Float
    epsilon: float
    form: Form = "clipped"

    def __post_init__(self) -> None:
        if self.form not in FORMS or not self.epsilon > 0:
            raise ValueError(f"expected a form of {FORMS} and an epsilon above 0, got {self.form!r}, {self.epsilon}")

    @cached_property
    def _support(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.p)

    def _kept(self, q: Float) -> Float:
        return q + self.epsilon if self.form == "added" else np.maximum(q, self.epsilon)

    def _value(self, q: Float) -> float:
        """Value at q on the support, (M,)."""
        p = self.p[self._support]
        return float(p @ np.log(p / self._kept(q)))

    def __call__(self, q: Float) -> float:
        """Loss at the model's probabilities q, (2**n,)."""
        return self._value(q[self._support])

    def derivative(self, q: Float) -> Float:
        """dL/dq, (2**n,)."""
        slope = -self.p / self._kept(q)
        return np.where(q < self.epsilon, 0.0 * slope, slope) if self.form == "flat" else slope

    def of_samples(self, indices: NDArray[np.int64]) -> float:
        """Loss at the empirical distribution of measured strings, given as indices of basis states, (N,)."""
        return self._value((indices[:, None] == self._support).mean(axis=0))
