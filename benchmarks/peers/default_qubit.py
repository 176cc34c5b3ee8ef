"""PennyLane's default.qubit: parameters broadcast for draws, backpropagation with autograd for gradients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pennylane as qml
from numpy.typing import NDArray
from pennylane import numpy as pnp

from benchmarks.kernel_matrix import kernel_matrix
from benchmarks.peers import Float, Peer
from benchmarks.peers.lightning import node
from benchmarks.work import Size


def draws(size: Size, precision: str, batch: int) -> Callable[[Float], NDArray]:
    circuit = node(size, "default.qubit")
    if batch == 1:
        return lambda thetas: np.asarray(circuit(thetas[0]))[None]
    return lambda thetas: np.asarray(circuit(thetas.T))


def gradients(size: Size, loss: str, p: Float) -> Callable[[Float], NDArray]:
    circuit = node(size, "default.qubit")
    kernel = kernel_matrix(size.n, size.n / 4) if loss == "mmd" else None

    def value(theta: Float) -> object:
        q = circuit(theta)
        if loss == "kld":
            return -pnp.sum(p * pnp.log(q))
        return pnp.sum(pnp.abs(p - q)) if loss == "tvd" else (q - p) @ kernel @ (q - p)

    backward = qml.grad(value)
    return lambda theta: np.asarray(backward(pnp.array(theta, requires_grad=True)))


PEER = Peer(
    "PennyLane default.qubit",
    "pennylane",
    "pennylane",
    draws,
    gradients,
    precisions=("double",),
    largest_draw=Size(16, 16),
    largest_gradient=Size(12, 12),
)
