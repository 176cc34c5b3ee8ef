"""Line circuits of few layers at any n: exact, without a state vector and without truncation.

The entanglers of Eq. 53 act on the pairs (1, 2), (2, 3), ... in turn, so the gates can be put in another order that
respects all dependencies: step t applies layer 1 to the pair (t+L-1, t+L), then layer 2 to (t+L-2, t+L-1), up to layer
L on (t, t+1), after which qubit t is finished and can be measured. Only L + 1 qubits are alive at a time, at any n.
A step is an isometry from a window of L qubits to the measured qubit and the next window: together they are a matrix
product state of bond dimension 2^L in canonical form, known exactly.

Qubits before the first and after the last are idle ones in |0>, so that every step has one shape. Cost: 8^L n for
expectations, 4^L n for a sample; L up to about 8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bornscape.aliases import Bits, Float

Precision = Literal["double", "single"]

LARGEST_DEPTH = 9
"""Layers beyond which one step's isometry (4^L numbers for each qubit) fits no machine's patience."""

DTYPES = {"double": np.complex128, "single": np.complex64}


def line_parameters(n_qubits: int, n_layers: int) -> int:
    """Number of parameters of the line circuit: 3 n and, for each layer, n - 1 + 3 n."""
    return 3 * n_qubits + n_layers * (4 * n_qubits - 1)


@dataclass(frozen=True, eq=False)
class SequentialState:
    """The state of a line circuit as isometries, one a step.

    Attributes
    ----------
    n_qubits, n_layers
        Sizes of the circuit.
    steps
        (n_layers + n_qubits, 2^n_layers, 2, 2^n_layers): window, measured qubit, next window; the first ``n_layers``
        steps measure idle qubits.
    """

    n_qubits: int
    n_layers: int
    steps: NDArray[np.complexfloating]

    def single_z(self) -> Float:
        """<Z_i> of every qubit, (n,)."""
        _, single = self._contract(np.ones((1, self.n_qubits, 2)))
        return single

    def moments(self, diagonals: ArrayLike) -> tuple[Float, Float]:
        """Expectations of products of single-qubit diagonal operators, (k,), and ``single_z`` in the same pass.

        Parameters
        ----------
        diagonals
            (k, n, 2): for each product and qubit the operator's values on 0 and 1.

        Raises
        ------
        ValueError
            If the shape is another.
        """
        values = np.asarray(diagonals, dtype=np.float64)
        if values.ndim != 3 or values.shape[1:] != (self.n_qubits, 2):
            raise ValueError(f"diagonals: expected shape (k, {self.n_qubits}, 2), got {values.shape}")
        expectations, single = self._contract(np.concatenate([np.ones((1, self.n_qubits, 2)), values]))
        return expectations[1:], single

    def _contract(self, diagonals: Float) -> tuple[Float, Float]:
        """Expectations of the products, the first of which is the identity, and <Z_i> on the way."""
        count, width = len(diagonals), self.steps.shape[1]
        real = self.steps.real.dtype
        weights = np.ones((count, len(self.steps), 2), dtype=real)
        weights[:, self.n_layers :] = diagonals
        windows = np.zeros((count, width, width), dtype=self.steps.dtype)
        windows[:, 0, 0] = 1
        single = np.empty(len(self.steps))
        for t, step in enumerate(self.steps):
            moved = (windows.reshape(-1, width) @ step.reshape(width, -1)).reshape(count, width, 2, width)
            mass = np.einsum("wsv,wsv->s", step.conj(), moved[0]).real
            single[t] = mass[0] - mass[1]
            moved *= weights[:, None, t, :, None]
            stacked = moved.transpose(1, 2, 0, 3).reshape(2 * width, count * width)
            closed = step.reshape(2 * width, width).conj().T @ stacked
            windows = np.ascontiguousarray(closed.reshape(width, count, width).transpose(1, 0, 2))
        return np.einsum("kww->k", windows).real.astype(np.float64), single[self.n_layers :]

    def samples(self, shots: int, rng: np.random.Generator) -> Bits:
        """Independent measurements of all qubits, (shots, n) uint8."""
        width = self.steps.shape[1]
        points = rng.random((self.n_qubits, shots))
        outcomes = np.empty((shots, self.n_qubits), dtype=np.uint8)
        windows = np.zeros((shots, width), dtype=self.steps.dtype)
        windows[:, 0] = 1
        rows = np.arange(shots)
        for t, step in enumerate(self.steps):
            moved = (windows @ step.reshape(width, -1)).reshape(shots, 2, width)
            if t < self.n_layers:  # An idle qubit is 0 with certainty.
                windows = np.ascontiguousarray(moved[:, 0])
                continue
            mass = np.einsum("nsv,nsv->ns", moved.conj(), moved).real
            bits = (points[t - self.n_layers] * mass.sum(axis=1) >= mass[:, 0]).astype(np.uint8)
            windows = moved[rows, bits] / np.sqrt(mass[rows, bits])[:, None]
            outcomes[:, t - self.n_layers] = bits
        return outcomes


def sequential_state(
    n_qubits: int, n_layers: int, theta: ArrayLike, precision: Precision = "double"
) -> SequentialState:
    """The state of ``circuits.line_circuit(n_qubits, n_layers)`` at ``theta``.

    Parameters
    ----------
    n_qubits
        At least 1.
    n_layers
        From 0 to ``LARGEST_DEPTH``.
    theta
        (n_parameters,) in radians, in the order in which the circuit uses them.
    precision
        ``"double"`` or ``"single"``.

    Raises
    ------
    ValueError
        If a size is out of range, or theta has another shape or an entry that is not finite.
    """
    if n_qubits < 1 or not 0 <= n_layers <= LARGEST_DEPTH:
        raise ValueError(f"expected n_qubits >= 1 and 0 to {LARGEST_DEPTH} layers, got {n_qubits} and {n_layers}")
    values = np.asarray(theta, dtype=np.float64)
    if values.shape != (line_parameters(n_qubits, n_layers),):
        raise ValueError(f"theta: expected shape ({line_parameters(n_qubits, n_layers)},), got {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError("theta: expected finite values")
    steps = isometries(step_angles(n_qubits, n_layers, values), DTYPES[precision])
    return SequentialState(n_qubits, n_layers, steps)


def step_parameters(n_qubits: int, n_layers: int) -> NDArray[np.int64]:
    """Parameters that the angles of each step are, (n_layers + n_qubits, 3 + 4 n_layers); -1 for those of idle qubits.

    The angles of a step: three of the fresh qubit's first rotation, then, for each layer, that of the gate on a pair
    and three of the rotation after it.
    """
    n, measured = n_qubits, np.arange(-n_layers, n_qubits)
    parameters = np.full((len(measured), 3 + 4 * n_layers), -1)
    # Qubits count from 0; qubit t + L - layer is turned by `layer`.
    for layer in range(n_layers + 1):
        place, first = measured + n_layers - layer, 3 * n + (layer - 1) * (4 * n - 1)
        turned = (place >= 0) & (place < n)
        start = first + n - 1 if layer else 0
        parameters[turned, 4 * layer : 4 * layer + 3] = start + 3 * place[turned, None] + np.arange(3)
        coupled = (place >= 0) & (place < n - 1)
        if layer:
            parameters[coupled, 4 * layer - 1] = first + place[coupled]
    return parameters


def step_places(n_qubits: int, n_layers: int) -> NDArray[np.int64]:
    """Step and place among its angles of each parameter, (2, n_parameters); see ``step_parameters``."""
    parameters = step_parameters(n_qubits, n_layers)
    places = np.empty((2, line_parameters(n_qubits, n_layers)), dtype=np.int64)
    places[:, parameters[parameters >= 0]] = np.nonzero(parameters >= 0)
    return places


def isometries(angles: Float, dtype: type = np.complex128) -> NDArray[np.complexfloating]:
    """Steps with these angles, (T, 3 + 4 L) as ``step_parameters`` has them: (T, 2^L, 2, 2^L)."""
    n_layers = (angles.shape[1] - 3) // 4
    # (T, 2^0, 2): a fresh qubit, and a window of none.
    steps: NDArray[np.complexfloating] = _euler(angles[:, :3])[:, None, :, 0].astype(dtype)
    for layer in range(1, n_layers + 1):
        steps = _add_layer(_pair_gates(angles[:, 4 * layer - 1 : 4 * layer + 3]).astype(dtype), steps)
    return steps.reshape(len(angles), 2**n_layers, 2, 2**n_layers)


def step_angles(n_qubits: int, n_layers: int, theta: Float) -> Float:
    """Angles of every step at ``theta``, (n_layers + n_qubits, 3 + 4 n_layers); 0 for those of idle qubits."""
    places = step_parameters(n_qubits, n_layers)
    return np.where(places >= 0, theta[places], 0.0)


def _add_layer(gates: NDArray[np.complexfloating], steps: NDArray[np.complexfloating]) -> NDArray[np.complexfloating]:
    """One more qubit in front, and one more gate, on it and the first of the others.

    ``gates`` are (T, 4, 4) and ``steps`` (T, w, 2 w), w = 2^(l-1) the states of the window; returns (T, 2 w, 4 w).
    """
    count, width, _ = steps.shape
    split = steps.reshape(count, width, 2, width).transpose(0, 2, 1, 3).reshape(count, 2, width * width)
    by_input = gates.reshape(count, 4, 2, 2).transpose(0, 2, 1, 3).reshape(count, 8, 2)  # (a, a'b'), b
    joined = (by_input @ split).reshape(count, 2, 2, 2, width, width)  # a, a', b', w, rest
    return np.ascontiguousarray(joined.transpose(0, 1, 4, 2, 3, 5)).reshape(count, 2 * width, 4 * width)


def _pair_gates(angles: Float) -> NDArray[np.complexfloating]:
    """(T, 4, 4) of rows (a, three Euler angles): exp(-i a/2 Y X) on a pair, then the rotation of its first qubit."""
    # -i Y X is real: |00> -> |11>, |01> -> |10>, |10> -> -|01>, |11> -> -|00>.
    generator = np.zeros((4, 4))
    generator[[3, 2, 1, 0], [0, 1, 2, 3]] = [1, 1, -1, -1]
    halves = angles[:, 0, None, None] / 2
    rotations = np.cos(halves) * np.eye(4) + np.sin(halves) * generator
    return np.einsum("tac,bd->tabcd", _euler(angles[:, 1:]), np.eye(2)).reshape(-1, 4, 4) @ rotations


def _euler(angles: Float) -> NDArray[np.complex128]:
    """RZ(c) RY(b) RZ(a) for rows (a, b, c): (n, 2, 2)."""
    a, b, c = angles.T
    cos, sin = np.cos(b / 2), np.sin(b / 2)
    rows = [
        [np.exp(-0.5j * (a + c)) * cos, -np.exp(0.5j * (a - c)) * sin],
        [np.exp(-0.5j * (a - c)) * sin, np.exp(0.5j * (a + c)) * cos],
    ]
    return np.array(rows).transpose(2, 0, 1)
