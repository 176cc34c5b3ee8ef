"""The stack of the network models: Equinox's layers on JAX, their weights as one vector, and widths that match a count.

Weights are 64-bit and JAX takes one thread, so that the numbers do not depend on how many cores there are; all random
numbers are NumPy's: JAX's own generator takes seconds to compile. Optax is not needed: every
model of the map takes the circuits' Adam.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from bornscape.aliases import Float
from bornscape.extras import extra

_FLAGS = (
    "--xla_cpu_multi_thread_eigen=false",
    # Networks of some hundred weights run no faster for LLVM's dear passes, which take most of the time to compile.
    "--xla_backend_optimization_level=1",
    "--xla_llvm_disable_expensive_passes=true",
)


@cache
def stack() -> Any:
    """JAX (``jax``), its NumPy (``jnp``), Equinox (``eqx``) and ``ravel``, which makes a vector of weights."""
    os.environ.setdefault("XLA_FLAGS", " ".join(_FLAGS))
    with extra("networks"):
        import equinox
        import jax
        from jax.flatten_util import ravel_pytree

    jax.config.update("jax_enable_x64", True)
    return SimpleNamespace(jax=jax, jnp=jax.numpy, eqx=equinox, ravel=ravel_pytree)


Make = Callable[[Any], Any]
"""The layers of a network, as any nest of Equinox's modules and arrays, from a JAX key; only their shapes are used."""

Spread = Callable[[tuple[int, ...]], float]
"""Standard deviation of the first weights of an array of a shape."""


def by_inputs(shape: tuple[int, ...]) -> float:
    """One over the root of the number of inputs, which is an array's last axis: sums of them are of order 1."""
    return float(shape[-1] ** -0.5)


class Weights(NamedTuple):
    """How the layers of a network become a vector theta, (n_parameters,), and come back from it."""

    number: int
    start: Callable[[np.random.Generator], Float]
    layers: Callable[[Any], Any]


def weights_of(make: Make, spread: Spread = by_inputs) -> Weights:
    """The weights of the network that ``make`` builds, normal about 0 at the start."""
    tools = stack()
    shapes, rest = tools.eqx.partition(_shapes(make), lambda leaf: isinstance(leaf, tools.jax.ShapeDtypeStruct))
    _, back = tools.ravel(tools.jax.tree.map(lambda leaf: np.zeros(leaf.shape), shapes))
    deviations = np.concatenate([np.full(leaf.size, spread(leaf.shape)) for leaf in tools.jax.tree.leaves(shapes)])
    return Weights(
        len(deviations),
        lambda rng: rng.normal(0.0, deviations),
        lambda theta: tools.eqx.combine(back(theta), rest),
    )


def _shapes(make: Make) -> Any:
    tools = stack()
    return tools.eqx.filter_eval_shape(lambda: make(tools.jax.random.key(0)))


def weights_number(make: Make) -> int:
    """How many weights the network has, without building it."""
    tools = stack()
    return sum(leaf.size for leaf in tools.jax.tree.leaves(_shapes(make)) if hasattr(leaf, "size"))


def nearest_width(number: Callable[[int], int], budget: int) -> int:
    """The width, from 1, whose ``number`` of parameters, which grows with it, is nearest to ``budget``.

    Examples
    --------
    >>> nearest_width(lambda width: width**2, budget=14), nearest_width(lambda width: width**2, budget=0)
    (4, 1)
    """
    width = 1
    while number(width + 1) <= budget:
        width += 1
    return min((width, width + 1), key=lambda candidate: abs(number(candidate) - budget))
