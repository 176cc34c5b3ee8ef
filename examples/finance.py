"""Portfolios of a fixed number of assets: on each day the half of a made-up market that did best."""

import numpy as np


def best_half(n, rng):
    """Samples (1000, n): a 1 for each of the n // 2 assets with the largest return of the day.

    Returns are normal with two common factors, so that assets of a sector rise together.
    """
    sectors = np.arange(n) % 2
    factors = rng.normal(size=(1000, 2))
    returns = 0.7 * factors[:, sectors] + rng.normal(size=(1000, n)) + np.linspace(0.5, -0.5, n)
    chosen = np.argsort(-returns, axis=1)[:, : n // 2]
    bits = np.zeros((1000, n), dtype=int)
    np.put_along_axis(bits, chosen, 1, axis=1)
    return bits
