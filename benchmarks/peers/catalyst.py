"""Catalyst: the lightning.qubit QNode compiled ahead of time, with Python's share gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pennylane as qml
from numpy.typing import NDArray

from benchmarks.peers import Epoch, Float, Peer, eq_53
from benchmarks.peers.lightning import node
from benchmarks.work import Size, circuit_of


def draws(size: Size, precision: str, batch: int) -> Callable[[Float], NDArray]:
    from catalyst import qjit

    one = qjit(node(size, "lightning.qubit"))
    return lambda thetas: np.array([one(theta) for theta in thetas])


def epochs(size: Size, shots: int) -> Epoch:
    """One compiled program: a loop over all parameters, both shifts of each sampled by Lightning inside it."""
    import jax.numpy as jnp
    from catalyst import for_loop, qjit

    count = circuit_of(size).n_parameters
    weights = jnp.asarray(2 ** np.arange(size.n - 1, -1, -1))

    @qml.set_shots(shots)
    @qml.qnode(qml.device("lightning.qubit", wires=size.n))
    def bits(theta: Any) -> Any:
        eq_53(size, lambda a, b: qml.CNOT([a, b]), lambda i, t: qml.RY(t, i), lambda i, *t: qml.Rot(*t, i), theta)
        return qml.sample()

    @qjit
    def seen(theta: Any) -> Any:
        return bits(theta)

    @qjit
    def gradient(theta: Any, slope: Any) -> Any:
        def mean(angles: Any) -> Any:
            return jnp.mean(slope[bits(angles).astype(int) @ weights])

        @for_loop(0, count, 1)
        def shifted(k: Any, found: Any) -> Any:
            up, down = theta.at[k].add(np.pi / 2), theta.at[k].add(-np.pi / 2)
            return found.at[k].set((mean(up) - mean(down)) / 2)

        return shifted(jnp.zeros(count))

    def epoch(theta: Float, slope_of: Callable[[Float], Float], seed: int) -> Float:
        outcomes = np.asarray(seen(theta)).astype(np.int64) @ np.asarray(weights)
        return np.asarray(gradient(theta, slope_of(np.bincount(outcomes, minlength=2**size.n) / shots)))

    return epoch


PEER = Peer("Catalyst qjit", "pennylane-catalyst", "catalyst", draws, epochs=epochs, precisions=("double",))
