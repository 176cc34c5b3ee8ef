"""The local quantum fidelity at sizes without state vectors: words of one wire after the inverse circuit.

LQF = 1/2 - sum_i <Z_i> / 2n, measured after U^dagger has acted on the data state: an observable of words, whose
gradient and whose shots' noise are those of any other. The engines start from the data state.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bornscape.circuits import Circuit, adjoint
from bornscape.losses.word_observable import WordObservable
from bornscape.losses.word_samples import singles


def local_fidelity_words(n_qubits: int) -> WordObservable:
    """The LQF as an observable of what is measured after the inverse circuit.

    Examples
    --------
    The share of ones of two bits.

    >>> local_fidelity_words(2).diagonal().tolist()
    [0.0, 0.5, 0.5, 1.0]
    """
    return WordObservable(singles(n_qubits), np.full(n_qubits, -0.5 / n_qubits), 0.5)


def inverse_circuit(circuit: Circuit) -> Circuit:
    """U^dagger of a circuit whose angles are used once each, with the same angles.

    Raises
    ------
    ValueError
        If the circuit has hidden wires: what is measured of it has no inverse.
    """
    if circuit.n_measured < circuit.n_qubits:
        raise ValueError("a quantum fidelity needs a circuit without hidden wires")
    return adjoint(replace(circuit, measured=None))
