"""A small Transformer over the bits: one block of causal attention and a rectifier network, both beside a shortcut."""

from __future__ import annotations

from functools import partial
from typing import Any

from bornscape.classical_models.explicit import AutoregressiveNetwork
from bornscape.classical_models.networks import nearest_width, stack, weights_number
from bornscape.classical_models.recurrent import before

_SPREAD = 0.5
"""Standard deviation of the places' first vectors, which tell positions apart."""


def transformer(n_bits: int, budget: int) -> AutoregressiveNetwork:
    """One block of one head, of the width whose number of weights is nearest to ``budget``."""
    width = nearest_width(lambda width: weights_number(partial(_layers, n_bits, width)), budget)
    return AutoregressiveNetwork("transformer", n_bits, partial(_layers, n_bits, width), _logits)


def _layers(n_bits: int, width: int, key: Any) -> Any:
    tools = stack()
    nn, keys = tools.eqx.nn, tools.jax.random.split(key, 6)
    return {
        "bit": nn.Linear(1, width, key=keys[0]),
        "place": _SPREAD * tools.jax.random.normal(keys[1], (n_bits, width)),
        "attention": nn.MultiheadAttention(1, width, key=keys[2]),
        "norms": [nn.LayerNorm(width), nn.LayerNorm(width)],
        "up": nn.Linear(width, 2 * width, key=keys[3]),
        "down": nn.Linear(2 * width, width, key=keys[4]),
        "out": nn.Linear(width, 1, key=keys[5]),
    }


def _logits(layers: Any, bits: Any) -> Any:
    tools = stack()
    jax, n = tools.jax, bits.shape[1]
    causal = tools.jnp.tril(tools.jnp.ones((n, n), dtype=bool))
    first, second = layers["norms"]

    def one_string(seen: Any) -> Any:
        vectors = jax.vmap(layers["bit"])(seen[:, None]) + layers["place"]
        normed = jax.vmap(first)(vectors)
        vectors = vectors + layers["attention"](normed, normed, normed, mask=causal)
        inner = jax.nn.relu(jax.vmap(layers["up"])(jax.vmap(second)(vectors)))
        vectors = vectors + jax.vmap(layers["down"])(inner)
        return jax.vmap(layers["out"])(vectors)[:, 0]

    return jax.vmap(one_string)(before(bits))
