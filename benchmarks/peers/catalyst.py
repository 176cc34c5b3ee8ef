"""Catalyst: the lightning.qubit QNode compiled ahead of time, with Python's share gone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import Float, Peer
from benchmarks.peers.lightning import node
from benchmarks.work import Size


def draws(size: Size, precision: str, batch: int) -> Callable[[Float], NDArray]:
    from catalyst import qjit

    one = qjit(node(size, "lightning.qubit"))
    return lambda thetas: np.array([one(theta) for theta in thetas])


PEER = Peer("Catalyst qjit", "pennylane-catalyst", "catalyst", draws, precisions=("double",))
