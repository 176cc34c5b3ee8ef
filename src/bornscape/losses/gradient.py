"""Exact gradients of any differentiable loss of q."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bornscape.aliases import Float
from bornscape.circuits import Circuit
from bornscape.simulators.state_vector import probabilities_and_pullback

Loss = Callable[[Float], float]


def slope_of(loss: Loss, q: Float) -> Float:
    """dL/dq at q, (2**n,): the loss's own ``derivative``, or by autograd for a function written with autograd.numpy.

    Raises
    ------
    ValueError
        If the loss has no ``derivative`` and autograd cannot follow it.
    """
    derivative = getattr(loss, "derivative", None)
    if derivative is not None:
        return np.asarray(derivative(q), dtype=np.float64)
    from autograd import grad

    try:
        return np.asarray(grad(loss)(q), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"loss {loss!r}: expected a method derivative(q), or a function of autograd.numpy") from error


def gradient(circuit: Circuit, theta: Sequence[float] | Float, loss: Loss) -> Float:
    """Exact gradient of loss(q_theta) over theta, by one vector-Jacobian pass.

    Parameters
    ----------
    circuit, theta
        The model; theta in radians, (n_parameters,).
    loss
        Function of q, (2**n,) -> float, with a method ``derivative(q)`` -> (2**n,), as the losses of this package
        have, or written with ``autograd.numpy``.

    Returns
    -------
    (n_parameters,) float64.
    """
    q, pull = probabilities_and_pullback(circuit, theta)
    return pull(slope_of(loss, circuit.marginal(q)))
