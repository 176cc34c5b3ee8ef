"""A chain of latent strings, as implicit models draw it: uniform bits first, the string itself last.

q(x) is a sum over all strings in between, whose number is exponential in n; what is known is how likely each step of a
path is. So gradients of means over q come from paths, without a bias (the score function, REINFORCE).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.bitstrings.sampling import to_bits, to_indices
from bornscape.classical_models.networks import Make, stack, weights_of
from bornscape.training.generative import Estimate, Step, baseline_weights

Logits = Callable[[Any, Any, int], Any]
"""Logits of the next string's bits, (M, n), from the layers, the strings before, (M, n), and the number of the step."""


class LatentChain(ABC):
    """What implicit models of networks share; see ``GenerativeModel``. Bits of a step are independent, given the last.

    Parameters
    ----------
    make
        The layers, from a key.
    logits
        Of a step, from 0 to ``steps`` - 1.
    """

    explicit = False
    native_loss: str

    def __init__(self, name: str, n_bits: int, make: Make, logits: Logits, steps: int) -> None:
        self.name, self.n_bits, self.steps = name, n_bits, steps
        self.weights = weights_of(make)
        self.n_parameters = self.weights.number
        self.active: NDArray[np.bool_] = np.ones(self.n_parameters, dtype=bool)
        tools = stack()
        jax, jnp = tools.jax, tools.jnp

        def draw(theta: Any, uniforms: Any) -> Any:
            layers, path = self.weights.layers(theta), [(uniforms[0] < 0.5).astype(jnp.float64)]
            for t in range(steps):
                chances = jax.nn.sigmoid(logits(layers, path[-1], t))
                path.append((uniforms[t + 1] < chances).astype(jnp.float64))
            return jnp.stack(path)

        def log_path(theta: Any, path: Any) -> Any:
            layers = self.weights.layers(theta)
            parts = [
                -jnp.logaddexp(0.0, (1 - 2 * path[t + 1]) * logits(layers, path[t], t)).sum(axis=1)
                for t in range(steps)
            ]
            return sum(parts)

        every = to_bits(np.arange(2**n_bits), n_bits).astype(np.float64)
        half = n_bits // 2

        def all_q(theta: Any) -> Any:
            layers, q = self.weights.layers(theta), jnp.full(2**n_bits, 2.0**-n_bits)
            for t in range(steps):
                chances = jax.nn.sigmoid(logits(layers, every, t))
                # A step's matrix is a product over bits: two halves of it are enough.
                q = ((q[:, None] * _products(chances[:, :half])).T @ _products(chances[:, half:])).ravel()
            return q

        self._draw, self._all_q = jax.jit(draw), jax.jit(all_q)
        self._path_score = jax.jit(jax.grad(lambda theta, path, weights: weights @ log_path(theta, path)))
        self._score = jax.jit(jax.grad(lambda theta, weights: weights @ jnp.log(all_q(theta))))

    def start(self, rng: np.random.Generator) -> Float:
        """Random parameters, (n_parameters,), normal about 0."""
        return self.weights.start(rng)

    def probabilities(self, theta: Float) -> Float:
        """All q(x), (2**n,), from all paths."""
        return np.asarray(self._all_q(theta))

    def paths(self, theta: Float, shots: int, rng: np.random.Generator) -> Float:
        """Strings of ``shots`` paths, (steps + 1, shots, n), the uniform ones first."""
        return np.asarray(self._draw(theta, rng.random((self.steps + 1, shots, self.n_bits))))

    def path_score(self, theta: Float, path: Float, weights: Float) -> Float:
        """Sum over paths of weights_i grad log of the chance of all steps of path i, (n_parameters,)."""
        return np.asarray(self._path_score(theta, path, weights))

    def sample(self, theta: Float, shots: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Indices of the last strings of ``shots`` paths."""
        return to_indices(self.paths(theta, shots, rng)[-1])

    def score(self, theta: Float, indices: NDArray[np.int64], weights: Float) -> Float:
        """Sum of weights_i grad log q(x_i), (n_parameters,), which takes all paths."""
        return np.asarray(self._score(theta, np.bincount(indices, weights=weights, minlength=2**self.n_bits)))

    def slope(self, theta: Float, values: Float, shots: int, rng: np.random.Generator) -> Estimate:
        """Gradient of sum_x values(x) q(x) from ``shots`` paths: the mean of values times grad log of the path."""
        path = self.paths(theta, shots, rng)
        return Estimate(self.path_score(theta, path, baseline_weights(values[to_indices(path[-1])])), shots)

    @abstractmethod
    def native(self, p: Float, shots: int, rng: np.random.Generator) -> Step:
        """The model's own training."""


def _products(chances: Any) -> Any:
    """Chances of all strings of k independent bits, (M, 2**k), from those of a 1, (M, k)."""
    jnp = stack().jnp
    out = jnp.ones((len(chances), 1))
    for i in range(chances.shape[1]):
        both = jnp.stack([1 - chances[:, i], chances[:, i]], axis=1)
        out = (out[:, :, None] * both[:, None, :]).reshape(len(chances), -1)
    return out
