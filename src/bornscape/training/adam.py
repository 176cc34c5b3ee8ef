"""Adam, with the schedule of its learning rate that the paper states."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bornscape.aliases import Float

FIRST_RATE = 0.01
"""The learning rate that the paper states for the first epoch."""


def learning_rate(epoch: int, first: float = FIRST_RATE) -> float:
    """The paper's schedule max(first e^(-0.005 t), 1e-5), t the epoch, from 0; the paper states first = 0.01.

    Examples
    --------
    >>> learning_rate(0), learning_rate(0, first=0.1), learning_rate(10_000)
    (0.01, 0.1, 1e-05)
    """
    return float(max(first * np.exp(-0.005 * epoch), 1e-5))


@dataclass
class Adam:
    """Adam (Kingma and Ba) with its usual constants 0.9, 0.999 and 1e-8; moments are (n_parameters,).

    Examples
    --------
    The first step is the learning rate against the gradient's sign, whatever its size.

    >>> import numpy as np
    >>> adam = Adam.start(2)
    >>> adam.step(np.array([3.0, -0.5]), rate=0.01).round(6).tolist()
    [-0.01, 0.01]
    """

    first: Float
    second: Float
    steps: int = 0

    @classmethod
    def start(cls, n_parameters: int) -> Adam:
        """Zero moments."""
        return cls(np.zeros(n_parameters), np.zeros(n_parameters))

    def step(self, gradient: Float, rate: float) -> Float:
        """The change of theta for this gradient, (n_parameters,)."""
        self.steps += 1
        self.first = 0.9 * self.first + 0.1 * gradient
        self.second = 0.999 * self.second + 0.001 * gradient**2
        mean = self.first / (1 - 0.9**self.steps)
        spread = self.second / (1 - 0.999**self.steps)
        return -rate * mean / (np.sqrt(spread) + 1e-8)
