"""A recurrent network over the bits: a gated recurrent unit (GRU) whose state gives the next bit's logit."""

from __future__ import annotations

from functools import partial
from typing import Any

from bornscape.classical_models.explicit import AutoregressiveNetwork
from bornscape.classical_models.networks import nearest_width, stack, weights_number


def before(bits: Any) -> Any:
    """The bit before each, as -1 or 1 and 0 before the first, (M, n), of bits (M, n)."""
    jnp = stack().jnp
    return jnp.concatenate([jnp.zeros_like(bits[:, :1]), 2 * bits[:, :-1] - 1], axis=1)


def recurrent(n_bits: int, budget: int) -> AutoregressiveNetwork:
    """A GRU of the width whose number of weights is nearest to ``budget``."""
    width = nearest_width(lambda width: weights_number(partial(_layers, width)), budget)
    return AutoregressiveNetwork("recurrent", n_bits, partial(_layers, width), _logits)


def _layers(width: int, key: Any) -> Any:
    tools = stack()
    first, second = tools.jax.random.split(key)
    return {"cell": tools.eqx.nn.GRUCell(1, width, key=first), "out": tools.eqx.nn.Linear(width, 1, key=second)}


def _logits(layers: Any, bits: Any) -> Any:
    jax, jnp = stack().jax, stack().jnp

    def step(states: Any, seen: Any) -> Any:
        states = jax.vmap(layers["cell"])(seen[:, None], states)
        return states, jax.vmap(layers["out"])(states)[:, 0]

    empty = jnp.zeros((len(bits), layers["cell"].hidden_size))
    return jax.lax.scan(step, empty, before(bits).T)[1].T
