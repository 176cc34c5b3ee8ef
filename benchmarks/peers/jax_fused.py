"""JAX: compiled and batched, each pair's entangler fused with a turn of its first qubit into one two-qubit gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.kernel_matrix import kernel_matrix
from benchmarks.peers import Epoch, Float, Peer
from benchmarks.work import Size, circuit_of

_YX = np.array([[0, 0, 0, -1j], [0, 0, -1j, 0], [0, 1j, 0, 0], [1j, 0, 0, 0]])


def _jax() -> Any:
    """JAX, in double precision where a number is one; it would make single ones of them."""
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax


def line_probabilities(size: Size, kind: Any) -> Callable[[Any], Any]:
    """Eq. 53 as a function of theta, (P,) -> (2**n,); a layer is compiled once and repeated."""
    import jax.numpy as jnp
    from jax import lax, vmap

    n = size.n
    word = jnp.asarray(_YX, dtype=kind)

    def turn(angles: Any) -> Any:
        a, b, c = angles
        up, down = jnp.exp(-0.5j * (a + c)), jnp.exp(0.5j * (a - c))
        cos, sin = jnp.cos(b / 2), jnp.sin(b / 2)
        return jnp.array([[up * cos, -down * sin], [down.conj() * sin, up.conj() * cos]]).astype(kind)

    def pair(alpha: Any, rotation: Any) -> Any:
        entangler = (
            jnp.cos(alpha / 2).astype(kind) * jnp.eye(4, dtype=kind) - 1j * jnp.sin(alpha / 2).astype(kind) * word
        )
        return jnp.kron(rotation, jnp.eye(2, dtype=kind)) @ entangler

    def layer(psi: Any, theta: Any) -> tuple[Any, None]:
        rotations = vmap(turn)(theta[n - 1 :].reshape(n, 3))
        gates = vmap(pair)(theta[: n - 1], rotations[: n - 1])
        for i in range(n - 1):
            psi = jnp.einsum("ab,xbr->xar", gates[i], psi.reshape(2**i, 4, -1))
        return jnp.einsum("ab,xb->xa", rotations[-1], psi.reshape(-1, 2)).ravel(), None

    def probabilities(theta: Any) -> Any:
        psi = jnp.ones(1, dtype=kind)
        for column in vmap(turn)(theta[: 3 * n].reshape(n, 3))[:, :, 0]:
            psi = jnp.kron(psi, column)
        psi, _ = lax.scan(layer, psi, theta[3 * n :].reshape(size.layers, 4 * n - 1))
        return jnp.abs(psi) ** 2

    return probabilities


def draws(size: Size, precision: str, batch: int) -> Callable[[Float], NDArray]:
    jax = _jax()
    real, kind = (np.float64, np.complex128) if precision == "double" else (np.float32, np.complex64)
    compiled = jax.jit(jax.vmap(line_probabilities(size, kind)))
    return lambda thetas: np.asarray(compiled(thetas.astype(real)))


def loss_of(q_of: Callable[[Any], Any], loss: str, p: Float, n: int) -> Callable[[Any], Any]:
    """A loss as a function of theta, written with JAX."""
    import jax.numpy as jnp

    kernel = jnp.asarray(kernel_matrix(n, n / 4)) if loss == "mmd" else None

    def value(theta: Any) -> Any:
        q = q_of(theta)
        if loss == "kld":
            return -jnp.sum(p * jnp.log(q))
        return jnp.sum(jnp.abs(p - q)) if loss == "tvd" else (q - p) @ kernel @ (q - p)

    return value


def gradients(size: Size, loss: str, p: Float) -> Callable[[Float], NDArray]:
    jax = _jax()
    compiled = jax.jit(jax.grad(loss_of(line_probabilities(size, np.complex128), loss, p, size.n)))
    return lambda theta: np.asarray(compiled(theta))


def epochs(size: Size, shots: int, amplitudes: int = 2**18) -> Epoch:
    """Shifted circuits vmapped, so many as have ``amplitudes``, in single precision; JAX's own samples, ``choice``."""
    jax = _jax()
    import jax.numpy as jnp

    q_of, count, outcomes = line_probabilities(size, np.complex64), circuit_of(size).n_parameters, 2**size.n
    together = max(1, amplitudes // outcomes)

    def seen(theta: Any, key: Any) -> Any:
        return jax.random.choice(key, outcomes, (shots,), p=q_of(theta))

    @jax.jit
    def frequencies(theta: Any, key: Any) -> Any:
        return jnp.bincount(seen(theta, key), length=outcomes) / shots

    @jax.jit
    def gradient(theta: Any, slope: Any, key: Any) -> Any:
        turned = jnp.eye(count, dtype=jnp.float32) * np.float32(np.pi / 2)
        given = jnp.concatenate([theta + turned, theta - turned]), jax.random.split(key, 2 * count)
        means = jax.lax.map(lambda one: slope[seen(*one)].mean(), given, batch_size=together)
        return (means[:count] - means[count:]) / 2

    def epoch(theta: Float, slope_of: Callable[[Float], Float], seed: int) -> Float:
        first, second = jax.random.split(jax.random.key(seed))
        angles = theta.astype(np.float32)
        slope = slope_of(np.asarray(frequencies(angles, first), dtype=np.float64))
        return np.asarray(gradient(angles, slope.astype(np.float32), second), dtype=np.float64)

    return epoch


PEER = Peer(
    "JAX, fused gates", "jax", "jax", draws, gradients, epochs, largest_draw=Size(18, 16), largest_gradient=Size(16, 4)
)
