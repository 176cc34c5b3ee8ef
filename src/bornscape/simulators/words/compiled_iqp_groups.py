"""The mean of a group of random bits over patterns of those that are kept, and its derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_SUMS = {"contract", "reassoc"}


@njit(cache=True, error_model="numpy", fastmath=_SUMS)
def _signs_of(j: int, starts: Any, bits: Any, aside: Any, row: Any, signs: Any, out: Any) -> None:
    """Product of the signs of a generator's bits but the one set aside, at every pattern, into ``out``."""
    patterns = len(out)
    for p in range(patterns):
        out[p] = 1.0
    for e in range(starts[j], starts[j + 1]):
        if not aside[bits[e]]:
            kept = row[bits[e]]
            for p in range(patterns):
                out[p] *= signs[kept, p]


@njit(cache=True, error_model="numpy", fastmath=_SUMS)
def _add(total: Any, factor: float, values: Any) -> None:
    for p in range(len(total)):
        total[p] += factor * values[p]


@njit(cache=True, error_model="numpy", fastmath=_SUMS)
def _dot(first: Any, second: Any) -> float:
    total = 0.0
    for p in range(len(first)):
        total += first[p] * second[p]
    return total


@njit(cache=True, error_model="numpy", fastmath=_SUMS)
def group_mean(
    chosen: Any, starts: Any, bits: Any, aside: Any, owner: Any, signed: Any, row: Any, signs: Any,
    n_aside: int, phi: Any, slopes: Any,
) -> complex:  # fmt: skip
    """Mean of a group over the patterns of ``signs``; its derivatives by phi into ``slopes``, unless that is empty."""
    patterns = signs.shape[1]
    alpha, factor = np.zeros(patterns), np.zeros((n_aside, patterns))
    flipped = np.zeros(n_aside, dtype=np.bool_)
    product, whole = np.empty(patterns), np.ones(patterns)
    turns, inside, wanted = 0, False, len(slopes) > 0
    for j in chosen:
        _signs_of(j, starts, bits, aside, row, signs, product)
        if owner[j] < 0:
            _add(alpha, phi[j], product)
            inside = True
        else:
            _add(factor[row[owner[j]]], phi[j], product)
        for e in range(starts[j], starts[j + 1]):
            v = bits[e]
            if signed[v] == 1:
                signed[v] = 2  # Once a group.
                if aside[v]:
                    flipped[row[v]] = True
                    turns += 1
                else:
                    for p in range(patterns):
                        whole[p] *= signs[row[v], p]
    slope = np.empty((n_aside if wanted else 0, patterns))
    for u in range(n_aside):
        for p in range(patterns):
            beta = factor[u, p]
            factor[u, p] = np.sin(beta) if flipped[u] else np.cos(beta)
            if wanted:
                slope[u, p] = np.cos(beta) if flipped[u] else -np.sin(beta)
    if wanted:  # Each slope times all other factors.
        after = np.ones(patterns)
        for u in range(n_aside - 1, -1, -1):
            for p in range(patterns):
                slope[u, p] *= after[p]
                after[p] *= factor[u, p]
    for u in range(n_aside):
        for p in range(patterns):
            if wanted:
                slope[u, p] *= whole[p]
            whole[p] *= factor[u, p]
    real, imaginary = np.ones(patterns), np.zeros(patterns)
    if inside:
        for p in range(patterns):
            real[p], imaginary[p] = np.cos(alpha[p]), -np.sin(alpha[p])
    unit = (1.0 + 0j, -1j, -1.0 + 0j, 1j)[turns % 4] / patterns
    mean = unit * complex(_dot(whole, real), _dot(whole, imaginary))
    if wanted:
        for j in chosen:
            _signs_of(j, starts, bits, aside, row, signs, product)
            held, turn = whole, -1j * unit
            if owner[j] >= 0:
                held, turn = slope[row[owner[j]]], unit
            for p in range(patterns):
                product[p] *= held[p]
            slopes[j] = turn * complex(_dot(product, real), _dot(product, imaginary) if inside else 0.0)
    return mean
