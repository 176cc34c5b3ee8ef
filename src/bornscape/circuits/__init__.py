"""Circuits as data, and where they come from: the paper's ansatz, other families, and traced PennyLane functions."""

from bornscape.circuits.gates import (
    DIAGONAL_GATES,
    FIXED_GATES,
    ROTATION_PAULIS,
    AngleMap,
    Circuit,
    Gate,
    adjoint,
    entangled_circuit,
    inert_uses,
    line_circuit,
    primitives,
    product_circuit,
)

__all__ = [
    "DIAGONAL_GATES",
    "FIXED_GATES",
    "ROTATION_PAULIS",
    "AngleMap",
    "Circuit",
    "Gate",
    "adjoint",
    "entangled_circuit",
    "inert_uses",
    "line_circuit",
    "primitives",
    "product_circuit",
]
