"""A small Transformer over the bits: one block of causal attention and a rectifier network, both beside a shortcut.

Without the usual normalisation of vectors: at widths of a few numbers it takes most of them away.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from bornscape.classical_models.explicit import AutoregressiveNetwork
from bornscape.classical_models.networks import nearest_width, stack, weights_number
from bornscape.classical_models.recurrent import before


def transformer(n_bits: int, budget: int) -> AutoregressiveNetwork:
    """One block of one head, of the width whose number of weights is nearest to ``budget``."""
    width = nearest_width(lambda width: weights_number(partial(_layers, n_bits, width)), budget)
    return AutoregressiveNetwork("transformer", n_bits, partial(_layers, n_bits, width), _logits)


def _layers(n_bits: int, width: int, key: Any) -> Any:
    tools = stack()
    nn, keys = tools.eqx.nn, tools.jax.random.split(key, 5)
    return {
        "bit": nn.Linear(1, width, key=keys[0]),
        "place": tools.jnp.zeros((n_bits, width)),
        "attention": nn.MultiheadAttention(1, width, key=keys[1]),
        "up": nn.Linear(width, 2 * width, key=keys[2]),
        "down": nn.Linear(2 * width, width, key=keys[3]),
        "out": nn.Linear(width, 1, key=keys[4]),
    }


def _logits(layers: Any, bits: Any) -> Any:
    tools = stack()
    jax, n = tools.jax, bits.shape[1]
    causal = tools.jnp.tril(tools.jnp.ones((n, n), dtype=bool))

    def one_string(seen: Any) -> Any:
        vectors = jax.vmap(layers["bit"])(seen[:, None]) + layers["place"]
        vectors = vectors + layers["attention"](vectors, vectors, vectors, mask=causal)
        inner = jax.nn.relu(jax.vmap(layers["up"])(vectors))
        vectors = vectors + jax.vmap(layers["down"])(inner)
        return jax.vmap(layers["out"])(vectors)[:, 0]

    return jax.vmap(one_string)(before(bits))
