"""Shots of the shifted line circuits, each measured qubit by qubit: no state vector.

A shifted circuit differs from the circuit itself in one step of its sequential state (``simulators.line``). A shot
passes through a window of as many qubits as there are layers, whatever the number of all qubits: few layers and few
shots cost less than to write out 2**n amplitudes an angle, from which ``shifted_shots`` draws.
"""

from __future__ import annotations

import numpy as np

from bornscape.aliases import Float
from bornscape.circuits import Circuit, line_circuit, primitives
from bornscape.simulators.line import isometries, step_angles, step_parameters

_BLOCK = 64
"""Shifted circuits whose random numbers are drawn together."""


def layers_of_line(circuit: Circuit) -> int | None:
    """Layers of a line circuit (Eq. 53); None for another circuit."""
    layers = len(circuit.layer_ends) - 1
    same = layers >= 0 and circuit.angle_map is None and circuit.gates == line_circuit(circuit.n_qubits, layers).gates
    return layers if same else None


def worth_it(n_qubits: int, n_layers: int, shots: int) -> bool:
    """Whether ``shots`` of a circuit in a window cost less than its amplitudes do (measured)."""
    return 2 * shots * (4**n_layers + 16) < 2**n_qubits * n_layers


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
    circuit, n_layers, theta
        The line circuit, its layers, and its angles, (n_angles,).
    shots
        Of each circuit, at least 1.
    skip
        Uses of angles, as in ``circuits.inert_uses``, whose difference is 0 without shots.

    Returns
    -------
    (n_angles,).
    """
    from bornscape.training.compiled_windows import real_matrices, sample_all

    n, differences = circuit.n_qubits, np.zeros(circuit.n_angles)
    angles, places = step_angles(n, n_layers, theta), step_parameters(n, n_layers)
    step_of, column_of = np.zeros((2, circuit.n_angles), dtype=np.int64)
    step_of[places[places >= 0]], column_of[places[places >= 0]] = np.nonzero(places >= 0)
    base = real_matrices(isometries(angles, np.complex64))
    skipped = [primitives(circuit.gates[gate])[part].angles[0] for gate, part in skip]
    wanted = np.setdiff1d(np.arange(circuit.n_angles), skipped)
    for start in range(0, len(wanted), _BLOCK):
        chosen = wanted[start : start + _BLOCK]
        shifted = np.repeat(angles[step_of[chosen]][:, None], 2, axis=1)
        shifted[np.arange(len(chosen)), :, column_of[chosen]] += np.array([np.pi / 2, -np.pi / 2])
        steps = real_matrices(isometries(shifted.reshape(2 * len(chosen), -1), np.complex64))
        points = rng.random((2 * len(chosen), n, len(values) * shots), dtype=np.float32)
        means = sample_all(values, base, steps, np.repeat(step_of[chosen], 2), points).reshape(-1, 2)
        differences[chosen] = means[:, 0] - means[:, 1]
    return differences
