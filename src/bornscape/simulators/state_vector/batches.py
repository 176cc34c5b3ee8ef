"""Many small states at once: the same circuit at many parameter vectors, in compiled loops over the vectors.

A gate on a few qubits takes less time than its call. Here parameter vectors are the columns of blocks as wide as a
vector of the processor, so that every gate is one loop over rows, each column with an angle of its own. Larger states
follow one another in one call; the largest, and circuits with gates that have no loop, come one at a time
(``states.probabilities``).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.circuits import Circuit
from bornscape.simulators.state_vector.lightning import Precision
from bornscape.simulators.state_vector.parts import KINDS, born
from bornscape.simulators.state_vector.programs import Program, program
from bornscape.simulators.state_vector.states import probabilities

LARGEST_COLUMNS = 9
"""Qubits up to which columns are faster than one state after the other."""

LARGEST = 12
"""Qubits up to which a call of several states is faster than a call for each."""

_WIDTH = 64
"""States of a call of up to 8 qubits; larger ones share the memory of as many."""


def _angles(circuit: Circuit, thetas: NDArray) -> Float:
    """Angles of the gates at every parameter vector, (B, n_angles)."""
    values = np.asarray(thetas, dtype=np.float64)
    if values.shape[1] != circuit.n_parameters or not np.isfinite(values).all():
        return np.array([circuit.angles(theta) for theta in values])
    if circuit.angle_map is None:
        return values
    return circuit.angle_map.offsets + (circuit.angle_map.matrix @ values.T).T


def batch_probabilities(circuit: Circuit, thetas: NDArray, precision: Precision = "double") -> Float:
    """Born probabilities at many parameter vectors.

    Parameters
    ----------
    circuit
        Starts from |0...0>.
    thetas
        (B, n_parameters), radians.
    precision
        Of the simulation.

    Returns
    -------
    (B, 2**n) float64, n the wires that are measured; each row sums to 1 and is, up to rounding, what ``probabilities``
    gives for it.

    Raises
    ------
    ValueError
        If thetas has another shape, or an entry that is not finite.

    Examples
    --------
    One R_y angle of 0, pi/2 and pi: |0>, an even mix, |1>.

    >>> import math
    >>> import bornscape as bs
    >>> bs.batch_probabilities(bs.product_circuit(1, "ry"), [[0.0], [math.pi / 2], [math.pi]]).round(12).tolist()
    [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]
    """
    if np.ndim(thetas) != 2:
        raise ValueError(f"thetas: expected shape (B, {circuit.n_parameters}), got {np.shape(thetas)}")
    loops = program(circuit) if circuit.n_qubits <= LARGEST else None
    if loops is None:
        rows = [probabilities(circuit, theta, precision) for theta in thetas]
        return np.array(rows).reshape(len(thetas), 2**circuit.n_measured)
    angles = _angles(circuit, thetas)
    width = min(_WIDTH, 2 ** (14 - circuit.n_qubits))
    starts = range(0, len(angles), width)
    block = _columns if circuit.n_qubits <= LARGEST_COLUMNS else _in_turn
    blocks = [block(circuit.n_qubits, loops, angles[k : k + width], precision) for k in starts]
    if circuit.measured is not None:
        blocks = [np.array([circuit.marginal(row) for row in rows]) for rows in blocks]
    return np.concatenate(blocks) if blocks else np.empty((0, 2**circuit.n_measured))


def _columns(n_qubits: int, loops: Program, angles: Float, precision: Precision) -> Float:
    """Probabilities (B, 2**n) at angles (B, n_angles) from states as columns, those of a block one vector wide."""
    from bornscape.simulators.state_vector.compiled_batches import run
    from bornscape.simulators.state_vector.compiled_passes import VECTOR_BYTES

    kind = np.dtype(KINDS[precision])
    lanes = VECTOR_BYTES // kind.itemsize
    blocks = -(-len(angles) // lanes)
    filled = np.zeros((angles.shape[1], blocks * lanes))
    filled[:, : len(angles)] = angles.T
    turns = loops.turns(filled).reshape(-1, 2, blocks, lanes).transpose(2, 0, 1, 3).astype(kind, order="C")
    states = np.zeros((blocks, 2, 2**n_qubits, lanes), dtype=kind)
    states[:, 0, 0] = 1
    run(states, loops.kinds, loops.masks, turns)
    parts = states.transpose(1, 0, 3, 2).reshape(2, blocks * lanes, -1)[:, : len(angles)]
    return born(parts[0], parts[1])


def _in_turn(n_qubits: int, loops: Program, angles: Float, precision: Precision) -> Float:
    """As ``_columns``, from one state after the other."""
    from bornscape.simulators.state_vector.compiled_circuits import run_each

    states = np.zeros((len(angles), 2, 2**n_qubits), dtype=KINDS[precision])
    states[:, 0, 0] = 1
    turns = np.moveaxis(loops.turns(angles.T), -1, 0)
    run_each(states, n_qubits, loops.kinds, loops.masks, np.ascontiguousarray(turns))
    return born(states[:, 0], states[:, 1])
