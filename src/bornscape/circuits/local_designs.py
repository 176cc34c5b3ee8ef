"""Brick walls of uniformly random two-qubit Cliffords: exact local 2-designs, so that q's first two moments are Haar's.

A stabilizer state's q is uniform on 2^r strings, with r the rank of its stabilizers' X parts: all that is asked here
follows from two numbers, at any n.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bornscape.circuits.ansatze import brickwork_pairs


class Support(NamedTuple):
    """The strings that a stabilizer state can give: 2^``rank`` of them, each as likely."""

    rank: int
    holds_zero: bool


_TURNS = ("", "C_XYZ", "C_ZYX")
_CLASSES = (
    "",
    "SWAP {0} {1}",
    *(
        f"{gate} {{0}} {{1}}\n{first} {{0}}\n{second} {{1}}".replace("\n {0}", "").replace("\n {1}", "")
        for gate in ("CX", "ISWAP")
        for first in _TURNS
        for second in _TURNS
    ),
)


@cache
def cliffords() -> list[str]:
    """All 11520 two-qubit Cliffords up to a phase, each once, as stim's text on wires {0} and {1}.

    Every one is a pair of single-qubit Cliffords and one of 20 classes. stim's own random ones cannot be seeded.
    """
    import stim

    singles = [str(single.to_circuit()) for single in stim.Tableau.iter_all(1)]
    first, second = ([text.replace(" 0", f" {{{wire}}}") for text in singles] for wire in (0, 1))
    return ["\n".join(parts) for parts in product(first, second, _CLASSES)]


def _rank(rows: NDArray[np.bool_]) -> int:
    """Rank over GF(2)."""
    rows = rows.copy()
    rank = 0
    for column in range(rows.shape[1]):
        pivots = np.flatnonzero(rows[rank:, column]) + rank
        if not len(pivots):
            continue
        rows[[rank, pivots[0]]] = rows[[pivots[0], rank]]
        others = np.flatnonzero(rows[:, column])
        rows[others[others != rank]] ^= rows[rank]
        rank += 1
        if rank == len(rows):
            break
    return rank


def random_support(n_qubits: int, n_layers: int, rng: np.random.Generator) -> Support:
    """The support of one random circuit on |0...0>; a layer puts a gate on every pair of neighbours on a line.

    Raises
    ------
    ValueError
        If there are fewer than two qubits, or no layers: every qubit has to meet a gate.
    """
    import stim

    if n_qubits < 2 or n_layers < 1:
        raise ValueError(f"expected n_qubits >= 2 and n_layers >= 1, got {n_qubits} and {n_layers}")
    gates, pairs = cliffords(), brickwork_pairs(n_qubits) * n_layers
    simulator = stim.TableauSimulator()
    chosen = rng.integers(len(gates), size=len(pairs))
    text = "\n".join(gates[k].format(*pair) for k, pair in zip(chosen, pairs, strict=True))
    simulator.do(stim.Circuit(f"I {n_qubits - 1}\n{text}"))
    x_parts = (simulator.current_inverse_tableau() ** -1).to_numpy()[2]
    try:
        simulator.postselect_z(list(range(n_qubits)), desired_value=False)
    except ValueError:
        return Support(_rank(x_parts), False)
    return Support(_rank(x_parts), True)
