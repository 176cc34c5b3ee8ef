"""Draws: probabilities of the circuit of Eq. 53 at fresh random parameters. Target: twice as fast as the best peer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import Float, Peer, peers
from benchmarks.results import OURS, Case, Row, check
from benchmarks.timing import take_turns
from benchmarks.work import Size, circuit_of, parameters
from bornscape.simulators.state_vector import Precision, batch_probabilities, probabilities
from bornscape.simulators.state_vector.batches import LARGEST

SIZES = [Size(*size) for size in ((4, 4), (8, 8), (12, 12), (14, 16), (16, 16), (18, 16), (20, 16))]
TARGET = 2.0
ALLOWED = {"double": 1e-12, "single": 5e-6}
PRECISIONS: tuple[Precision, ...] = ("double", "single")


def batch_of(size: Size) -> int:
    """Draws a call: many small ones, whose share of a peer's start a batch hides; one of 2**18 amplitudes."""
    return int(np.clip(2 ** (16 - size.n), 1, 64))


def ours(size: Size, precision: Precision) -> Callable[[Float], NDArray]:
    circuit = circuit_of(size)
    return lambda thetas: np.array([probabilities(circuit, theta, precision) for theta in thetas])


def contenders(
    size: Size, precision: Precision, batch: int, tried: list[Peer]
) -> dict[str, Callable[[Float], NDArray]]:
    found: dict[str, Callable[[Float], NDArray]] = {OURS: ours(size, precision)}
    if size.n <= LARGEST:
        found[f"{OURS}, batch"] = partial(batch_probabilities, circuit_of(size), precision=precision)
    for peer in tried:
        if peer.draws and peer.installed and precision in peer.precisions and size <= peer.largest_draw:
            found[peer.name] = peer.draws(size, precision, batch)
    return found


def measure(size: Size, precision: Precision, budget: float, tried: list[Peer]) -> list[Row]:
    """Rows of one size.

    Raises
    ------
    WrongResultError
        If a contender's probabilities are not ours.
    """
    batch = batch_of(size)
    thetas = parameters(size, batch)
    calls = contenders(size, precision, batch, tried)
    times = take_turns({name: partial(call, thetas) for name, call in calls.items()}, budget)
    reference = ours(size, "double")(thetas)
    differences = {name: float(np.abs(call(thetas) - reference).max()) for name, call in calls.items()}
    check(f"draws {size} {precision}", differences, ALLOWED[precision])
    versions = {peer.name: peer.version for peer in tried if peer.name in calls}
    return Case("draws", str(size), precision, TARGET).add(times, batch, versions, differences)


def rows(quick: bool, budget: float) -> Iterator[Row]:
    tried = peers()
    for size in SIZES[:1] if quick else SIZES:
        for precision in PRECISIONS:
            yield from measure(size, precision, budget, tried)
