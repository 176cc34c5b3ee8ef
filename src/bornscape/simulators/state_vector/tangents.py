"""Tangent states: every distribution of the parameter-shift rule from one state an angle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Complex, Float
from bornscape.bitstrings.threads import LARGE, for_each, pieces
from bornscape.circuits import ROTATION_PAULIS, Circuit, primitives
from bornscape.simulators.state_vector.large import tangents_large
from bornscape.simulators.state_vector.lightning import (
    CACHE_WIRES,
    DTYPES,
    Precision,
    apply,
    read_state,
    start_state,
    step,
    steps_of,
)
from bornscape.simulators.state_vector.parts import joined, start_parts
from bornscape.simulators.state_vector.programs import has_loops, program
from bornscape.simulators.state_vector.tangent_columns import column_blocks


@dataclass(frozen=True)
class ShiftedState:
    """The tangent state of one use of an angle, from which both shifted distributions follow.

    A rotation's states at angle +- pi/2 are (psi -+ i sign phi) / sqrt 2, with phi the state that has the gate's
    Pauli word inserted after it.
    """

    angle: int
    sign: int
    tangent: Complex

    def probabilities(self, amplitudes: Complex) -> tuple[NDArray, NDArray]:
        """Distributions at this angle plus and minus pi/2, each (2**n,), from the unshifted ``amplitudes``."""
        found = np.empty((2, len(amplitudes)), dtype=amplitudes.real.dtype)

        def piece(chosen: slice) -> None:
            psi, phi = amplitudes[chosen], self.tangent[chosen]
            even = 0.5 * (psi.real**2 + psi.imag**2 + phi.real**2 + phi.imag**2)
            odd = psi.real * phi.imag - psi.imag * phi.real
            found[0, chosen], found[1, chosen] = even + odd, even - odd

        for_each(piece, pieces(len(amplitudes)))
        return (found[0], found[1]) if self.sign > 0 else (found[1], found[0])


@dataclass(frozen=True, eq=False)
class ShiftedBlock:
    """Tangent states of k neighbouring uses of angles: angles and signs (k,), tangents (k, 2**n); see ShiftedState."""

    angles: NDArray[np.int64]
    signs: NDArray[np.int64]
    tangents: Complex


def shifted_states(
    circuit: Circuit,
    theta: Sequence[float] | Float,
    precision: Precision = "double",
    initial: NDArray | None = None,
    register_wires: int | None = None,
    skip: frozenset[tuple[int, int]] = frozenset(),
) -> Iterator[ShiftedState]:
    """Yield the tangent state of every use of an angle but for those in ``skip``, each after all that it depends on."""
    for block in shifted_blocks(circuit, theta, precision, initial, register_wires, skip):
        for angle, sign, tangent in zip(block.angles.tolist(), block.signs.tolist(), block.tangents, strict=True):
            yield ShiftedState(angle, sign, tangent)


def shifted_blocks(
    circuit: Circuit,
    theta: Sequence[float] | Float,
    precision: Precision = "double",
    initial: NDArray | None = None,
    register_wires: int | None = None,
    skip: frozenset[tuple[int, int]] = frozenset(),
) -> Iterator[ShiftedBlock]:
    """The tangent states of ``shifted_states``, as many at a time as fit the cache.

    The tangent states of neighbouring gates pass through the rest of the circuit together: as columns of an array in
    compiled loops (``tangent_columns``), or, for gates without a loop and where ``register_wires`` says how many at a
    time, as one Lightning state whose top wires number them.
    """
    if register_wires is None and has_loops(circuit) and circuit.n_qubits >= LARGE:
        yield from _large_blocks(circuit, theta, precision, initial, skip)
    elif register_wires is None and has_loops(circuit):
        for angles_of_block, signs, tangents in column_blocks(circuit, theta, precision, initial, skip):
            yield ShiftedBlock(angles_of_block, signs, tangents)
    else:
        yield from _register_blocks(circuit, theta, precision, initial, register_wires, skip)


def _large_blocks(
    circuit: Circuit,
    theta: Sequence[float] | Float,
    precision: Precision,
    initial: NDArray | None,
    skip: frozenset[tuple[int, int]],
) -> Iterator[ShiftedBlock]:
    """One at a time, in the job's threads."""
    loops = program(circuit)
    assert loops is not None
    wanted = np.array([sign != 0 and use not in skip for sign, use in zip(loops.signs, loops.uses, strict=True)])
    state, turns = start_parts(circuit.n_qubits, precision, initial), loops.turns(circuit.angles(theta))
    for gate, tangent in tangents_large(state, loops, turns, np.flatnonzero(wanted)):
        chosen = slice(gate, gate + 1)
        yield ShiftedBlock(loops.angles[chosen], loops.signs[chosen].astype(np.int64), joined(tangent)[None])


def _register_blocks(
    circuit: Circuit,
    theta: Sequence[float] | Float,
    precision: Precision,
    initial: NDArray | None,
    register_wires: int | None,
    skip: frozenset[tuple[int, int]],
) -> Iterator[ShiftedBlock]:
    n = circuit.n_qubits
    angles = circuit.angles(theta).tolist()
    spare = max(0, CACHE_WIRES - n) if register_wires is None else register_wires
    spare = min(spare, max(0, int(np.ceil(np.log2(max(1, circuit.n_angles))))))
    below, above = steps_of(circuit, 0), steps_of(circuit, spare)
    prefix = start_state(n, precision, initial)
    for first, last in _groups(circuit, 2**spare):
        tangents = _tangents(circuit, first, last, angles, prefix, precision, skip)
        for start in range(0, len(tangents), 2**spare):
            uses = tangents[start : start + 2**spare]
            rows = np.zeros((2**spare, 2**n), dtype=DTYPES[precision])
            rows[: len(uses)] = [tangent for _, _, tangent in uses]
            register = start_state(n + spare, precision, rows.ravel())
            apply(register, above[last:], angles)
            finished = read_state(register, n + spare, precision).reshape(rows.shape)[: len(uses)]
            yield ShiftedBlock(np.array([use[0] for use in uses]), np.array([use[1] for use in uses]), finished)
        apply(prefix, below[first:last], angles)


def _groups(circuit: Circuit, size: int) -> Iterator[tuple[int, int]]:
    """Runs of gates [first, last) that use at most ``size`` angles together, or are one gate that uses more."""
    first, used = 0, 0
    for k, gate in enumerate(circuit.gates):
        if used and used + len(gate.angles) > size:
            yield first, k
            first, used = k, 0
        used += len(gate.angles)
    yield first, len(circuit.gates)


def _tangents(
    circuit: Circuit,
    first: int,
    last: int,
    angles: list[float],
    prefix: Any,
    precision: Precision,
    skip: frozenset[tuple[int, int]],
) -> list[tuple[int, int, Complex]]:
    """(angle, sign, tangent state after gate ``last - 1``) for each use of an angle by the gates [first, last)."""
    n = circuit.n_qubits
    steps = steps_of(circuit, 0)
    current = start_state(n, precision, read_state(prefix, n, precision))
    tangents: list[tuple[int, int, Complex]] = []
    for k in range(first, last):
        parts = primitives(circuit.gates[k])
        for j, part in enumerate(parts):
            apply(current, [step(part, 0)], angles)
            if not part.angles or (k, j) in skip:
                continue
            branch = start_state(n, precision, read_state(current, n, precision))
            for wire, pauli in zip(part.wires, ROTATION_PAULIS[part.name], strict=True):
                getattr(branch, f"Pauli{pauli}")([wire], False, [])
            apply(branch, [step(later, 0) for later in parts[j + 1 :]], angles)
            apply(branch, steps[k + 1 : last], angles)
            tangents.append((part.angles[0], -1 if part.inverse else 1, read_state(branch, n, precision)))
    return tangents
