"""Qiskit Aer: its statevector simulator with gate fusion, parameters bound at run time, a batch a run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import Float, Peer, eq_53
from benchmarks.work import Size, circuit_of


def draws(size: Size, precision: str, batch: int) -> Callable[[Float], NDArray]:
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterVector
    from qiskit_aer import AerSimulator

    count = circuit_of(size).n_parameters
    theta = ParameterVector("theta", count)
    last = size.n - 1
    # Its wire 0 is the least significant bit.
    circuit = QuantumCircuit(size.n)
    eq_53(
        size,
        lambda a, b: circuit.cx(last - a, last - b),
        lambda i, t: circuit.ry(t, last - i),
        lambda i, a, b, c: circuit.u(b, c, a, last - i),
        theta,
    )
    circuit.save_probabilities()
    simulator = AerSimulator(
        method="statevector",
        precision=precision,
        fusion_enable=True,
        max_parallel_threads=1,
        runtime_parameter_bind_enable=True,
    )

    def run(thetas: Float) -> NDArray:
        bound = [{theta[k]: thetas[:, k].tolist() for k in range(count)}]
        result = simulator.run(circuit, parameter_binds=bound).result()
        return np.array([result.data(k)["probabilities"] for k in range(len(thetas))])

    return run


PEER = Peer("Qiskit Aer", "qiskit-aer", "qiskit_aer", draws)
