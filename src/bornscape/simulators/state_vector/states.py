"""State vectors and Born probabilities, one circuit or every depth of it in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Complex, Float, Parts
from bornscape.circuits import Circuit
from bornscape.simulators.state_vector.lightning import (
    CACHE_WIRES,
    DTYPES,
    Precision,
    apply,
    read_state,
    start_state,
    steps_of,
)
from bornscape.simulators.state_vector.parts import born, evolve, joined, start_parts
from bornscape.simulators.state_vector.programs import has_loops, program


def _evolve(parts: Parts, circuit: Circuit, angles: Float, first: int, last: int | None) -> None:
    """The circuit's gates from ``first`` to below ``last``, which all have loops, in place."""
    loops = program(circuit, first, last)
    if loops is not None and len(loops.kinds):
        evolve(parts, loops, loops.turns(angles))


def _final_parts(
    circuit: Circuit, theta: Sequence[float] | Float, precision: Precision, initial: NDArray | None
) -> Parts:
    """Parts of U(theta)|initial> of a circuit whose gates all have loops."""
    parts = start_parts(circuit.n_qubits, precision, initial)
    _evolve(parts, circuit, circuit.angles(theta), 0, None)
    return parts


def statevector(
    circuit: Circuit,
    theta: Sequence[float] | Float,
    precision: Precision = "double",
    initial: NDArray | None = None,
) -> Complex:
    """Amplitudes of U(theta)|initial>, (2**n,); ``initial`` is |0...0> unless given, (2**n,) and normalised.

    Hidden wires are among the n.

    Examples
    --------
    R_y(2 pi/3) on one qubit: the amplitudes are cos(pi/3) and sin(pi/3).

    >>> import math
    >>> import bornscape as bs
    >>> psi = bs.statevector(bs.product_circuit(1, "ry"), [2 * math.pi / 3])
    >>> psi.real.round(4).tolist(), psi.imag.round(4).tolist()
    ([0.5, 0.866], [0.0, 0.0])
    """
    if has_loops(circuit):
        return joined(_final_parts(circuit, theta, precision, initial))
    state = start_state(circuit.n_qubits, precision, initial)
    apply(state, steps_of(circuit, 0), circuit.angles(theta).tolist())
    return read_state(state, circuit.n_qubits, precision)


def probabilities(
    circuit: Circuit,
    theta: Sequence[float] | Float,
    precision: Precision = "double",
    initial: NDArray | None = None,
) -> Float:
    """Born probabilities q_theta(x) = |<x|U(theta)|initial>|^2.

    Parameters
    ----------
    circuit, theta
        The circuit and its parameters, (n_parameters,), in radians, in the order in which the circuit uses them.
    precision
        Of the simulation, ``"double"`` or ``"single"``; the result is float64 and sums to 1 either way.
    initial
        Amplitudes to start from, (2**n,); |0...0> if None.

    Returns
    -------
    (2**n,) float64, indexed with wire 0 as the most significant bit; of a circuit with hidden wires the marginal of the
    m wires that are measured, (2**m,).

    Raises
    ------
    ValueError
        If theta has the wrong shape or is not finite.

    Examples
    --------
    R_y(pi/3) leaves a qubit 1 with probability sin^2(pi/6); a CNOT copies it to wire 1.

    >>> import math
    >>> import bornscape as bs
    >>> circuit = bs.Circuit(2, 1, (bs.Gate("RY", (0,), (0,)), bs.Gate("CNOT", (0, 1))))
    >>> bs.probabilities(circuit, [math.pi / 3]).round(12).tolist()
    [0.75, 0.0, 0.0, 0.25]
    """
    if has_loops(circuit):
        return circuit.marginal(born(*_final_parts(circuit, theta, precision, initial)))
    psi = statevector(circuit, theta, precision, initial)
    return circuit.marginal(born(psi.real, psi.imag))


def layer_probabilities(
    circuit: Circuit, theta: Sequence[float] | Float, layers: Sequence[int], precision: Precision = "double"
) -> Iterator[tuple[int, Float]]:
    """Yield (l, probabilities after l layers) for the increasing ``layers``, in one pass through the circuit.

    Raises
    ------
    ValueError
        If the circuit has no such layers, or they do not increase.
    """
    for layer, rows in _layer_amplitudes(circuit, theta, layers, None, precision):
        yield layer, born(rows[0].real, rows[0].imag)


def layer_register_probabilities(
    circuit: Circuit,
    theta: Sequence[float] | Float,
    layers: Sequence[int],
    initials: NDArray,
    precision: Precision = "double",
) -> Iterator[tuple[int, Float]]:
    """As ``layer_probabilities``, from k initial states (k, 2**n) in one pass: yield (l, probabilities (k, 2**n)).

    The states are one Lightning state whose top wires number them, so that each gate is called once, as far as they
    fit the cache together.

    Raises
    ------
    ValueError
        If the circuit has no such layers, they do not increase, or the states have another shape.
    """
    if np.ndim(initials) != 2 or np.shape(initials)[1] != 2**circuit.n_qubits or len(initials) < 1:
        raise ValueError(f"initials: expected shape (k, {2**circuit.n_qubits}), got {np.shape(initials)}")
    for layer, rows in _layer_amplitudes(circuit, theta, layers, initials, precision):
        yield layer, born(rows.real, rows.imag)


def _layer_amplitudes(
    circuit: Circuit,
    theta: Sequence[float] | Float,
    layers: Sequence[int],
    initials: NDArray | None,
    precision: Precision,
) -> Iterator[tuple[int, Complex]]:
    """(l, amplitudes (k, 2**n) after l layers) from each initial state, or from |0...0>."""
    if list(layers) != sorted(set(layers)) or any(not 0 <= k < len(circuit.layer_ends) for k in layers):
        raise ValueError(f"layers: expected increasing numbers below {len(circuit.layer_ends)}, got {layers}")
    if has_loops(circuit):
        yield from _layers_of_parts(circuit, circuit.angles(theta), layers, initials, precision)
    else:
        yield from _layers_of_registers(circuit, circuit.angles(theta).tolist(), layers, initials, precision)


def _layers_of_parts(
    circuit: Circuit, angles: Float, layers: Sequence[int], initials: NDArray | None, precision: Precision
) -> Iterator[tuple[int, Complex]]:
    states = [start_parts(circuit.n_qubits, precision, row) for row in ([None] if initials is None else initials)]
    done = 0
    for layer in layers:
        end = circuit.layer_ends[layer]
        for state in states:
            _evolve(state, circuit, angles, done, end)
        done = end
        yield layer, np.array([joined(state) for state in states])


def _layers_of_registers(
    circuit: Circuit, angles: list[float], layers: Sequence[int], initials: NDArray | None, precision: Precision
) -> Iterator[tuple[int, Complex]]:
    """As Lightning states, whose top wires number the initial states."""
    n = circuit.n_qubits
    count = 1 if initials is None else len(initials)
    spare = min((count - 1).bit_length(), max(0, CACHE_WIRES - n))
    steps = steps_of(circuit, spare)
    registers = [
        start_state(
            n + spare, precision, None if initials is None else _padded(initials[k : k + 2**spare], spare, precision)
        )
        for k in range(0, count, 2**spare)
    ]
    done = 0
    for layer in layers:
        end = circuit.layer_ends[layer]
        for register in registers:
            apply(register, steps[done:end], angles)
        done = end
        blocks = [read_state(register, n + spare, precision).reshape(2**spare, -1) for register in registers]
        yield layer, np.concatenate(blocks)[:count] if len(blocks) > 1 else blocks[0][:count]


def _padded(rows: NDArray, spare: int, precision: Precision) -> Complex:
    """States (k, 2**n) as the register of 2**spare states, of which the last may be 0."""
    register = np.zeros((2**spare, rows.shape[1]), dtype=DTYPES[precision])
    register[: len(rows)] = rows
    return register.ravel()
