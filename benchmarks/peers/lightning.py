"""PennyLane's QNode on lightning.qubit, as a reader would write it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pennylane as qml
from numpy.typing import NDArray

from benchmarks.peers import Float, Peer, eq_53
from benchmarks.work import Size


def node(size: Size, device: str, **settings: object) -> Callable[[Float], NDArray]:
    """Eq. 53 as a QNode that returns all probabilities."""

    @qml.qnode(qml.device(device, wires=size.n, **settings))
    def circuit(theta: Float) -> object:
        eq_53(size, lambda a, b: qml.CNOT([a, b]), lambda i, t: qml.RY(t, i), lambda i, *t: qml.Rot(*t, i), theta)
        return qml.probs(wires=range(size.n))

    return circuit


def draws(size: Size, precision: str, batch: int) -> Callable[[Float], NDArray]:
    kind = np.complex128 if precision == "double" else np.complex64
    one = node(size, "lightning.qubit", c_dtype=kind)
    return lambda thetas: np.array([one(theta) for theta in thetas])


PEER = Peer("PennyLane lightning.qubit", "pennylane-lightning", "pennylane_lightning", draws)
