"""Means of cosines of phases of random bits, and their derivatives, word by word.

Of a word only the generators count that it meets oddly. Their bits fall apart into groups that share no generator, and
means over groups multiply. Within a group some bits are set aside so that no generator holds two of them: given the
others, each of those is averaged by hand, as E_s exp(-i beta s) = cos(beta) or E_s s exp(-i beta s) = -i sin(beta). The
others are summed over all their patterns where they are few, and over random ones where they are not.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from bornscape.aliases import Float
from bornscape.simulators.words.compiled_iqp_groups import group_mean


@njit(cache=True, error_model="numpy")
def _random_signs(signs: Any, seed: Any) -> None:
    """Fill with +1 and -1 from a seed (splitmix64)."""
    state = seed
    flat = signs.ravel()
    bits = np.uint64(0)
    for k in range(len(flat)):
        if k % 64 == 0:
            state += np.uint64(0x9E3779B97F4A7C15)
            bits = state
            bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            bits = bits ^ (bits >> np.uint64(31))
        flat[k] = 1.0 if bits & np.uint64(1) else -1.0
        bits = bits >> np.uint64(1)


@njit(cache=True, error_model="numpy")
def _odd_generators(bits: Any, of_bit: Any, at_bit: Any, parity: Any) -> Any:
    """Generators that hold an odd number of the bits; ``parity`` is zeros, before and after."""
    met = 0
    for v in bits:
        met += at_bit[v + 1] - at_bit[v]
    touched = np.empty(met, dtype=np.int64)
    count = 0
    for v in bits:
        for k in range(at_bit[v], at_bit[v + 1]):
            g = of_bit[k]
            if parity[g] == 0:
                touched[count] = g
                count += 1
                parity[g] = 2
            parity[g] ^= 1
    odd = 0
    for k in range(count):
        g = touched[k]
        if parity[g] & 1:
            touched[odd] = g
            odd += 1
        parity[g] = 0
    return np.sort(touched[:odd])


@njit(cache=True, error_model="numpy")
def _root(parent: Any, v: int) -> int:
    while parent[v] != v:
        parent[v] = parent[parent[v]]
        v = parent[v]
    return v


@njit(cache=True, error_model="numpy")
def _local(active: Any, held: Any, at: Any, place: Any) -> Any:
    """The active generators over bits numbered anew: (starts, bits), and the bits' old numbers; ``place`` is -1."""
    total = 0
    for g in active:
        total += at[g + 1] - at[g]
    starts, bits = np.zeros(len(active) + 1, dtype=np.int64), np.empty(total, dtype=np.int64)
    old = np.empty(total, dtype=np.int64)
    count, k = 0, 0
    for j in range(len(active)):
        for e in range(at[active[j]], at[active[j] + 1]):
            v = held[e]
            if place[v] < 0:
                place[v] = count
                old[count] = v
                count += 1
            bits[k] = place[v]
            k += 1
        starts[j + 1] = k
    return starts, bits, old[:count]


@njit(cache=True, error_model="numpy")
def _set_aside(starts: Any, bits: Any, n_bits: int) -> Any:
    """Owner of each generator, the bit in it that is averaged by hand, or -1; and the groups of the bits."""
    degree = np.zeros(n_bits + 1, dtype=np.int64)
    parent = np.arange(n_bits)
    for j in range(len(starts) - 1):
        first = _root(parent, bits[starts[j]])
        for e in range(starts[j], starts[j + 1]):
            degree[bits[e] + 1] += 1
            parent[_root(parent, bits[e])] = first
    order = np.argsort(degree[1:], kind="mergesort")
    at = np.cumsum(degree)
    of = np.empty(len(bits), dtype=np.int64)
    fill = at[:-1].copy()
    for j in range(len(starts) - 1):
        for e in range(starts[j], starts[j + 1]):
            of[fill[bits[e]]] = j
            fill[bits[e]] += 1
    owner = np.full(len(starts) - 1, -1)
    aside = np.zeros(n_bits, dtype=np.bool_)
    for v in order:
        free = True
        for k in range(at[v], at[v + 1]):
            if owner[of[k]] >= 0:
                free = False
                break
        if free:
            aside[v] = True
            for k in range(at[v], at[v + 1]):
                owner[of[k]] = v
    group = np.empty(n_bits, dtype=np.int64)
    for v in range(n_bits):
        group[v] = _root(parent, v)
    return owner, aside, group


@njit(cache=True, error_model="numpy")
def _word(
    active: Any, signs_on: Any, held: Any, at: Any, place: Any, phases: Any, limit: int, samples: int, seed: Any,
    slopes: Any,
) -> Any:  # fmt: skip
    """Mean of (-1)^(h t) exp(-i Phi) of one word, whether it is exact, and derivatives into ``slopes`` unless empty."""
    starts, bits, old = _local(active, held, at, place)
    n_bits = len(old)
    signed = np.zeros(n_bits, dtype=np.int8)
    vanishes = False
    for v in signs_on:
        if place[v] < 0:
            vanishes = True
        else:
            signed[place[v]] = 1
    for v in old:
        place[v] = -1
    if vanishes:
        slopes[:] = 0
        return 0j, True
    owner, aside, group = _set_aside(starts, bits, n_bits)
    phi = phases[active]
    kept, row = np.zeros(n_bits, dtype=np.int64), np.zeros(n_bits, dtype=np.int64)
    for v in range(n_bits):
        if not aside[v]:
            kept[group[v]] += 1
    large = kept > limit
    sampled = -1
    for v in range(n_bits):
        if large[v]:
            sampled = v
    if samples == 0:
        return 0j, sampled < 0
    for v in range(n_bits):
        if large[group[v]]:
            group[v] = sampled  # All such groups are sampled together, as one.
    members = np.zeros(n_bits + 1, dtype=np.int64)
    for j in range(len(active)):
        members[group[bits[starts[j]]] + 1] += 1
    ends = np.cumsum(members)
    ordered = np.empty(len(active), dtype=np.int64)
    fill = ends[:-1].copy()
    for j in range(len(active)):
        g = group[bits[starts[j]]]
        ordered[fill[g]] = j
        fill[g] += 1
    seen_kept, seen_aside = np.zeros(n_bits, dtype=np.int64), np.zeros(n_bits, dtype=np.int64)
    for v in range(n_bits):
        if aside[v]:
            row[v] = seen_aside[group[v]]
            seen_aside[group[v]] += 1
        else:
            row[v] = seen_kept[group[v]]
            seen_kept[group[v]] += 1
    wanted = len(slopes) > 0
    total = 1.0 + 0j
    for g in range(n_bits):
        if members[g + 1] == 0:
            continue
        chosen = ordered[ends[g] : ends[g + 1]]
        count = seen_kept[g]
        if g == sampled:
            signs = np.empty((count, samples))
            _random_signs(signs, seed)
        else:
            signs = np.empty((count, 1 << count))
            for q in range(count):
                for p in range(1 << count):
                    signs[q, p] = 1.0 - 2.0 * ((p >> q) & 1)
        mean = group_mean(chosen, starts, bits, aside, owner, signed, row, signs, seen_aside[g], phi, slopes)
        if wanted:
            for k in range(ends[g]):
                slopes[ordered[k]] *= mean
            for j in chosen:
                slopes[j] *= total
        total *= mean
    return total, sampled < 0


@njit(cache=True, error_model="numpy")
def means(words: Any, signs: Any, turns: Any, zero: Any, graph: Any, phases: Float, limit: int, samples: int,
          seeds: Any) -> Any:  # fmt: skip
    """Means of words, (K,), and whether each is exact.

    Parameters
    ----------
    words, signs
        Bits of each word and of its signs: (starts, bits).
    turns, zero
        Quarter turns, and words whose mean is 0, (K,).
    graph
        Bits of each generator and generators of each bit: (starts, bits, starts, generators).
    phases
        phi, (n_generators,), radians.
    limit, samples
        Groups with more kept bits than ``limit`` are sampled, with so many patterns; ``seeds`` (K,). Without patterns
        only whether words are exact is found.
    """
    at, held, at_bit, of_bit = graph
    count = len(turns)
    result, exact = np.zeros(count), np.ones(count, dtype=np.bool_)
    parity, place = np.zeros(len(at) - 1, dtype=np.int8), np.full(len(at_bit) - 1, -1)
    none = np.empty(0, dtype=np.complex128)
    for k in range(count):
        if zero[k]:
            continue
        active = _odd_generators(words[1][words[0][k] : words[0][k + 1]], of_bit, at_bit, parity)
        on = signs[1][signs[0][k] : signs[0][k + 1]]
        value, exact[k] = _word(active, on, held, at, place, phases, limit, samples, seeds[k], none)
        result[k] = (value * (1.0 + 0j, 1j, -1.0 + 0j, -1j)[turns[k]]).real
    return result, exact


@njit(cache=True, error_model="numpy")
def gradient(words: Any, signs: Any, turns: Any, zero: Any, graph: Any, phases: Float, limit: int, samples: int,
             seeds: Any, weights: Float) -> Any:  # fmt: skip
    """Derivatives of the weighted sum of means by the phases, (n_generators,); arguments as for ``means``."""
    at, held, at_bit, of_bit = graph
    result = np.zeros(len(phases))
    parity, place = np.zeros(len(at) - 1, dtype=np.int8), np.full(len(at_bit) - 1, -1)
    for k in range(len(turns)):
        if zero[k] or weights[k] == 0:
            continue
        active = _odd_generators(words[1][words[0][k] : words[0][k + 1]], of_bit, at_bit, parity)
        if len(active) == 0:
            continue
        on = signs[1][signs[0][k] : signs[0][k + 1]]
        slopes = np.empty(len(active), dtype=np.complex128)
        _word(active, on, held, at, place, phases, limit, samples, seeds[k], slopes)
        unit = weights[k] * (1.0 + 0j, 1j, -1.0 + 0j, -1j)[turns[k]]
        for j in range(len(active)):
            result[active[j]] += (unit * slopes[j]).real
    return result
