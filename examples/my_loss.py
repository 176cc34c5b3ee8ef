"""Losses of one's own: a diagonal observable, and a function of the distribution."""

import autograd.numpy as anp
import numpy as np


def domain_walls(n):
    """Diagonal (2**n,) of the mean number of unequal neighbours on an open line, in [0, 1]; wire 0 comes first."""
    bits = (np.arange(2**n)[:, None] >> np.arange(n - 1, -1, -1)) & 1
    return np.mean(bits[:, 1:] != bits[:, :-1], axis=1)


def parity(n):
    """Diagonal (2**n,) of Z on every qubit: an observable of order n."""
    bits = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    return 1.0 - 2.0 * (bits.sum(axis=1) % 2)


def hellinger(q, p):
    """Squared Hellinger distance of q and p, (2**n,) each; autograd.numpy, so that it has a derivative."""
    return 1.0 - anp.sum(anp.sqrt(q * p + 1e-12))
