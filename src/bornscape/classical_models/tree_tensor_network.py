"""A tree-tensor-network Born machine: q(x) = psi(x)^2 / Z, psi a binary tree of real tensors with the bits as leaves.

Contracted in JAX: a tree has one sensible order, from the leaves up, so that there is nothing for a contraction library
to search, and the norm Z goes the same way with every tensor doubled.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from bornscape.classical_models.explicit import ExplicitNetwork
from bornscape.classical_models.networks import nearest_width, stack

_SPREAD = 0.3
"""Standard deviation of the entries about tensors of a uniform distribution."""


def tree_tensor_network(n_bits: int, budget: int) -> ExplicitNetwork:
    """A tree of the bond whose number of entries is nearest to ``budget``; needs at least 2 bits.

    Entries: 2 b a leaf, b^3 a node, b^2 the root; halves of unequal size differ by one bit.

    Examples
    --------
    >>> tree_tensor_network(4, budget=40).n_parameters
    36
    """
    bond = nearest_width(lambda bond: _entries(n_bits, bond), budget)
    return ExplicitNetwork("tree_tensor_network", n_bits, partial(_tensors, n_bits, bond), _log_probability)


def _entries(n_bits: int, bond: int) -> int:
    return 2 * n_bits * bond + (n_bits - 2) * bond**3 + bond**2


def _tensors(n_bits: int, bond: int, key: Any) -> Any:
    """Leaves (n, 2, b), nodes (n - 2, b, b, b) in the order of use, root (b, b): copies plus normal entries."""
    jax, jnp = stack().jax, stack().jnp
    keys = jax.random.split(key, 3)
    same = jnp.eye(bond)
    copy = same[:, :, None] * same[:, None, :]
    starts = {"leaves": jnp.ones((n_bits, 2, bond)), "nodes": jnp.tile(copy, (n_bits - 2, 1, 1, 1)), "root": same}
    return {
        name: start + _SPREAD * jax.random.normal(k, start.shape)
        for k, (name, start) in zip(keys, starts.items(), strict=True)
    }


def _log_probability(tensors: Any, bits: Any) -> Any:
    jnp = stack().jnp
    leaves = tensors["leaves"]
    ones = bits[:, :, None]
    below = (1 - ones) * leaves[:, 0] + ones * leaves[:, 1]
    amplitudes = _up(tensors, list(jnp.moveaxis(below, 1, 0)), "ml,mr,lru->mu")
    psi = jnp.einsum("ml,mr,lr->m", *amplitudes, tensors["root"])
    doubled = _up(tensors, list(jnp.einsum("ixa,ixb->iab", leaves, leaves)), "la,rb,lru,abv->uv")
    norm = jnp.einsum("la,rb,lr,ab->", *doubled, tensors["root"], tensors["root"])
    return 2 * jnp.log(jnp.abs(psi)) - jnp.log(norm)


def _up(tensors: Any, parts: list[Any], rule: str) -> tuple[Any, Any]:
    """What the leaves' ``parts`` become on both sides of the root."""
    jnp, nodes = stack().jnp, iter(tensors["nodes"])

    def merged(group: list[Any]) -> Any:
        if len(group) == 1:
            return group[0]
        left, right = merged(group[: len(group) // 2]), merged(group[len(group) // 2 :])
        node = next(nodes)
        return jnp.einsum(rule, left, right, *[node] * (rule.count(",") - 1))

    return merged(parts[: len(parts) // 2]), merged(parts[len(parts) // 2 :])
