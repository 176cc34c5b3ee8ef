"""Explicit models as generative models: what follows once q(x) and grad log q(x) of a string can be had."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.bitstrings.sampling import sample_indices, to_bits, to_indices
from bornscape.classical_models.networks import Make, Spread, by_inputs, stack, weights_of
from bornscape.training.generative import Estimate, Step, baseline_weights

_ROWS = 128
"""Strings a call of a compiled gradient: one shape, so that it is compiled once."""


class Explicit(ABC):
    """What all explicit models share; see ``GenerativeModel``. Their own training is maximum likelihood."""

    explicit = True
    native_loss = "maximum_likelihood"

    def __init__(self, name: str, n_bits: int, n_parameters: int) -> None:
        self.name, self.n_bits, self.n_parameters = name, n_bits, n_parameters
        self.active: NDArray[np.bool_] = np.ones(n_parameters, dtype=bool)
        self.all_bits = to_bits(np.arange(2**n_bits), n_bits)

    @abstractmethod
    def start(self, rng: np.random.Generator) -> Float:
        """Random parameters, (n_parameters,)."""

    @abstractmethod
    def probabilities(self, theta: Float) -> Float:
        """All q(x), (2**n,)."""

    @abstractmethod
    def score(self, theta: Float, indices: NDArray[np.int64], weights: Float) -> Float:
        """Sum of weights_i grad log q(x_i), (n_parameters,)."""

    def sample(self, theta: Float, shots: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Indices of ``shots`` strings drawn from q, from the list of all q(x)."""
        return sample_indices(self.probabilities(theta), shots, rng)

    def slope(self, theta: Float, values: Float, shots: int, rng: np.random.Generator) -> Estimate:
        """Gradient of sum_x values(x) q(x) from ``shots`` samples: the mean of values times grad log q."""
        drawn = self.sample(theta, shots, rng)
        return Estimate(self.score(theta, drawn, baseline_weights(values[drawn])), shots)

    def native(self, p: Float, shots: int, rng: np.random.Generator) -> Step:
        """Maximum likelihood on ``shots`` strings of the data a step."""
        weights = np.full(shots, -1 / shots)
        return lambda theta: Estimate(self.score(theta, sample_indices(p, shots, rng), weights), 0)


class ExplicitNetwork(Explicit):
    """A network whose log q(x) is differentiated by JAX.

    Parameters
    ----------
    make
        Its layers, from a key.
    log_probability
        Log q, (M,), in nats, of the layers and of strings (M, n).
    spread
        Of the first weights.
    """

    def __init__(
        self,
        name: str,
        n_bits: int,
        make: Make,
        log_probability: Callable[[Any, Any], Any],
        spread: Spread = by_inputs,
    ) -> None:
        jax = stack().jax
        self.weights = weights_of(make, spread)
        super().__init__(name, n_bits, self.weights.number)

        def log_q(theta: Any, bits: Any) -> Any:
            return log_probability(self.weights.layers(theta), bits)

        self._log_q = jax.jit(log_q)
        self._score = jax.jit(jax.grad(lambda theta, bits, weights: weights @ log_q(theta, bits)))

    def start(self, rng: np.random.Generator) -> Float:
        """Random parameters, (n_parameters,), normal about 0."""
        return self.weights.start(rng)

    def probabilities(self, theta: Float) -> Float:
        """All q(x), (2**n,)."""
        return np.exp(np.asarray(self._log_q(theta, self.all_bits.astype(np.float64))))

    def score(self, theta: Float, indices: NDArray[np.int64], weights: Float) -> Float:
        """Sum of weights_i grad log q(x_i), (n_parameters,)."""
        total = np.zeros(self.n_parameters)
        for first in range(0, len(indices), _ROWS):
            part = slice(first, first + _ROWS)
            filling = _ROWS - len(indices[part])
            bits = self.all_bits[np.pad(indices[part], (0, filling), mode="edge")].astype(np.float64)
            total += np.asarray(self._score(theta, bits, np.pad(weights[part], (0, filling))))
        return total


class AutoregressiveNetwork(ExplicitNetwork):
    """A network that gives the logit of every bit from the bits before it, and so is sampled bit by bit.

    Parameters
    ----------
    logits
        (M, n), of the layers and of strings (M, n); the i-th may depend on bits before the i-th alone.
    """

    def __init__(self, name: str, n_bits: int, make: Make, logits: Callable[[Any, Any], Any]) -> None:
        tools = stack()

        def log_probability(layers: Any, bits: Any) -> Any:
            return -tools.jnp.logaddexp(0.0, (1 - 2 * bits) * logits(layers, bits)).sum(axis=1)

        super().__init__(name, n_bits, make, log_probability)

        def draw(theta: Any, uniforms: Any) -> Any:
            layers = self.weights.layers(theta)

            def next_bit(i: Any, bits: Any) -> Any:
                return bits.at[:, i].set(uniforms[:, i] < tools.jax.nn.sigmoid(logits(layers, bits)[:, i]))

            return tools.jax.lax.fori_loop(0, n_bits, next_bit, tools.jnp.zeros_like(uniforms))

        self._draw = tools.jax.jit(draw)

    def sample(self, theta: Float, shots: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Indices of ``shots`` strings, drawn bit by bit."""
        return to_indices(np.asarray(self._draw(theta, rng.random((shots, self.n_bits)))))
