"""IQP Born machines at sizes without state vectors: squares of words, and of the MMD's first gradient.

Circuits are Hadamards, turns about every qubit and about the pairs of a graph, Hadamards. The MMD is that at s = n/4
without words of three wires and more, which hold 8 % of its weight. Its derivative by one angle takes only the words
that the angle's generator meets oddly, n of them for a single qubit and 2 n - 2 for a pair.

Data are a chain of bits that repeat their neighbour with probability 0.8: <Z_i> = 0 and <Z_i Z_j> = 0.6^|i-j|.

Starts, each angle by itself, are ``full_range``, uniform; ``identity``, normal of standard deviation 1/sqrt(n);
``wide``, normal of standard deviation 1; ``unbiased``, pi/2 for the single qubits, so that every bit is fair, plus
noise as for ``identity``; and ``data``, as ``unbiased`` plus each pair's correlation in the data.

Collisions are 2^n sum_x q(x)^2, the chance that two shots agree over that of uniform outputs; outputs anticoncentrate
where its mean stays bounded as n grows (2 for Haar-random states). Up to 14 qubits it is measured on state vectors.

``dense`` is a random graph of 2 log2(n) neighbours a qubit, drawn anew at every draw, as ``random`` is for collisions:
closed forms are means over graphs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from bornscape import theory
from bornscape.aliases import Bits, Float, Settings
from bornscape.circuits import separate_uses
from bornscape.circuits.iqp import Generator, Generators, iqp_circuit, iqp_generators
from bornscape.datasets import Targets
from bornscape.formulas import Formula, evaluate
from bornscape.simulators.state_vector import probabilities
from bornscape.simulators.words.iqp import IqpEngine

COLUMNS = [
    *("part", "generators", "start", "word", "n_qubits", "wires", "rank", "draws"),
    *("mean_square", "mean_square_error", "log_mean", "log_error", "lower", "lower_wires", "upper", "expected"),
]
"""``part``: ``words``, squares z_A^2 of a ``word`` of one wire or of two; ``gradient``, squares of a component of the
MMD's gradient, by the angle of a ``qubit`` or of a ``pair``; ``collisions``, 2^n sum_x q(x)^2, of ``all`` words.
``rank``: of the word over GF(2), the least of the words that the angle moves. Means and standard errors over the draws
of the square and of its natural logarithm; without draws there are closed forms alone. ``lower``, ``upper``: bounds of
the gradient's mean square at ``full_range``, ``lower`` also of collisions; ``lower_wires``: the lower one, and
``expected``, if words fell as 2^-wires. ``expected``: collisions in closed form; none for lattices beyond 16 qubits."""

REPEATED = 0.6
"""Correlation of neighbours in the data."""

FULL_RANGE = "full_range"

CHANCES: dict[str, Formula] = {"product": 0, "random": 3, "dense": "2*log2(n)", "complete": "n"}
"""Graphs with each pair by chance, n times that. From 1.39 log2(n) neighbours a qubit on outputs anticoncentrate."""

MEASURED_COLLISIONS, ENUMERATED = 14, 16
"""Qubits up to which collisions are measured, and up to which a lattice's are summed over all words."""


def _correlations(generators: list[Generator]) -> Float:
    """<Z Z> in the data of the wires of each pair; 0 for single qubits."""
    return np.array([0.0 if len(wires) == 1 else REPEATED ** (wires[1] - wires[0]) for wires in generators])


Start = Callable[[int, list[Generator], np.random.Generator], Float]


def _near(n_qubits: int, generators: list[Generator], rng: np.random.Generator) -> Float:
    return rng.normal(0, 1 / np.sqrt(n_qubits), len(generators))


def _fair(n_qubits: int, generators: list[Generator], rng: np.random.Generator) -> Float:
    single = np.array([len(wires) == 1 for wires in generators])
    return np.pi / 2 * single + _near(n_qubits, generators, rng)


STARTS: dict[str, Start] = {
    FULL_RANGE: lambda n, generators, rng: rng.uniform(0, 2 * np.pi, len(generators)),
    "identity": _near,
    "wide": lambda n, generators, rng: rng.normal(size=len(generators)),
    "unbiased": _fair,
    "data": lambda n, generators, rng: _fair(n, generators, rng) + _correlations(generators),
}
"""Start -> angles of all generators, radians."""


def _word(n_qubits: int, *wires: int) -> Bits:
    word = np.zeros(n_qubits, dtype=np.uint8)
    word[list(wires)] = 1
    return word


def _pairs(n_qubits: int, kind: str) -> np.ndarray:
    """Of a graph, (n_pairs, 2)."""
    wires = [each for each in iqp_generators(n_qubits, kind) if len(each) == 2]
    return np.array(wires, dtype=np.int64).reshape(-1, 2)


def _ranks(generators: list[Generator], words: Bits) -> np.ndarray:
    pairs = np.array([wires for wires in generators if len(wires) == 2], dtype=np.int64)
    return np.array([theory.iqp_graph_rank(len(word), pairs, word) for word in words])


NEIGHBOURS = {"product": 0, "line": 2, "lattice": 4, "random": 3}
"""Of a qubit inside a large graph; in the complete graph all others are."""


def inner_wire(n_qubits: int, kind: str) -> int:
    """The wire whose number of neighbours is nearest to ``NEIGHBOURS``; among several the one in the middle."""
    ends = [wire for wires in iqp_generators(n_qubits, kind) if len(wires) == 2 for wire in wires]
    neighbours = np.bincount(np.array(ends, dtype=np.int64), minlength=n_qubits)
    middle = np.abs(np.arange(n_qubits) - n_qubits / 2)
    return int(np.lexsort((middle, np.abs(neighbours - NEIGHBOURS.get(kind, n_qubits - 1))))[0])


def _squares(engine: IqpEngine, words: Bits, draws: int, rng: np.random.Generator) -> Float:
    """z_A^2 of words (K, n) at uniform angles, (draws, K)."""
    count = engine.circuit.n_angles
    return np.array([engine.at(rng.uniform(0, 2 * np.pi, count)).means(words, rng) ** 2 for _ in range(draws)])


def met_words(n_qubits: int, generator: Generator) -> Bits:
    """Words of one and two wires that hold an odd number of a generator's wires."""
    singles = [_word(n_qubits, wire) for wire in generator]
    others = [wire for wire in range(n_qubits) if wire not in generator]
    return np.array(singles + [_word(n_qubits, wire, other) for wire in generator for other in others])


def _data(words: Bits) -> Float:
    """z_A of the data for words of one and two wires."""
    ends = [np.flatnonzero(word) for word in words]
    return np.array([0.0 if len(wires) == 1 else REPEATED ** int(wires[1] - wires[0]) for wires in ends])


def _gradient_rows(
    n_qubits: int, kind: str, engine: IqpEngine, by: str, draws: int, rng: np.random.Generator
) -> list[dict]:
    """From every start by the angle of a pair, from the full range alone by that of a qubit."""
    generators = iqp_generators(n_qubits, kind)
    wire = inner_wire(n_qubits, kind)
    pairs = (wires for wires in generators if len(wires) == 2 and wire in wires)
    generator: Generator = next(pairs) if by == "pair" else (wire,)
    component = _Component.of(n_qubits, generator, _ranks(generators, met_words(n_qubits, generator)))
    place, rows = generators.index(generator), []
    for start in STARTS if by == "pair" else (FULL_RANGE,):
        known = {"generators": kind, "start": start, "word": by} | component.known(start)
        for _ in range(draws):
            theta = STARTS[start](n_qubits, generators, rng)
            rows.append(known | {"square": component.slope(engine, theta, place, rng) ** 2})
    return rows


class _Component(NamedTuple):
    """One component of the MMD's gradient: the words that its angle moves, their weights, data and ranks."""

    words: Bits
    weights: Float
    data: Float
    ranks: Float

    @classmethod
    def of(cls, n_qubits: int, generator: Generator, ranks: Float) -> _Component:
        words = met_words(n_qubits, generator)
        sizes, flip = words.sum(axis=1), theory.flip_probability(n_qubits / 4)
        return cls(words, flip**sizes * (1 - flip) ** (n_qubits - sizes), _data(words), ranks)

    def known(self, start: str) -> dict:
        """What closed forms say of it."""
        lower, upper = theory.iqp_mmd_gradient_bounds(self.weights, self.data, self.ranks)
        wrong, _ = theory.iqp_mmd_gradient_bounds(self.weights, self.data, self.words.sum(axis=1))
        bounds = {"lower": lower, "upper": upper, "lower_wires": wrong} if start == FULL_RANGE else {}
        return {"part": "gradient", "rank": float(self.ranks.min())} | bounds

    def slope(self, engine: IqpEngine, theta: Float, place: int, rng: np.random.Generator) -> float:
        state = engine.at(theta)
        weights = 2 * self.weights * (state.means(self.words, rng) - self.data)
        return float(state.gradient(self.words, weights, rng)[place])


def _dense_rows(n_qubits: int, draws: int, rng: np.random.Generator) -> list[dict]:
    """The gradient by a qubit's angle on dense graphs, each draw with a graph of its own; or closed forms alone."""
    wire, chance = n_qubits // 2, evaluate(CHANCES["dense"], n_qubits) / n_qubits
    sizes = met_words(n_qubits, (wire,)).sum(axis=1)
    ranks = np.array([theory.iqp_random_graph_rank(n_qubits, chance, int(size)) for size in sizes])
    component = _Component.of(n_qubits, (wire,), ranks)
    known = {"generators": "dense", "start": FULL_RANGE, "word": "qubit"} | component.known(FULL_RANGE)
    rows = []
    for _ in range(draws):
        engine = _engine(n_qubits, _anew(n_qubits, "dense", rng))
        theta = rng.uniform(0, 2 * np.pi, engine.circuit.n_angles)
        rows.append(known | {"square": component.slope(engine, theta, wire, rng) ** 2})
    return rows or [known | {"square": np.nan}]


def _anew(n_qubits: int, kind: str, rng: np.random.Generator) -> Generators:
    """A graph of a kind of ``CHANCES``, with a seed of its own."""
    return {"random": f"({CHANCES[kind]})/n", "seed": int(rng.integers(2**31))}


def _engine(n_qubits: int, kind: Generators) -> IqpEngine:
    return IqpEngine(separate_uses(iqp_circuit(n_qubits, 1, kind)))


def _collision_rows(n_qubits: int, kind: str, draws: int, rng: np.random.Generator) -> list[dict]:
    """2^n sum_x q(x)^2 at uniform angles, measured where state vectors are small, beside closed forms."""
    if kind in CHANCES:
        chance = evaluate(CHANCES[kind], n_qubits) / n_qubits
        expected = theory.iqp_random_graph_collisions(n_qubits, chance)
        lower = theory.iqp_random_graph_collisions_at_least(n_qubits, chance)
    else:
        expected = theory.iqp_line_collisions(n_qubits) if kind == "line" else np.nan
        lower = theory.iqp_collisions_at_least(n_qubits, pairs := _pairs(n_qubits, kind))
        if kind != "line" and n_qubits <= ENUMERATED:
            expected = theory.iqp_collisions(n_qubits, pairs)
    known = {"part": "collisions", "generators": kind, "start": FULL_RANGE, "word": "all", "lower": lower}
    known |= {"expected": expected, "lower_wires": 1.5**n_qubits}
    found = []
    for _ in range(draws if n_qubits <= MEASURED_COLLISIONS else 0):
        circuit = iqp_circuit(n_qubits, 1, _anew(n_qubits, kind, rng) if kind in CHANCES else kind)
        q = probabilities(circuit, rng.uniform(0, 2 * np.pi, circuit.n_parameters))
        found.append(known | {"square": 2.0**n_qubits * float(np.sum(q**2))})
    return found or [known | {"square": np.nan}]


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """One row a draw: the square of a word or of a component of the gradient, or the collisions.

    Where there are closed forms alone, one row without a square.
    """
    rows = []
    for kind, largest in settings["generators"].items():
        if n_qubits > largest:
            continue
        engine = _engine(n_qubits, kind)
        generators, wire = iqp_generators(n_qubits, kind), inner_wire(n_qubits, kind)
        words = {"one": _word(n_qubits, wire), "two": _word(n_qubits, wire, (wire + 1) % n_qubits)}
        chosen = np.array(list(words.values()))
        squares = _squares(engine, chosen, settings["word_draws"], rng)
        for name, word, rank, column in zip(words, chosen, _ranks(generators, chosen), squares.T, strict=True):
            known = {"wires": int(word.sum()), "rank": int(rank)}
            rows += [{"part": "words", "generators": kind, "start": FULL_RANGE, "word": name, "square": square, **known}
                     for square in column]  # fmt: skip
        rows += _gradient_rows(n_qubits, kind, engine, "qubit", settings["draws"], rng)
        if kind == settings["starts_on"] and n_qubits <= settings["starts_up_to"]:
            rows += _gradient_rows(n_qubits, kind, engine, "pair", settings["start_draws"], rng)
    rows += _dense_rows(n_qubits, settings["draws"] if n_qubits <= settings["dense_up_to"] else 0, rng)
    for kind in ("product", "line", "lattice", "random", "complete", "dense"):
        rows += _collision_rows(n_qubits, kind, settings["collision_draws"], rng)
    return pd.DataFrame(rows)


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Means over the draws of all jobs."""
    keys = ["part", "generators", "start", "word", "n_qubits"]
    rows = rows.assign(log=np.log(rows["square"]))
    parts = rows.groupby(keys, sort=False)
    known = parts[["wires", "rank", "lower", "lower_wires", "upper", "expected"]].first()
    means = parts["square"].agg(draws="count", mean_square="mean", mean_square_error="sem")
    logs = parts["log"].agg(log_mean="mean", log_error="sem")
    whole = pd.concat([known, means, logs], axis=1).reset_index()
    return whole.sort_values(keys, kind="stable")[COLUMNS].reset_index(drop=True)
