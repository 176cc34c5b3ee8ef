"""Means of products of Z of IQP circuits at 100 and 1000 qubits, beside PennyLane labs' estimator in JAX.

Words are those of the MMD at bandwidth s = n/4 (PennyLane's own bandwidth sigma is its root: s = sigma^2). The peer, in
PennyLane 0.45 ``labs.phox``, later ``labs.tcdq``, estimates every word from random strings; our words are exact
where few bits matter, as here. Of the complete graph at n = 1000 its matrices of generators would take 12 GB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib import metadata, util

import numpy as np
from numpy.typing import NDArray

from benchmarks.results import OURS, Case, Row, check
from benchmarks.timing import take_turns
from benchmarks.work import SEED
from bornscape.circuits import separate_uses
from bornscape.circuits.iqp import iqp_circuit, iqp_generators
from bornscape.simulators.words.iqp import IqpEngine

Float = NDArray[np.float64]

PEER = "PennyLane labs.phox, JAX"
TARGET = 3
SAMPLES, WORDS = 1000, 1000
CASES = (("line", 100), ("complete", 100), ("line", 1000), ("complete", 1000))
LARGEST_MATRIX = 10**7
"""Numbers of the peer's matrix of generators, beyond which it is left out."""


def words_of_mmd(n: int, count: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Words of the MMD at s = n/4, without empty ones."""
    flip = (1 - np.exp(-2 / n)) / 2
    drawn = rng.random((4 * count, n)) < flip
    return drawn[drawn.any(axis=1)][:count].astype(np.uint8)


def estimator(kind: str, n: int, words: NDArray[np.uint8]) -> Callable[[Float], Float]:
    import jax
    from pennylane.labs.phox import CircuitConfig, build_expval_func

    gates = {k: [list(wires)] for k, wires in enumerate(iqp_generators(n, kind))}
    config = CircuitConfig(gates, 3 * words.astype(np.int64), SAMPLES, jax.random.PRNGKey(SEED), n)
    compiled = jax.jit(lambda halves: build_expval_func(config)(halves)[0])
    return lambda angles: np.asarray(compiled(angles / 2))


def rows(quick: bool, budget: float) -> Iterator[Row]:
    for kind, n in CASES[:1] if quick else CASES:
        rng = np.random.default_rng([SEED, n, len(kind)])
        words = words_of_mmd(n, 20 if quick else WORDS, rng)
        engine = IqpEngine(separate_uses(iqp_circuit(n, 1, kind)))
        angles = rng.normal(size=engine.circuit.n_angles) / np.sqrt(n)

        def ours(engine: IqpEngine = engine, words: NDArray[np.uint8] = words, angles: Float = angles) -> Float:
            return engine.at(angles).means(words, np.random.default_rng(SEED))

        calls: dict[str, Callable[[], Float]] = {OURS: ours}
        fits = engine.circuit.n_angles * n <= LARGEST_MATRIX
        if fits and util.find_spec("jax") is not None:
            calls[PEER] = partial(estimator(kind, n, words), angles)
        times = take_turns(calls, budget)
        reference = ours()
        differences = {name: float(np.abs(call() - reference).max()) for name, call in calls.items()}
        # The peer's standard error is at most 1 / sqrt(samples).
        check("iqp_words", differences, 6 / np.sqrt(SAMPLES))
        share = engine.exact(words).mean()
        notes = {OURS: f"{share:.0%} of the words exact", PEER: f"{SAMPLES} random strings"}
        case = Case("iqp_words", f"{kind}, n={n}, a word", target=TARGET)
        yield from case.add(times, len(words), {PEER: metadata.version("pennylane")}, differences, notes)
