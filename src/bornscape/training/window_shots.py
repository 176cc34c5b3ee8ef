"""Shots of the shifted line circuits, each measured qubit by qubit: no state vector.

A shifted circuit differs from the circuit itself in one step of its sequential state (``simulators.line``). A shot
passes through a window of as many qubits as there are layers, whatever the number of all qubits: few layers and few
shots cost less than to write out 2**n amplitudes an angle, from which ``shifted_shots`` draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.circuits import Circuit, line_circuit, primitives
from bornscape.simulators.line import isometries, step_angles, step_places

_BLOCK = 64
"""Shifted circuits whose random numbers are drawn together."""


def layers_of_line(circuit: Circuit) -> int | None:
    """Layers of a line circuit (Eq. 53); None for another circuit."""
    layers = len(circuit.layer_ends) - 1
    same = layers >= 0 and circuit.angle_map is None and circuit.gates == line_circuit(circuit.n_qubits, layers).gates
    return layers if same else None


def angles_of(circuit: Circuit, uses: frozenset[tuple[int, int]]) -> frozenset[int]:
    """Angles of some uses, (gate, part) as in ``circuits.inert_uses``."""
    return frozenset(primitives(circuit.gates[gate])[part].angles[0] for gate, part in uses)


def worth_it(n_qubits: int, n_layers: int, shots: int) -> bool:
    """Whether ``shots`` of a circuit in a window cost less than its amplitudes do (measured)."""
    return 20 * shots * (4**n_layers + 16) < 2**n_qubits * n_layers


class ShiftedOutcomes(NamedTuple):
    """Measured strings of the circuits with an angle shifted by plus and by minus pi/2.

    Attributes
    ----------
    angles
        Which angles, (k,).
    indices
        Basis states, (k, 2, shots): plus first.
    """

    angles: NDArray[np.int64]
    indices: NDArray[np.int64]


def shifted_outcomes(
    circuit: Circuit,
    n_layers: int,
    theta: Float,
    shots: int,
    rng: np.random.Generator,
    skip: frozenset[tuple[int, int]] = frozenset(),
) -> Iterator[ShiftedOutcomes]:
    """Shots of both shifted circuits of every angle of a line circuit, a block of angles at a time.

    Parameters
    ----------
    circuit, n_layers, theta
        The line circuit, its layers, and its angles, (n_angles,), radians.
    shots
        Of each circuit, at least 1.
    skip
        Uses of angles, as in ``circuits.inert_uses``, that are left out.
    """
    from bornscape.training.compiled_windows import real_matrices, sample_outcomes

    n = circuit.n_qubits
    angles, (step_of, column_of) = step_angles(n, n_layers, theta), step_places(n, n_layers)
    base = real_matrices(isometries(angles, np.complex64))
    wanted = np.setdiff1d(np.arange(circuit.n_angles), list(angles_of(circuit, skip)))
    for start in range(0, len(wanted), _BLOCK):
        chosen = wanted[start : start + _BLOCK]
        shifted = np.repeat(angles[step_of[chosen]][:, None], 2, axis=1)
        shifted[np.arange(len(chosen)), :, column_of[chosen]] += np.array([np.pi / 2, -np.pi / 2])
        steps = real_matrices(isometries(shifted.reshape(2 * len(chosen), -1), np.complex64))
        points = rng.random((2 * len(chosen), n, shots), dtype=np.float32)
        outcomes = sample_outcomes(base, steps, np.repeat(step_of[chosen], 2), points)
        yield ShiftedOutcomes(chosen, outcomes.reshape(len(chosen), 2, shots))


def window_differences(
    values: Float,
    circuit: Circuit,
    n_layers: int,
    theta: Float,
    shots: int,
    rng: np.random.Generator,
    skip: frozenset[tuple[int, int]] = frozenset(),
) -> Float:
    """Mean of ``values`` over the shots at plus pi/2 less the mean at minus pi/2, for each angle of a line circuit.

    Parameters
    ----------
    values
        (B, 2**n): each row meets shots of its own, and the B differences are averaged.
    circuit, n_layers, theta, shots, skip
        As in ``shifted_outcomes``; the difference of a skipped use is 0.

    Returns
    -------
    (n_angles,).
    """
    differences, rows = np.zeros(circuit.n_angles), np.repeat(np.arange(len(values)), shots)
    for block in shifted_outcomes(circuit, n_layers, theta, len(values) * shots, rng, skip):
        means = values[rows, block.indices].mean(axis=-1)
        differences[block.angles] = means[:, 0] - means[:, 1]
    return differences
