"""Local depolarising noise by trajectories: random Paulis inserted after the layers of a circuit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bornscape.circuits import Circuit, Gate

PAULIS = ("PauliX", "PauliY", "PauliZ")


def noisy_circuit(circuit: Circuit, noise: float, rng: np.random.Generator) -> Circuit:
    """One trajectory of the circuit with depolarising noise on every wire after every layer (not after layer 0).

    Parameters
    ----------
    circuit
        With ``layer_ends``.
    noise
        Chance that a wire meets one of the three Paulis, each equally likely (PennyLane's ``DepolarizingChannel``).
        In [0, 3/4]; at 3/4 a wire is fully depolarised.

    Returns
    -------
    A circuit with the same parameters. The mean of its probabilities over trajectories is the noisy distribution.

    Raises
    ------
    ValueError
        If the chance lies outside, or the circuit has no layers marked.
    """
    if not 0 <= noise <= 0.75:
        raise ValueError(f"noise: expected a chance between 0 and 3/4, got {noise}")
    if not circuit.layer_ends:
        raise ValueError("circuit: expected layers to be marked")
    gates = list(circuit.gates[: circuit.layer_ends[0]])
    for first, last in zip(circuit.layer_ends, circuit.layer_ends[1:], strict=False):
        gates += circuit.gates[first:last]
        struck = np.flatnonzero(rng.random(circuit.n_qubits) < noise)
        gates += [Gate(PAULIS[rng.integers(3)], (int(wire),)) for wire in struck]
    gates += circuit.gates[circuit.layer_ends[-1] :]
    return replace(circuit, gates=tuple(gates), layer_ends=())
