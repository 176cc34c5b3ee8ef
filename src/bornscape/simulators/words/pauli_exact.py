"""Pauli propagation without truncation: circuits of Clifford gates and few rotations in the cone of each word."""

from __future__ import annotations

from dataclasses import dataclass

from bornscape.simulators.words.pauli import PauliEngine


@dataclass(frozen=True, eq=False)
class PauliExactEngine(PauliEngine):
    """``PauliEngine`` that drops nothing, and does not fit words that become more than ``largest`` Pauli words."""

    cutoff: float = 0.0
    name: str = "pauli_exact"
