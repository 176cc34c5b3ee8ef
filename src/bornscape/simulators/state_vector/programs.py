"""Circuits as lists of compiled loops: which loop each gate is, and an order in which neighbours can share a pass."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.circuits import Circuit, Gate, primitives

TURN_Y, TURN_Z, ENTANGLER, CNOT = 0, 1, 2, 3
_KINDS = {"RY": TURN_Y, "RZ": TURN_Z, "PhaseShift": TURN_Z, "CNOT": CNOT}
"""Loops by gate; a PhaseShift is a turn about Z up to a global phase."""


class Program(NamedTuple):
    """A circuit as G loops.

    Attributes
    ----------
    kinds
        (G,): a turn about Y (0) or Z (1), CNOT RY CNOT with the RY on the control (2), or CNOT (3).
    masks
        Weights of the bits of its wires in an outcome's index, (G, 2): control and target, or the one bit twice.
    angles, signs, quarters
        The angle that a loop turns by and that angle's sign, (G,); sign 0 for a loop without an angle. Signs over 4.
    uses
        (gate, part) of the circuit that a loop's angle belongs to, as ``circuits.inert_uses`` counts them.
    exact
        Whether states come out with their global phase.
    """

    kinds: NDArray[np.int64]
    masks: NDArray[np.int64]
    angles: NDArray[np.int64]
    signs: Float
    quarters: Float
    uses: tuple[tuple[int, int], ...]
    exact: bool

    def turns(self, angles: NDArray) -> Float:
        """Cosines and sines of half of each loop's angle, (G, 2) or (G, 2, B), from all angles, (n_angles,) or with B.

        Both from the tangent of a quarter, t: the cosine is 2 / (1 + t^2) - 1 and the sine t times 2 / (1 + t^2). NumPy
        has vector instructions for the tangent of a double alone; 2 ns instead of 16 with AVX-512, 10 without.
        """
        tangents = angles.take(self.angles, axis=0)
        tangents *= self.quarters if angles.ndim == 1 else self.quarters[:, None]
        np.tan(tangents, out=tangents)
        turns = np.empty((len(tangents), 2, *tangents.shape[1:]))
        cosines, sines = turns[:, 0], turns[:, 1]
        np.square(tangents, out=sines)
        sines += 1
        np.divide(2, sines, out=sines)
        np.subtract(sines, 1, out=cosines)
        sines *= tangents
        return turns


class _Loop(NamedTuple):
    kind: int
    wires: tuple[int, ...]
    angle: int
    sign: float
    use: tuple[int, int]


@lru_cache(maxsize=256)
def program(circuit: Circuit, first: int = 0, last: int | None = None) -> Program | None:
    """Loops of the circuit's gates from ``first`` to below ``last`` (to its end, if None).

    None if one of these gates has no loop, or the circuit no angle. Circuits compare by identity.
    """
    chosen = list(enumerate(circuit.gates))[first:last]
    parts = [(part, (k, j)) for k, gate in chosen for j, part in enumerate(primitives(gate))]
    gates = [part for part, _ in parts]
    if any(gate.name not in _KINDS for gate in gates) or not circuit.n_angles:
        return None
    loops = _in_passes(_loops(gates, [use for _, use in parts]))
    bits = [[1 << (circuit.n_qubits - 1 - loop.wires[end]) for end in (0, -1)] for loop in loops]
    signs = np.array([loop.sign for loop in loops])
    return Program(
        np.array([loop.kind for loop in loops], dtype=np.int64),
        np.array(bits, dtype=np.int64).reshape(-1, 2),
        np.array([loop.angle for loop in loops], dtype=np.int64),
        signs,
        signs / 4,
        tuple(loop.use for loop in loops),
        all(gate.name != "PhaseShift" for gate in gates),
    )


def has_loops(circuit: Circuit) -> bool:
    """Whether all of the circuit's gates have a loop, global phases included."""
    loops = program(circuit)
    return loops is not None and loops.exact


def _loops(gates: Sequence[Gate], uses: Sequence[tuple[int, int]]) -> list[_Loop]:
    """Gates as loops, CNOT RY CNOT as one of them."""
    loops: list[_Loop] = []
    k = 0
    while k < len(gates):
        entangler = _is_entangler(gates[k : k + 3])
        turn = gates[k + 1] if entangler else gates[k]
        kind = ENTANGLER if entangler else _KINDS[turn.name]
        sign = (-1.0 if turn.inverse else 1.0) if turn.angles else 0.0
        use = uses[k + 1] if entangler else uses[k]
        loops.append(_Loop(kind, tuple(gates[k].wires), turn.angles[0] if turn.angles else 0, sign, use))
        k += 3 if entangler else 1
    return loops


def _is_entangler(gates: Sequence[Gate]) -> bool:
    return (
        [gate.name for gate in gates] == ["CNOT", "RY", "CNOT"]
        and gates[0].wires == gates[2].wires
        and gates[1].wires == gates[0].wires[:1]
    )


def _in_passes(loops: Sequence[_Loop]) -> list[_Loop]:
    """The same circuit with turns about Z next to one another: they wait until nothing else can go first."""
    ordered: list[_Loop] = []
    rest = list(loops)
    while rest:
        waiting: list[_Loop] = []
        later: list[_Loop] = []
        blocked: set[int] = set()
        for loop in rest:
            if blocked.intersection(loop.wires):
                blocked.update(loop.wires)
                later.append(loop)
            elif loop.kind == TURN_Z:
                blocked.update(loop.wires)
                waiting.append(loop)
            else:
                ordered.append(loop)
        ordered += waiting
        rest = later
    return _from_the_first_wire(ordered)


def _from_the_first_wire(loops: Sequence[_Loop]) -> list[_Loop]:
    """The same circuit, neighbouring turns about Y on different wires in the order of their wires, as passes expect."""
    ordered: list[_Loop] = []
    for is_turn, group in groupby(loops, lambda loop: loop.kind == TURN_Y):
        chosen = list(group)
        distinct = len({loop.wires for loop in chosen}) == len(chosen)
        ordered += sorted(chosen, key=lambda loop: loop.wires) if is_turn and distinct else chosen
    return ordered
