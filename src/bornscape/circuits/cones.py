"""Backward light cones of Z-words: the gates that a word's mean depends on, as a small circuit of their own."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bornscape.aliases import Indices
from bornscape.circuits.gates import DIAGONAL_GATES, Circuit


@dataclass(frozen=True, eq=False)
class Cone:
    """What the words on some wires depend on.

    Attributes
    ----------
    wires
        Of the whole circuit, in their order: all that a gate of the cone acts on, and those of the words.
    gates
        Their places in the whole circuit, in the order in which they act.
    """

    wires: tuple[int, ...]
    gates: tuple[int, ...]

    @property
    def width(self) -> int:
        """Number of wires."""
        return len(self.wires)


@dataclass(frozen=True, eq=False)
class Cones:
    """Light cones of a circuit of gates with at most one angle (``circuits.separate_uses``)."""

    circuit: Circuit

    @cached_property
    def _of_wires(self) -> list[list[int]]:
        """Places of the gates of each wire, rising."""
        places: list[list[int]] = [[] for _ in self.circuit.wires]
        for k, gate in enumerate(self.circuit.gates):
            for wire in gate.wires:
                places[wire].append(k)
        return places

    def cone(self, wires: frozenset[int]) -> Cone:
        """The cone of Z-words on ``wires``; a diagonal gate that meets nothing but Z leaves every word as it is.

        Where it meets more on one of its wires, it brings no more than Z to the others. So the cone of a union of wires
        is the union of their cones.

        Examples
        --------
        A CNOT joins wires 1 and 2 only; what wire 2 gives depends on both.

        >>> import bornscape as bs
        >>> circuit = bs.Circuit(3, 1, (bs.Gate("RY", (0,), (0,)), bs.Gate("CNOT", (1, 2)), bs.Gate("CZ", (0, 2))))
        >>> Cones(circuit).cone(frozenset({2}))
        Cone(wires=(1, 2), gates=(1,))
        """
        places, gates = self._of_wires, self.circuit.gates
        live, mixed = set(wires), set[int]()
        waiting = [-places[wire][-1] for wire in live if places[wire]]
        heapq.heapify(waiting)
        kept: list[int] = []
        done = len(gates)
        while waiting:
            place = -heapq.heappop(waiting)
            if place == done:
                continue
            done, gate = place, gates[place]
            diagonal = gate.name in DIAGONAL_GATES
            if not diagonal or not mixed.isdisjoint(gate.wires):
                kept.append(place)
                live.update(gate.wires)
            if not diagonal:
                mixed.update(gate.wires)
            for wire in live.intersection(gate.wires):
                if (before := bisect_left(places[wire], place)) > 0:
                    heapq.heappush(waiting, -places[wire][before - 1])
        return Cone(tuple(sorted(live)), tuple(reversed(kept)))

    def alone(self, cone: Cone, measured: frozenset[int]) -> tuple[Circuit, Indices]:
        """A cone's gates as a circuit on its own wires, ``measured`` those of its words, and its angles' numbers.

        Angles of the small circuit are numbered in the order of its gates; the array, (k,), says which of the whole
        circuit's they are.
        """
        place = {wire: k for k, wire in enumerate(cone.wires)}
        chosen = [self.circuit.gates[k] for k in cone.gates]
        used = [gate.angles[0] for gate in chosen if gate.angles]
        numbers = iter(range(len(used)))
        gates = tuple(
            replace(
                gate,
                wires=tuple(place[wire] for wire in gate.wires),
                angles=(next(numbers),) if gate.angles else (),
            )
            for gate in chosen
        )
        small = Circuit(cone.width, len(used), gates, measured=tuple(place[wire] for wire in sorted(measured)))
        return small, np.array(used, dtype=np.int64)
