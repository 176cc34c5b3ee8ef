"""What a user would pick instead, one module a package; each says what it can do (``Peer``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module, metadata, util
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.work import Size

Float = NDArray[np.float64]

Epoch = Callable[[Float, Callable[[Float], Float], int], Float]
"""Gradient (P,) by shots: of theta (P,), dL/dq at frequencies (2**n,), and a seed, different at every call."""

ALL = Size(99, 99)
MODULES = ("lightning", "default_qubit", "catalyst", "jax_fused", "tensorcircuit_ng", "qulacs_gates", "aer")


@dataclass(frozen=True)
class Peer:
    """A package and what it can do here.

    Attributes
    ----------
    name, package, module
        As shown; as installed; as imported.
    draws
        (size, precision, batch) -> function of parameters (batch, P) that returns probabilities (batch, 2**n).
    gradients
        (size, loss name, data) -> function of parameters (P,) that returns the gradient (P,); None if it cannot.
    epochs
        (size, shots) -> a sampled epoch: the unshifted circuit and both shifts of every parameter, each measured with
        so many shots; None if it has none.
    largest_draw, largest_gradient
        Sizes beyond which it is left out, because it, or its compiler, takes minutes.
    """

    name: str
    package: str
    module: str
    draws: Callable[[Size, str, int], Callable[[Float], NDArray]] | None = None
    gradients: Callable[[Size, str, Float], Callable[[Float], NDArray]] | None = None
    epochs: Callable[[Size, int], Epoch] | None = None
    precisions: tuple[str, ...] = ("double", "single")
    largest_draw: Size = ALL
    largest_gradient: Size = ALL

    @property
    def installed(self) -> bool:
        return util.find_spec(self.module) is not None

    @property
    def version(self) -> str:
        return metadata.version(self.package)


def peers() -> list[Peer]:
    return [import_module(f"benchmarks.peers.{name}").PEER for name in MODULES]


def eq_53(size: Size, cnot: Any, ry: Any, rot: Any, theta: Any) -> None:
    """Apply the circuit of Eq. 53 by three functions of wires and angles; wire 0 is the most significant bit."""
    used = 0
    for layer in range(size.layers + 1):
        if layer:
            for i in range(size.n - 1):
                cnot(i, i + 1)
                ry(i, theta[used])
                cnot(i, i + 1)
                used += 1
        for i in range(size.n):
            rot(i, theta[used], theta[used + 1], theta[used + 2])
            used += 3
