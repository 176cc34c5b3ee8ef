"""qulacs: the circuit built anew at every draw, its Euler turns as one gate."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import Float, Peer, eq_53
from benchmarks.work import Size


def draws(size: Size, precision: str, batch: int) -> Callable[[Float], NDArray]:
    from qulacs import QuantumCircuit, QuantumState

    state = QuantumState(size.n)
    last = size.n - 1

    def one(theta: Float) -> NDArray:
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
        return np.abs(state.get_vector()) ** 2

    return lambda thetas: np.array([one(theta) for theta in thetas])


PEER = Peer("qulacs", "qulacs", "qulacs", draws, precisions=("double",))
