"""A discrete diffusion model: every bit flips with a chance a step until nothing is left, a network goes back.

As in D3PM (arXiv:2107.03006) with bit flips; the network gives the logits of the string before a step.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from bornscape.aliases import Float
from bornscape.bitstrings.sampling import sample_indices, to_bits
from bornscape.classical_models.latent_chain import LatentChain
from bornscape.classical_models.networks import nearest_width, stack, weights_number
from bornscape.training.generative import Estimate, Step

STEPS = 5
FLIP = 0.2
"""Chance that a bit flips in a step: after all of them the mean of a spin is 0.6**5 = 0.08 of what it was."""


class Diffusion(LatentChain):
    """One hidden layer of tanh that sees the string and the step; its own training is denoising."""

    native_loss = "denoising"

    def __init__(self, n_bits: int, budget: int) -> None:
        width = nearest_width(lambda width: weights_number(partial(_layers, n_bits, width)), budget)
        super().__init__("diffusion", n_bits, partial(_layers, n_bits, width), _logits, STEPS)

    def noised(self, strings: Float, rng: np.random.Generator) -> Float:
        """Paths that end at ``strings``, (M, n), and begin at what the flips left of them, (steps + 1, M, n)."""
        path = [strings]
        for _ in range(self.steps):
            path.append(np.abs(path[-1] - (rng.random(strings.shape) < FLIP)))
        return np.array(path[::-1])

    def native(self, p: Float, shots: int, rng: np.random.Generator) -> Step:
        """Maximum likelihood of every step back, on ``shots`` strings of the data and the noise on them."""
        weights = np.full(shots, -1 / shots)

        def step(theta: Float) -> Estimate:
            data = to_bits(sample_indices(p, shots, rng), self.n_bits).astype(np.float64)
            return Estimate(self.path_score(theta, self.noised(data, rng), weights), 0)

        return step


def _layers(n_bits: int, width: int, key: Any) -> Any:
    tools = stack()
    first, second = tools.jax.random.split(key)
    linear = tools.eqx.nn.Linear
    return {
        "in": linear(n_bits + 1, width, key=first),
        "out": linear(width, n_bits, key=second),
        "keep": tools.jnp.zeros(STEPS),
    }


def _logits(layers: Any, bits: Any, step: int) -> Any:
    tools = stack()
    signs = 2 * bits - 1
    time = tools.jnp.full((len(bits), 1), 2 * step / (STEPS - 1) - 1)
    hidden = tools.jnp.tanh(tools.jax.vmap(layers["in"])(tools.jnp.concatenate([signs, time], axis=1)))
    # Without the network a bit flips as often as the noise flips it.
    return (float(np.log(1 / FLIP - 1)) + layers["keep"][step]) * signs + tools.jax.vmap(layers["out"])(hidden)
