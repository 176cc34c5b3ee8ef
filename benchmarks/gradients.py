"""Exact gradients of the KLD, TVD and MMD. Target: three times as fast as the best peer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.kernel_matrix import LARGEST
from benchmarks.peers import Float, Peer, peers
from benchmarks.results import OURS, Case, Row, check
from benchmarks.timing import take_turns
from benchmarks.work import Size, circuit_of, data, parameters
from bornscape.losses.explicit import ExplicitLoss
from bornscape.losses.gradient import gradient
from bornscape.losses.mmd import MMDLoss

SIZES = [Size(*size) for size in ((4, 4), (9, 9), (12, 12), (16, 4), (16, 16))]
LOSSES = ("kld", "tvd", "mmd")
TARGET = 3.0
ALLOWED = 1e-8
"""Largest difference, relative to the largest entry."""


def ours(size: Size, loss: str, p: Float) -> Callable[[Float], NDArray]:
    circuit = circuit_of(size)
    function = MMDLoss(p, size.n / 4) if loss == "mmd" else ExplicitLoss(loss, p)
    return lambda theta: gradient(circuit, theta, function)


def measure(size: Size, loss: str, budget: float, tried: list[Peer]) -> list[Row]:
    """Rows of one size and loss.

    Raises
    ------
    WrongResultError
        If a contender's gradient is not ours.
    """
    p, theta = data(size.n), parameters(size, 1)[0]
    calls: dict[str, Callable[[Float], NDArray]] = {OURS: ours(size, loss, p)}
    for peer in tried:
        possible = loss != "mmd" or size.n <= LARGEST
        if peer.gradients and peer.installed and possible and size <= peer.largest_gradient:
            calls[peer.name] = peer.gradients(size, loss, p)
    times = take_turns({name: partial(call, theta) for name, call in calls.items()}, budget)
    reference = calls[OURS](theta)
    scale = np.abs(reference).max()
    differences = {name: float(np.abs(call(theta) - reference).max() / scale) for name, call in calls.items()}
    check(f"gradient {loss} {size}", differences, ALLOWED)
    versions = {peer.name: peer.version for peer in tried if peer.name in calls}
    return Case("gradients", f"{loss} {size}", "double", TARGET).add(times, 1, versions, differences)


def rows(quick: bool, budget: float) -> Iterator[Row]:
    tried = peers()
    for size in SIZES[:1] if quick else SIZES:
        for loss in LOSSES:
            yield from measure(size, loss, budget, tried)
