"""qulacs: the circuit built anew at every draw, its Euler turns as one gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import Epoch, Float, Peer, eq_53
from benchmarks.work import Size


def _states(size: Size) -> Callable[[Float], Any]:
    """The circuit's state at theta, (P,): one object that every call changes."""
    from qulacs import QuantumCircuit, QuantumState

    state = QuantumState(size.n)
    last = size.n - 1

    def one(theta: Float) -> Any:
        # Its wire 0 is the least significant bit, and its RY turns the other way.
        circuit = QuantumCircuit(size.n)
        eq_53(
            size,
            lambda a, b: circuit.add_CNOT_gate(last - a, last - b),
            lambda i, t: circuit.add_RY_gate(last - i, -t),
            lambda i, a, b, c: circuit.add_U3_gate(last - i, b, c, a),
            theta.tolist(),
        )
        state.set_zero_state()
        circuit.update_quantum_state(state)
        return state

    return one


def draws(size: Size, precision: str, batch: int) -> Callable[[Float], NDArray]:
    one = _states(size)
    return lambda thetas: np.array([np.abs(one(theta).get_vector()) ** 2 for theta in thetas])


def epochs(size: Size, shots: int) -> Epoch:
    """Its own samples of every shifted circuit; a mean of the slope at them takes no counts."""
    one, outcomes = _states(size), 2**size.n

    def epoch(theta: Float, slope_of: Callable[[Float], Float], seed: int) -> Float:
        seeds = iter(np.random.default_rng(seed).integers(2**31, size=1 + 2 * len(theta)).tolist())

        def seen(angles: Float) -> list[int]:
            return one(angles).sampling(shots, next(seeds))

        slope = slope_of(np.bincount(seen(theta), minlength=outcomes) / shots)
        found = np.empty(len(theta))
        for k in range(len(theta)):
            shift = np.zeros(len(theta))
            shift[k] = np.pi / 2
            found[k] = (slope[seen(theta + shift)].mean() - slope[seen(theta - shift)].mean()) / 2
        return found

    return epoch


PEER = Peer("qulacs", "qulacs", "qulacs", draws, epochs=epochs, precisions=("double",))
