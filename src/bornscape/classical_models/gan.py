"""A generative adversarial network of bits: uniform latent bits, a network, and a coin for every bit of the string.

The gradient comes from log q(x | z) of the drawn strings (REINFORCE), not from a straight-through estimate: it has no
bias, so that a loss that fails fails for want of samples.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from bornscape.aliases import Float
from bornscape.classical_models.latent_chain import LatentChain
from bornscape.classical_models.networks import nearest_width, stack, weights_number
from bornscape.training.adversarial import adversarial_step
from bornscape.training.discriminators import Discriminator
from bornscape.training.generative import Step

JUDGE_WIDTH, JUDGE_RATE, JUDGE_STEPS = 64, 0.01, 10
"""The discriminator: rectifiers of its one hidden layer, its learning rate, its steps before each of the generator."""


class GenerativeAdversarialNetwork(LatentChain):
    """As many latent bits as bits, one hidden layer of tanh; its own training is adversarial."""

    native_loss = "adversarial"

    def __init__(self, n_bits: int, budget: int) -> None:
        width = nearest_width(lambda width: weights_number(partial(_layers, n_bits, width)), budget)
        super().__init__("gan", n_bits, partial(_layers, n_bits, width), _logits, steps=1)

    def native(self, p: Float, shots: int, rng: np.random.Generator) -> Step:
        """Down -sum_x q(x) D(x), D the log-odds of a network on bits; see ``adversarial_step``."""
        judge = Discriminator(self.n_bits, "network", JUDGE_WIDTH, JUDGE_RATE, shots, int(rng.integers(2**31)))
        return adversarial_step(self, judge, p, JUDGE_STEPS, shots, rng)


def _layers(n_bits: int, width: int, key: Any) -> Any:
    tools = stack()
    first, second = tools.jax.random.split(key)
    linear = tools.eqx.nn.Linear
    return {"in": linear(n_bits, width, key=first), "out": linear(width, n_bits, key=second)}


def _logits(layers: Any, latent: Any, _: int) -> Any:
    tools = stack()
    hidden = tools.jnp.tanh(tools.jax.vmap(layers["in"])(2 * latent - 1))
    return tools.jax.vmap(layers["out"])(hidden)
