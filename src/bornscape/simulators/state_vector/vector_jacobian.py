"""The exact gradient of any loss of q, by one vector-Jacobian pass of the adjoint method.

Circuits whose gates all have compiled loops go backward through them; others through Lightning's own pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pennylane_lightning import lightning_qubit_ops as lightning

from bornscape.aliases import Complex, Float, Parts
from bornscape.bitstrings.threads import LARGE, for_each, pieces
from bornscape.circuits import Circuit, primitives
from bornscape.simulators.state_vector.large import overlaps_large
from bornscape.simulators.state_vector.lightning import start_state
from bornscape.simulators.state_vector.parts import evolve, start_parts
from bornscape.simulators.state_vector.programs import Program, program
from bornscape.simulators.state_vector.states import statevector

_NO_MATRIX = np.empty(0, dtype=np.complex128)


def probability_gradient(
    circuit: Circuit, theta: Sequence[float] | Float, cotangent: Float, amplitudes: Complex | None = None
) -> Float:
    """Exact sum_x cotangent(x) dq(x)/dtheta by one vector-Jacobian pass.

    Parameters
    ----------
    cotangent
        dL/dq at q_theta, (2**n,), n the wires that are measured.
    amplitudes
        ``statevector(circuit, theta)`` in double precision, where the caller has it.

    Returns
    -------
    (n_parameters,) float64.
    """
    angles, cotangent = circuit.angles(theta), circuit.lifted(cotangent)
    psi = statevector(circuit, theta) if amplitudes is None else amplitudes
    loops = program(circuit)
    if loops is not None:
        state = start_parts(circuit.n_qubits, "double", psi)
        return circuit.to_parameters(_backward(circuit, loops, loops.turns(angles), cotangent, state))
    return circuit.to_parameters(_lightning_pass(circuit, angles, cotangent, psi))


def probabilities_and_pullback(
    circuit: Circuit, theta: Sequence[float] | Float, initial: NDArray | None = None
) -> tuple[Float, Callable[[Float], Float]]:
    """|psi|^2 of all wires, (2**n,), and ``probability_gradient`` there: of the cotangent, to be called at most once.

    The same numbers as from the state and that, with nothing done twice.
    """
    loops = program(circuit)
    if loops is None or not loops.exact:
        psi = statevector(circuit, theta, initial=initial)
        return psi.real**2 + psi.imag**2, lambda cotangent: probability_gradient(circuit, theta, cotangent, psi)
    turns, state = loops.turns(circuit.angles(theta)), start_parts(circuit.n_qubits, "double", initial)
    evolve(state, loops, turns)

    def pull(cotangent: Float) -> Float:
        return circuit.to_parameters(_backward(circuit, loops, turns, circuit.lifted(cotangent), state))

    return state[0] ** 2 + state[1] ** 2, pull


def _backward(circuit: Circuit, loops: Program, turns: Float, cotangent: Float, state: Parts) -> Float:
    """Derivatives by every angle, (n_angles,): Im <cotangent psi|P|psi> after each gate of Pauli word P.

    The state psi goes back through the circuit in place.
    """
    from bornscape.simulators.state_vector.compiled_adjoint import overlaps

    other = np.empty_like(state)

    def weigh(chosen: slice) -> None:
        np.multiply(cotangent[chosen], state[:, chosen], out=other[:, chosen])

    for_each(weigh, pieces(len(cotangent)))
    if circuit.n_qubits >= LARGE:
        per_loop = overlaps_large(state, other, loops, turns)
    else:
        per_loop = overlaps(state, other, circuit.n_qubits, loops.kinds, loops.masks, turns)
    return np.bincount(loops.angles, weights=loops.signs * per_loop, minlength=circuit.n_angles).astype(np.float64)


def _lightning_pass(circuit: Circuit, angles: Float, cotangent: Float, psi: Complex) -> Float:
    operations, order = _differentiable_operations(circuit, angles.tolist())
    state = start_state(circuit.n_qubits, "double", psi)
    dy = np.ascontiguousarray(cotangent * psi, dtype=np.complex128)
    jacobian = lightning.algorithms.VectorJacobianProductC128()
    per_use = 2.0 * np.real(jacobian(state, operations, dy, list(range(len(order)))))
    return np.bincount(order, weights=per_use, minlength=circuit.n_angles).astype(np.float64)


class _Layout(NamedTuple):
    """What Lightning's list of operations says but for the angles, and the angle of each parametrised operation."""

    names: list[str]
    wires: list[list[int]]
    inverses: list[bool]
    uses: list[tuple[int, ...]]
    order: NDArray[np.int64]


@lru_cache(maxsize=64)
def _layout(circuit: Circuit) -> _Layout:
    """Circuits compare by identity: training asks for the same one at every epoch."""
    parts = [part for gate in circuit.gates for part in primitives(gate)]
    return _Layout(
        [part.name for part in parts],
        [list(part.wires) for part in parts],
        [part.inverse for part in parts],
        [part.angles for part in parts],
        np.array([part.angles[0] for part in parts if part.angles], dtype=np.int64),
    )


def _differentiable_operations(circuit: Circuit, angles: list[float]) -> tuple[Any, NDArray[np.int64]]:
    """Lightning's list of operations, and the angle that each of its parametrised operations uses."""
    layout = _layout(circuit)
    count = len(layout.names)
    nothing: list[list[Any]] = [[]] * count
    operations = lightning.algorithms.create_ops_listC128(
        layout.names,
        [[angles[i] for i in used] for used in layout.uses],
        layout.wires,
        layout.inverses,
        [_NO_MATRIX] * count,
        nothing,
        nothing,
    )
    return operations, layout.order
