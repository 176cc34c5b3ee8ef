"""A tree-tensor-network Born machine: q(x) = psi(x)^2 / Z, psi a binary tree of real tensors with the bits as leaves.

Contracted in JAX: a tree has one sensible order, from the leaves up, so that there is nothing for a contraction library
to search, and the norm Z goes the same way with every tensor doubled.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from bornscape.classical_models.explicit import ExplicitNetwork
from bornscape.classical_models.networks import nearest_width, stack

_SPREAD = 0.03
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
    make = partial(_tensors, n_bits, bond)
    return ExplicitNetwork("tree_tensor_network", n_bits, make, _log_probability, lambda _: _SPREAD)


def _entries(n_bits: int, bond: int) -> int:
    return 2 * n_bits * bond + (n_bits - 2) * bond**3 + bond**2


def _tensors(n_bits: int, bond: int, _: Any) -> Any:
    """What is added to tensors that copy: leaves (n, 2, b), nodes (n - 2, b, b, b) in the order of use, root (b, b)."""
    jnp = stack().jnp
    return {
        "leaves": jnp.zeros((n_bits, 2, bond)),
        "nodes": jnp.zeros((n_bits - 2, bond, bond, bond)),
        "root": jnp.zeros((bond, bond)),
    }


def _copies(tensors: Any) -> Any:
    """The tensors themselves: with nothing added the distribution is uniform."""
    jnp = stack().jnp
    same = jnp.eye(tensors["root"].shape[0])
    return {
        "leaves": 1.0 + tensors["leaves"],
        "nodes": same[:, :, None] * same[:, None, :] + tensors["nodes"],
        "root": same + tensors["root"],
    }


def _log_probability(tensors: Any, bits: Any) -> Any:
    jnp = stack().jnp
    tensors = _copies(tensors)
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
