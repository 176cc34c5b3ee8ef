"""TensorCircuit-NG with its JAX backend, compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import Float, Peer, eq_53
from benchmarks.peers.jax_fused import loss_of
from benchmarks.work import Size


def _probabilities(size: Size, precision: str) -> tuple[Any, Callable[[Any], Any]]:
    import jax
    import tensorcircuit as tc

    tc.set_dtype("complex128" if precision == "double" else "complex64")
    backend = tc.set_backend("jax")
    # Single precision switches all of JAX to 32 bits, which other contenders' compilers do not survive.
    jax.config.update("jax_enable_x64", True)

    def probabilities(theta: Any) -> Any:
        circuit = tc.Circuit(size.n)

        def rot(i: int, a: Any, b: Any, c: Any) -> None:
            circuit.rz(i, theta=a)
            circuit.ry(i, theta=b)
            circuit.rz(i, theta=c)

        eq_53(size, circuit.cnot, lambda i, t: circuit.ry(i, theta=t), rot, theta)
        return backend.abs(circuit.state()) ** 2

    return backend, probabilities


def draws(size: Size, precision: str, batch: int) -> Callable[[Float], NDArray]:
    backend, one = _probabilities(size, precision)
    compiled = backend.jit(backend.vmap(one))
    real = np.float64 if precision == "double" else np.float32
    return lambda thetas: np.asarray(compiled(backend.convert_to_tensor(thetas.astype(real))))


def gradients(size: Size, loss: str, p: Float) -> Callable[[Float], NDArray]:
    backend, q_of = _probabilities(size, "double")
    compiled = backend.jit(backend.grad(loss_of(q_of, loss, p, size.n)))
    return lambda theta: np.asarray(compiled(backend.convert_to_tensor(theta)))


PEER = Peer(
    "TensorCircuit-NG (JAX)",
    "tensorcircuit-ng",
    "tensorcircuit",
    draws,
    gradients,
    largest_draw=Size(8, 8),
    largest_gradient=Size(4, 4),
)
