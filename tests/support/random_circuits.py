"""Random circuits of all gates that the kernels know."""

from __future__ import annotations

import numpy as np

from bornscape.circuits import FIXED_GATES, ROTATION_PAULIS, Circuit, Gate

CLIFFORD = tuple(sorted(FIXED_GATES - {"T", "Toffoli", "CSWAP"}))
_WIRES = {"CNOT": 2, "CY": 2, "CZ": 2, "SWAP": 2, "Toffoli": 3, "CSWAP": 3}


def random_circuit(
    n_qubits: int, n_gates: int, rng: np.random.Generator, names: tuple[str, ...] | None = None, reach: int = 64
) -> Circuit:
    """Gates of these names (all, unless given) on random wires at most ``reach`` apart, each angle used once."""
    names = names or tuple(sorted(FIXED_GATES | ROTATION_PAULIS.keys()))
    gates: list[Gate] = []
    n_angles = 0
    for name in rng.choice(names, size=n_gates).tolist():
        first = int(rng.integers(0, n_qubits))
        near = [wire for wire in range(n_qubits) if wire != first and abs(wire - first) <= reach]
        count = len(ROTATION_PAULIS[name]) if name in ROTATION_PAULIS else _WIRES.get(name, 1)
        if len(near) < count - 1:
            continue
        wires = (first, *rng.permutation(near)[: count - 1].tolist())
        angles = (n_angles,) if name in ROTATION_PAULIS else ()
        n_angles += len(angles)
        gates.append(Gate(name, wires, angles, bool(rng.integers(0, 2))))
    return Circuit(n_qubits, n_angles, tuple(gates))


def random_words(n_words: int, n_measured: int, rng: np.random.Generator, share: float = 0.5) -> np.ndarray:
    """Words with a Z on each measured wire with probability ``share``, (n_words, n_measured)."""
    return (rng.random((n_words, n_measured)) < share).astype(np.uint8)
