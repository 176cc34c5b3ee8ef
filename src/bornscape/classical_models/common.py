"""What explicit models share: the gradient of the cross entropy, its noise, and training on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.training.adam import Adam


class StringGradient(NamedTuple):
    """The cross entropy -sum_x p(x) log q(x), in nats, and its gradient.

    Attributes
    ----------
    loss
        The KLD is this less the entropy of p.
    gradient
        (n_parameters,).
    noise
        Root of the summed variances of the gradient -grad log q(x) of one string x drawn from p: with N strings a step
        the noise is 1 / sqrt(N) of it.
    """

    loss: float
    gradient: Float
    noise: float


class ExplicitModel(Protocol):
    """A normalised distribution of bitstrings, whose probabilities are computed one by one."""

    @property
    def n_parameters(self) -> int:
        """Number of entries of theta."""

    def start(self, rng: np.random.Generator) -> Float:
        """Random parameters, (n_parameters,)."""

    def log_probabilities(self, theta: Float, bitstrings: NDArray) -> Float:
        """Log q(x) of bitstrings (M, n), in nats, (M,)."""

    def gradient(self, theta: Float, bitstrings: NDArray, probabilities: Float) -> StringGradient:
        """The cross entropy of data on bitstrings (M, n) with probabilities (M,)."""


def total_noise(square_norms: Float, gradient: Float, probabilities: Float) -> float:
    """Root of E|g_x|^2 - |E g_x|^2, from the square norms |g_x|^2 of the strings' gradients, (M,), and their mean."""
    return float(np.sqrt(max(0.0, float(probabilities @ square_norms - gradient @ gradient))))


def fit(
    model: ExplicitModel,
    theta: Float,
    bitstrings: NDArray,
    probabilities: Float,
    epochs: int,
    rate: Callable[[int], float],
) -> Iterator[tuple[int, Float]]:
    """Train with Adam on the exact gradient; yield (epoch, theta) before each step and at the end.

    Parameters
    ----------
    theta
        Start, (n_parameters,).
    bitstrings, probabilities
        The training set, (M, n) and (M,).
    rate
        Learning rate of an epoch, from 0.

    Examples
    --------
    One bit with data 1, 1, 1, 0: the logit of a chain of length 1 goes to log 3.

    >>> import numpy as np
    >>> from bornscape.classical_models import AutoregressiveModel
    >>> data, probabilities = np.array([[0], [1]]), np.array([0.25, 0.75])
    >>> *_, (epoch, theta) = fit(AutoregressiveModel(1), np.zeros(1), data, probabilities, 500, lambda epoch: 0.02)
    >>> epoch, theta.round(3).tolist()
    (500, [1.099])
    """
    optimiser = Adam.start(model.n_parameters)
    for epoch in range(epochs + 1):
        yield epoch, theta
        if epoch < epochs:
            cross_entropy = model.gradient(theta, bitstrings, probabilities)
            theta = theta + optimiser.step(cross_entropy.gradient, rate(epoch))
