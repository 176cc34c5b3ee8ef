"""Noisy circuits: mixed states as vectors of the means of all Pauli words, gates and channels as real matrices on them.

A state of n wires is a real vector of 4^n means <P>, wire 0's letter (I, X, Y, Z) the most significant. A gate on k
wires with its noise is a matrix of 4^k x 4^k on its letters, so that nothing complex and no other library is needed.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.bitstrings.walsh import walsh_hadamard
from bornscape.circuits import Circuit, primitives
from bornscape.simulators.pauli_blocks import Block, Use, apply, gate_parts, kron, overlaps_of

LARGEST = 10
"""Wires of the largest mixed state: 4^10 means, 8 MiB, for each of some dozens of states that a gradient keeps."""


@dataclass(frozen=True)
class Noise:
    """Noise of a device.

    Attributes
    ----------
    depolarising
        Chance that a wire meets one of the three Paulis after each gate on it, each equally likely (PennyLane's
        ``DepolarizingChannel``), in [0, 3/4): at 3/4 nothing is left.
    amplitude_damping
        Chance that a wire in state 1 falls to 0 after each gate on it, after the Paulis (PennyLane's
        ``AmplitudeDamping``), in [0, 1).
    readout
        Chance that a measured bit is read as the other one, in [0, 1/2).

    Raises
    ------
    ValueError
        If one lies outside.
    """

    depolarising: float = 0.0
    amplitude_damping: float = 0.0
    readout: float = 0.0

    def __post_init__(self) -> None:
        for name, end in (("depolarising", 0.75), ("amplitude_damping", 1.0), ("readout", 0.5)):
            value = getattr(self, name)
            if not 0 <= value < end:
                raise ValueError(f"{name}: expected a chance from 0 to below {end:g}, got {value:g}; 0.01 is one")

    @property
    def of_gates(self) -> bool:
        """Whether gates are noisy, and not only the readout."""
        return self.depolarising > 0 or self.amplitude_damping > 0

    @cached_property
    def channel(self) -> Float:
        """What one wire meets after a gate, on its letters, (4, 4)."""
        kept, fall = 1 - 4 * self.depolarising / 3, self.amplitude_damping
        damping = np.diag([1.0, np.sqrt(1 - fall), np.sqrt(1 - fall), 1 - fall])
        damping[3, 0] = fall
        return damping @ np.diag([1.0, kept, kept, kept])


def flipped(q: Float, chance: float) -> Float:
    """Distribution of bits of which each is read wrongly with this chance, (2**n,), from the true one.

    Examples
    --------
    >>> flipped(np.array([1.0, 0.0, 0.0, 0.0]), 0.1).round(12).tolist()
    [0.81, 0.09, 0.09, 0.01]
    """
    if not chance:
        return q
    # Its own adjoint: slopes are taken back through the readout by the same map.
    turned = q.reshape([2] * (len(q).bit_length() - 1))
    for axis in range(turned.ndim):
        turned = (1 - chance) * turned + chance * np.flip(turned, axis)
    return turned.ravel()


@dataclass(frozen=True, eq=False)
class NoisyCircuit:
    """A circuit whose gates are noisy, and whose readout is.

    The noise comes after every gate of the circuit, on each of its wires; a Rot is one gate. A gate of PennyLane that
    is taken apart is as many gates as its parts.

    Attributes
    ----------
    circuit, noise
        What is simulated.
    initial
        Amplitudes of the start, (2**n,); None for |0...0>. It is prepared without noise.

    Raises
    ------
    ValueError
        If it has more than ``LARGEST`` wires.
    """

    circuit: Circuit
    noise: Noise
    initial: NDArray | None = None

    def __post_init__(self) -> None:
        """Check the number of wires."""
        if self.circuit.n_qubits > LARGEST:
            raise ValueError(size_problem(self.circuit.n_qubits))

    @cached_property
    def _blocks(self) -> list[Block]:
        """The circuit as few matrices: gates on the same one or two wires are one."""
        blocks: list[Block] = []
        latest: dict[int, int] = {}
        channel = self.noise.channel if self.noise.of_gates else None
        for gate in self.circuit.gates:
            parts = primitives(gate)
            touched = max((latest[wire] for wire in gate.wires if wire in latest), default=-1)
            wires = set(gate.wires) | set(blocks[touched].wires if touched >= 0 else ())
            # The last block on any of its wires takes the gate: no later one touches them.
            if touched < 0 or len(wires) > max(2, len(blocks[touched].wires)):
                blocks.append(Block(tuple(gate.wires)))
                touched, wires = len(blocks) - 1, set(gate.wires)
            blocks[touched].wires = tuple(sorted(wires))
            blocks[touched].uses += [
                Use(part, gate_parts(part, channel if part is parts[-1] else None)) for part in parts
            ]
            latest |= dict.fromkeys(gate.wires, touched)
        for block in blocks:
            block.uses = [use.on(block.wires) for use in block.uses]
        return blocks

    @cached_property
    def _start(self) -> Float:
        n = self.circuit.n_qubits
        if self.initial is None:
            return kron([np.array([1.0, 0.0, 0.0, 1.0])] * n)
        # Of every pattern of bit flips a transform of psi*(x) psi(x + a) holds the means of its words.
        psi, places = np.asarray(self.initial, dtype=np.complex128), np.arange(2**n)
        state = np.empty((2**n, 2**n))
        for flips in range(2**n):
            overlap = psi[places ^ flips].conj() * psi[places]
            signs = np.bitwise_count(places & flips) % 4  # Letters Y, each with a factor i.
            both = walsh_hadamard(overlap.real) + 1j * walsh_hadamard(overlap.imag)
            state[flips] = (both * 1j**signs).real
        # Flip and sign bits (f, s) of a wire are its letter: (0, 0) I, (1, 0) X, (1, 1) Y, (0, 1) Z.
        letters = state.reshape([2] * (2 * n)).transpose([axis for wire in range(n) for axis in (wire, n + wire)])
        order = np.array([0, 2, 3, 1])
        return np.ascontiguousarray(letters.reshape([4] * n)[np.ix_(*[order] * n)]).ravel()

    def state(self, theta: Float) -> Float:
        """Means of all Pauli words at the circuit's end, (4**n,), at theta, (n_parameters,) in radians."""
        angles, state = self.circuit.angles(theta), self._start
        for block in self._blocks:
            state = apply(block.matrix(angles), block.wires, state)
        return state

    def distribution(self, state: Float) -> Float:
        """What is read of a state, (2**n_measured,)."""
        n = self.circuit.n_qubits
        means = state.reshape([4] * n)[np.ix_(*[[0, 3]] * n)].ravel()
        q = np.maximum(self.circuit.marginal(walsh_hadamard(means) / 2**n), 0.0)
        return flipped(q / q.sum(), self.noise.readout)

    def _observable(self, slope: Float) -> Float:
        """The measured observable as the vector whose product with a state is its mean, (4**n,)."""
        n = self.circuit.n_qubits
        values = walsh_hadamard(self.circuit.lifted(flipped(slope, self.noise.readout))) / 2**n
        observable = np.zeros([4] * n)
        observable[np.ix_(*[[0, 3]] * n)] = values.reshape([2] * n)
        return observable.ravel()

    def gradient(self, theta: Float, slope: Float) -> Float:
        """sum_x slope(x) dq(x)/dtheta, (n_parameters,), for a slope (2**n_measured,) that is held.

        One pass backward; states are made anew from some that are kept, as no channel can be undone.
        """
        angles, blocks = self.circuit.angles(theta), self._blocks
        length = isqrt(len(blocks)) + 1
        matrices = [block.matrix(angles) for block in blocks]
        kept, state = [], self._start
        for k, block in enumerate(blocks):
            if k % length == 0:
                kept.append(state)
            state = apply(matrices[k], block.wires, state)
        found, observable = np.zeros(self.circuit.n_angles), self._observable(slope)
        for first in reversed(range(0, len(blocks), length)):
            states = [kept.pop()]
            for k in range(first, min(first + length, len(blocks)) - 1):
                states.append(apply(matrices[k], blocks[k].wires, states[-1]))
            for k in reversed(range(first, first + len(states))):
                overlaps = overlaps_of(observable, states[k - first], blocks[k].wires)
                for angle, slope_of_block in blocks[k].slopes(angles):
                    found[angle] += float(np.sum(overlaps * slope_of_block))
                observable = apply(matrices[k].T, blocks[k].wires, observable)
        return self.circuit.to_parameters(found)

    def shifted(self, theta: Float, wanted: Container[int]) -> Iterator[tuple[int, Float, Float]]:
        """Of each use of the angles ``wanted``: the angle, and what is read at it plus and minus pi/2."""
        angles, state = self.circuit.angles(theta), self._start
        matrices = [block.matrix(angles) for block in self._blocks]
        for k, block in enumerate(self._blocks):
            for j, use in enumerate(block.uses):
                if not use.gate.angles or use.gate.angles[0] not in wanted:
                    continue
                ends = []
                for turn in (np.pi / 2, -np.pi / 2):
                    end = apply(block.matrix(angles, (j, turn)), block.wires, state)
                    for matrix, later in zip(matrices[k + 1 :], self._blocks[k + 1 :], strict=True):
                        end = apply(matrix, later.wires, end)
                    ends.append(self.distribution(end))
                yield use.gate.angles[0], ends[0], ends[1]
            state = apply(matrices[k], block.wires, state)


def size_problem(wires: int) -> str:
    """Why noisy gates cannot be simulated on so many wires."""
    return (
        f"such noise of gates is simulated on at most {LARGEST} wires (a mixed state has 4^n numbers), got {wires}; "
        f"leave out sizes above, or give depolarising or readout alone"
    )
