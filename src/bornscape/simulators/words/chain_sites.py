"""A circuit's wires as the sites of a chain: each gate between two wires is a bond of a known, small dimension.

A gate on two wires is a sum of r products, exp(-i a P Q / 2) = cos(a/2) I I - i sin(a/2) P Q with r = 2, a CNOT
|0><0| I + |1><1| X. Each term's number is a bond index, r values, and what is left is one product of 2 x 2 matrices for
each wire: its site tensor. Nothing is truncated. A cut of the chain has the product of the ranks of the gates across
it, 2^L for L layers of such gates on neighbours, at any n.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Complex, Float
from bornscape.circuits import ROTATION_PAULIS, Circuit, Gate
from bornscape.circuits.cones import Cones
from bornscape.simulators.words.chain_contractions import Tensor
from bornscape.simulators.words.gate_matrices import IDENTITY, PAULIS, fixed_matrix
from bornscape.simulators.words.protocol import DoesNotFitError

_TERMS = {letter: np.array([IDENTITY, pauli]) for letter, pauli in PAULIS.items()} | {
    "control": np.array([np.diag([1, 0]), np.diag([0, 1])], dtype=complex),
    "all": np.array([IDENTITY, *PAULIS.values()]) / np.sqrt(2),
}
"""Matrices of one wire's side of a gate, (r, 2, 2), by the name of the side."""

_PAIRS = {"CNOT": ("control", "X"), "CY": ("control", "Y"), "CZ": ("control", "Z"), "SWAP": ("all", "all")}
"""Both sides of the gates on two wires that have no angle."""

_UNDER_CNOT = {("control", "X"): "XX", ("control", "Y"): "YX", ("target", "Y"): "ZY", ("target", "Z"): "ZZ"}
"""Pauli words on (control, target) that CNOT P CNOT is, by the wire of P and P, where it is not P."""


class Pair(NamedTuple):
    """exp(-i sign angle P Q / 2) on two wires (``word`` PQ), or a gate of ``_PAIRS`` without an angle (no ``word``)."""

    name: str
    wires: tuple[int, int]
    word: str
    angle: int
    sign: float


class Step(NamedTuple):
    """What a gate does at one site: a turn, a fixed matrix, a new bond to the left or right, or one passing by.

    Attributes
    ----------
    key
        The turn's letter, the fixed gate's name, the name of the side in ``_TERMS``, or the rank of what passes by.
    angle, sign
        Of a turn, or of a bond whose terms are weighted by a cosine and a sine; angle -1 for others.
    """

    kind: Literal["turn", "fixed", "left", "right", "pass"]
    key: str
    angle: int = -1
    sign: float = 1.0


def fused(gates: Sequence[Gate]) -> list[Gate | Pair]:
    """Gates on one wire as they are, others as pairs; CNOT R(a) CNOT is one pair.

    Raises
    ------
    DoesNotFitError
        If a gate has three wires.
    """
    found: list[Gate | Pair | None] = []
    last: dict[int, list[int]] = {}
    for gate in gates:
        if len(gate.wires) > 2:
            raise DoesNotFitError(f"chain: gate {gate.name} on wires {list(gate.wires)}: gates on two wires would fit")
        if len(gate.wires) == 1:
            found.append(gate)
        elif (merged := _merged(gate, found, last)) is not None:
            turn = max(last[wire][-1] for wire in gate.wires)
            opened = min(last[wire][-1] for wire in gate.wires)
            found[opened] = found[turn] = None
            for wire in gate.wires:
                last[wire] = [k for k in last[wire] if k not in (opened, turn)]
            found.append(merged)
        else:
            word, sign = ROTATION_PAULIS.get(gate.name, ""), -1.0 if gate.inverse else 1.0
            if not word and gate.name not in _PAIRS:
                raise DoesNotFitError(f"chain: gate {gate.name}: no sum of few products is known for it")
            wires = (gate.wires[0], gate.wires[1])
            found.append(Pair(gate.name, wires, word, gate.angles[0] if gate.angles else -1, sign))
        for wire in gate.wires:
            last.setdefault(wire, []).append(len(found) - 1)
    return [gate for gate in found if gate is not None]


def _merged(gate: Gate, found: Sequence[Gate | Pair | None], last: dict[int, list[int]]) -> Pair | None:
    """CNOT R(a) CNOT, with this gate the last of the three, as one pair; None where it is none."""
    if gate.name != "CNOT":
        return None
    control, target = gate.wires
    for role, here, there in (("control", control, target), ("target", target, control)):
        mine, other = last.get(here, []), last.get(there, [])
        if len(mine) < 2 or not other or mine[-2] != other[-1]:
            continue
        opened, turn = found[mine[-2]], found[mine[-1]]
        if not isinstance(opened, Pair) or not isinstance(turn, Gate) or turn.name not in ROTATION_PAULIS:
            continue
        word = _UNDER_CNOT.get((role, ROTATION_PAULIS[turn.name]))
        if opened.name == "CNOT" and opened.wires == gate.wires and word:
            wires = (gate.wires[0], gate.wires[1])
            return Pair("", wires, word, turn.angles[0], -1.0 if turn.inverse else 1.0)
    return None


def met(circuit: Circuit) -> list[Gate | Pair]:
    """Gates that measured wires depend on, ``fused``.

    Raises
    ------
    DoesNotFitError
        If a gate has three wires.
    """
    return fused([circuit.gates[k] for k in Cones(circuit).cone(frozenset(circuit.measured_wires)).gates])


def sites(gates: Sequence[Gate | Pair], n_qubits: int) -> list[list[Step]]:
    """Steps of every wire, in the order in which they act; as many as gates begin, end or pass there."""
    steps: list[list[Step]] = [[] for _ in range(n_qubits)]
    for gate in gates:
        if isinstance(gate, Pair):
            _add_pair(gate, steps)
        elif gate.name in ROTATION_PAULIS:
            sign = -1.0 if gate.inverse else 1.0
            steps[gate.wires[0]].append(Step("turn", ROTATION_PAULIS[gate.name], gate.angles[0], sign))
        else:
            steps[gate.wires[0]].append(Step("fixed", gate.name + "+" * gate.inverse))
    return steps


def _add_pair(gate: Pair, steps: list[list[Step]]) -> None:
    sides = tuple(gate.word) if gate.word else _PAIRS[gate.name]
    (first, left), (last, right) = sorted(zip(gate.wires, sides, strict=True))
    rank = len(_TERMS[left])
    # The weights of the terms stand on the left wire's side.
    steps[first].append(Step("right", left, gate.angle, gate.sign))
    steps[last].append(Step("left", right))
    for between in range(first + 1, last):
        steps[between].append(Step("pass", str(rank)))


def bonds(gates: Sequence[Gate | Pair], n_qubits: int) -> list[int]:
    """Dimension of the bond to the right of every site, however large; 1 after the last."""
    bits = np.zeros(n_qubits, dtype=np.int64)
    for gate in gates:
        if isinstance(gate, Pair):
            terms = len(_TERMS[gate.word[0] if gate.word else _PAIRS[gate.name][0]])
            # All ranks are powers of two.
            bits[[min(gate.wires), max(gate.wires)]] += np.array([1, -1]) * (terms.bit_length() - 1)
    return [1 << crossing for crossing in np.cumsum(bits).tolist()]


@dataclass(frozen=True, eq=False)
class SiteGroup:
    """Sites with the same steps but for their angles.

    Attributes
    ----------
    places
        The sites, S of them.
    steps
        Of the first of them.
    angles, signs
        (steps, S): angles' numbers, 0 where a step has none, and their signs, 0 there.
    """

    places: NDArray[np.int64]
    steps: tuple[Step, ...]
    angles: NDArray[np.int64]
    signs: Float

    def tensors(self, starts: Tensor, angles: Float) -> Tensor:
        """Site tensors, (S, left bond, 2, right bond), from those before the circuit, at its angles."""
        v = starts
        for k, step in enumerate(self.steps):
            v = _forward(step, v, self._halves(k, angles))
        return v

    def _halves(self, k: int, angles: Float) -> Float:
        return self.signs[k] * angles[self.angles[k]] / 2

    def pull_back(self, v: Tensor, g: Tensor, angles: Float, slope: Float) -> None:
        """Add to ``slope``, (n_angles,), the derivatives of a real function O of the tensors v with dO/dv* = g."""
        for k in reversed(range(len(self.steps))):
            step, halves = self.steps[k], self._halves(k, angles)
            if step.kind == "turn":
                turned = np.einsum("st,nltr->nlsr", PAULIS[step.key], v)
                rate = -np.einsum("nlsr,nlsr->n", turned.conj(), g).imag
                slope[self.angles[k]] += self.signs[k] * rate
            v, after = _backward(step, v, halves) / _norm(step), g
            g = _backward(step, g, halves)
            if step.kind == "right" and step.angle >= 0:
                ahead = _forward(step, v, halves + np.pi / 2)
                slope[self.angles[k]] += self.signs[k] * np.einsum("nlsr,nlsr->n", ahead.conj(), after).real


def groups(steps: Sequence[Sequence[Step]], starts: Sequence[Tensor]) -> list[SiteGroup]:
    """Sites by what they do, and by the bonds of the tensors that they start from."""
    kinds: dict[tuple[object, ...], list[int]] = {}
    for place, (own, start) in enumerate(zip(steps, starts, strict=True)):
        kinds.setdefault((start.shape, *((s.kind, s.key, s.angle >= 0) for s in own)), []).append(place)
    found = []
    for places in kinds.values():
        alike = [steps[place] for place in places]
        count = (len(alike[0]), len(places))
        numbers = np.array([[s.angle for s in site] for site in alike], dtype=np.int64).T.reshape(count)
        signs = np.array([[s.sign for s in site] for site in alike], dtype=np.float64).T.reshape(count)
        used, first = numbers >= 0, tuple(alike[0])
        found.append(SiteGroup(np.array(places), first, np.where(used, numbers, 0), np.where(used, signs, 0.0)))
    return found


def _matrix(step: Step) -> Complex:
    return fixed_matrix(step.key.rstrip("+"), step.key.endswith("+"))


def _weights(step: Step, halves: Float) -> NDArray:
    """Weights of a bond's terms at each site, (S, r)."""
    if step.kind == "right" and step.angle >= 0:
        return np.stack([np.cos(halves), -1j * np.sin(halves)], axis=1)
    return np.ones((len(halves), len(_TERMS[step.key])))


def _norm(step: Step) -> float:
    """What ``_backward`` after ``_forward`` multiplies by."""
    if step.kind == "pass":
        return float(step.key)
    if step.kind in ("turn", "fixed") or step.angle >= 0 or step.key == "control":
        return 1.0
    return 2.0


def _turns(step: Step, halves: Float) -> NDArray:
    """Matrices of turns, (S, 2, 2)."""
    cosines, sines = np.cos(halves)[:, None, None], np.sin(halves)[:, None, None]
    return cosines * IDENTITY - 1j * sines * PAULIS[step.key]


def _forward(step: Step, v: Tensor, halves: Float) -> Tensor:
    """Tensors after a step, from (S, left, 2, right); ``halves`` are half the angles at each site, (S,)."""
    count, left, _, right = v.shape
    if step.kind == "fixed":
        return np.einsum("st,nltr->nlsr", _matrix(step), v)
    if step.kind == "turn":
        return np.einsum("nst,nltr->nlsr", _turns(step, halves), v)
    if step.kind == "pass":
        rank = int(step.key)
        return np.einsum("nltr,bc->nlbtrc", v, np.eye(rank)).reshape(count, left * rank, 2, right * rank)
    terms, weights = _TERMS[step.key], _weights(step, halves)
    rank = len(terms)
    order, shape = ("nlsrb", (left, 2, right * rank)) if step.kind == "right" else ("nlbsr", (left * rank, 2, right))
    return np.einsum(f"nb,bst,nltr->{order}", weights, terms, v).reshape(count, *shape)


def _backward(step: Step, v: Tensor, halves: Float) -> Tensor:
    """The adjoint of ``_forward``."""
    count, left, _, right = v.shape
    if step.kind == "fixed":
        return np.einsum("ts,nltr->nlsr", _matrix(step).conj(), v)
    if step.kind == "turn":
        return np.einsum("nts,nltr->nlsr", _turns(step, halves).conj(), v)
    if step.kind == "pass":
        rank = int(step.key)
        return np.einsum("nlbtrb->nltr", v.reshape(count, left // rank, rank, 2, right // rank, rank))
    terms, weights = _TERMS[step.key], _weights(step, halves)
    rank = len(terms)
    order, shape = (
        ("ltrb", (left, 2, right // rank, rank))
        if step.kind == "right"
        else (
            "lbtr",
            (left // rank, rank, 2, right),
        )
    )
    return np.einsum(f"nb,bts,n{order}->nlsr", weights.conj(), terms.conj(), v.reshape(count, *shape))
