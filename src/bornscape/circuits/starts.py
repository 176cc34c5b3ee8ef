"""Starting angles of line circuits near given one-body marginals: near a training string, or near the data's means."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float


def turning_angles(ones: NDArray) -> Float:
    """Angles of R_y that take |0> to probabilities of a one ``ones``, (n,) in [0, 1]: 2 arcsin sqrt(ones), radians."""
    return 2 * np.arcsin(np.sqrt(np.asarray(ones, dtype=np.float64)))


def near_angles(n_parameters: int, ones: NDArray, sigma: float, rng: np.random.Generator) -> Float:
    """Angles of a ``line_circuit`` near those that prepare the product state with marginals ``ones``.

    Parameters
    ----------
    n_parameters
        Of the circuit; the last 3 n are the Euler angles of its last layer.
    ones
        Probability of a one of each wire, (n,). A string of bits is its own marginals.
    sigma
        Standard deviation, in radians, of the normal angle that is added to every angle.

    Returns
    -------
    (n_parameters,), radians. At sigma = 0 all entangling gates are the identity.
    """
    theta = rng.normal(0.0, sigma, n_parameters)
    last = theta[n_parameters - 3 * len(ones) :].reshape(-1, 3)
    last[:, 1] += turning_angles(ones)
    return theta
