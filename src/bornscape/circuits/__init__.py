"""Circuits as data, and where they come from: the paper's ansatz, other families, and traced PennyLane functions."""

from bornscape.circuits.ansatze import entangled_circuit, line_circuit, product_circuit
from bornscape.circuits.gates import (
    DIAGONAL_GATES,
    FIXED_GATES,
    ROTATION_PAULIS,
    AngleMap,
    Circuit,
    Gate,
    adjoint,
    inert_uses,
    live_angles,
    live_uses,
    primitives,
)
from bornscape.circuits.uses import separate_uses

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
    "live_angles",
    "live_uses",
    "primitives",
    "product_circuit",
    "separate_uses",
]
