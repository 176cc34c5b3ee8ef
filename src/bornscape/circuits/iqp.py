"""IQP circuits: Hadamards, rotations about products of Z, Hadamards; which products there are is the family."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, pairwise
from math import isqrt

import numpy as np

from bornscape.circuits.gates import Circuit, Gate
from bornscape.formulas import Formula, evaluate

Generators = str | Mapping[str, Formula]
"""A name of ``GRAPHS`` or ``random``, ``{random: probability of a pair, seed: 0}`` or ``{up_to_weight: k}``."""

Generator = tuple[int, ...]
"""Wires of one product of Z, in rising order."""


def line_pairs(n_qubits: int) -> list[Generator]:
    """Neighbours on an open line, (0, 1) first."""
    return [(i, i + 1) for i in range(n_qubits - 1)]


def lattice_pairs(n_qubits: int) -> list[Generator]:
    """Neighbours on a square lattice with open edges.

    Sites lie row by row in rows of ceil(sqrt n), the last of which may be shorter.
    """
    width = isqrt(n_qubits - 1) + 1
    right = [(i, i + 1) for i in range(n_qubits - 1) if (i + 1) % width]
    return sorted(right + [(i, i + width) for i in range(n_qubits - width)])


def complete_pairs(n_qubits: int) -> list[Generator]:
    """Every pair of qubits."""
    return list(combinations(range(n_qubits), 2))


def random_pairs(n_qubits: int, probability: float, seed: int = 0) -> list[Generator]:
    """Each pair of qubits with the same probability, the same ones for the same n and seed.

    Raises
    ------
    ValueError
        If the probability is not between 0 and 1.
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"generators: expected a probability of a pair between 0 and 1, got {probability:g}")
    rng = np.random.default_rng([seed, n_qubits])
    first, second = np.triu_indices(n_qubits, 1)
    chosen = rng.random(len(first)) < probability
    return list(zip(first[chosen].tolist(), second[chosen].tolist(), strict=True))


GRAPHS: dict[str, Callable[[int], list[Generator]]] = {
    "complete": complete_pairs,
    "line": line_pairs,
    "lattice": lattice_pairs,
    "product": lambda n_qubits: [],
}
"""Pairs of n qubits by the names that configurations use; every single qubit is a generator too."""

RANDOM_PROBABILITY = "3/n"
"""Of a pair, where ``random`` has none: about three neighbours a qubit."""

_EXPECTED = "expected complete, line, lattice, product, random, {random: 3/n, seed: 0} or {up_to_weight: 3}"


def iqp_generators(n_qubits: int, kind: Generators = "complete") -> list[Generator]:
    """Wires of every generator: the single qubits, then pairs, then larger products.

    Raises
    ------
    ValueError
        If the kind is none, or its number is out of range.

    Examples
    --------
    >>> iqp_generators(3, "line")
    [(0,), (1,), (2,), (0, 1), (1, 2)]
    >>> iqp_generators(3, {"up_to_weight": 3})[-2:]
    [(1, 2), (0, 1, 2)]
    """
    singles: list[Generator] = [(i,) for i in range(n_qubits)]
    if isinstance(kind, str) and kind in GRAPHS:
        return singles + GRAPHS[kind](n_qubits)
    settings = {"random": RANDOM_PROBABILITY} if kind == "random" else kind
    if isinstance(settings, str):
        raise ValueError(f"generators: {_EXPECTED}, got {kind!r}")
    if "random" in settings and set(settings) <= {"random", "seed"}:
        probability = float(evaluate(settings["random"], n_qubits))
        if settings["random"] == RANDOM_PROBABILITY:
            probability = min(probability, 1.0)
        return singles + random_pairs(n_qubits, probability, int(settings.get("seed", 0)))
    if set(settings) == {"up_to_weight"}:
        weight = evaluate(settings["up_to_weight"], n_qubits)
        if weight < 1 or weight != int(weight):
            raise ValueError(f"generators: up_to_weight: expected a whole number of at least 1, got {weight:g}")
        return [wires for k in range(1, int(weight) + 1) for wires in combinations(range(n_qubits), k)]
    raise ValueError(f"generators: {_EXPECTED}, got {kind!r}")


def _rotations(generators: list[Generator]) -> Iterator[Gate]:
    """A rotation about every generator, by the angle of its place."""
    for angle, wires in enumerate(generators):
        if len(wires) <= 2:
            yield Gate("RZ" if len(wires) == 1 else "IsingZZ", wires, (angle,))
            continue
        chain = [Gate("CNOT", pair) for pair in pairwise(wires)]
        yield from (*chain, Gate("RZ", wires[-1:], (angle,)), *reversed(chain))


def iqp_circuit(n_qubits: int, n_layers: int = 1, generators: Generators = "complete") -> Circuit:
    """Instantaneous quantum polynomial circuit: Hadamards, n_layers of a rotation about every generator, Hadamards.

    All rotations commute, so layers add their angles; one layer is the whole family. The complete graph has
    n (n+1)/2 angles a layer.

    Raises
    ------
    ValueError
        If a number is out of range, or the generators are none.
    """
    if n_qubits < 1 or n_layers < 0:
        raise ValueError(f"expected at least 1 qubit and 0 layers, got {n_qubits} and {n_layers}")
    mixed = [Gate("Hadamard", (i,)) for i in range(n_qubits)]
    wires = iqp_generators(n_qubits, generators) * n_layers
    return Circuit(n_qubits, len(wires), (*mixed, *_rotations(wires), *mixed))
