"""Compiled: a Pauli word carried back through rotations, its terms on a tape, and the tape played in reverse."""

from __future__ import annotations

import numpy as np
from numba import njit

DROPPED_FIRST, DROPPED_SECOND, DAMPED = 1, 2, 4
"""Flags of a step of the tape: which of its two terms are gone after it; that noise damps the first."""


@njit(cache=True)
def _ones(value):  # type: ignore[no-untyped-def]
    value = value - ((value >> np.uint64(1)) & np.uint64(0x5555555555555555))
    value = (value & np.uint64(0x3333333333333333)) + ((value >> np.uint64(2)) & np.uint64(0x3333333333333333))
    value = (value + (value >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((value * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True)
def _place(table, terms, key):  # type: ignore[no-untyped-def]
    """Where a word stands in the table, or would stand: open addressing, -1 where a place is free."""
    mixed = np.uint64(0x9E3779B97F4A7C15)
    for part in key:
        mixed = (mixed ^ part) * np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(29)
    mask = len(table) - 1
    place = np.int64(mixed & np.uint64(mask))
    while table[place] >= 0:
        other = terms[table[place]]
        same = True
        for k in range(len(key)):
            if other[k] != key[k]:
                same = False
                break
        if same:
            return place
        place = (place + 1) & mask
    return place


@njit(cache=True)
def _damped(term, x, z, other):  # type: ignore[no-untyped-def]
    """Whether a term, (2 W,), does not commute with one of two words, (W,) and (W,), and (2 W,)."""
    width = len(x)
    first, second = np.int64(0), np.int64(0)
    for w in range(width):
        first += _ones(term[w] & z[w]) + _ones(term[width + w] & x[w])
        second += _ones(term[w] & other[width + w]) + _ones(term[width + w] & other[w])
    return first % 2 == 1 or second % 2 == 1


@njit(cache=True)
def _longer(values, count):  # type: ignore[no-untyped-def]
    flat, grown = values.reshape(-1), np.empty(2 * values.size, dtype=values.dtype)
    for i in range(count * (values.size // len(values))):
        grown[i] = flat[i]
    return grown.reshape((2 * len(values), *values.shape[1:]))


@njit(cache=True)
def propagate(word, x, z, other, kept, reach, angles, cutoff, largest, taped):  # type: ignore[no-untyped-def]
    """A word's mean in |0...0> after rotations, by its terms.

    Parameters
    ----------
    word
        (2 W,): X part, then Z part.
    x, z, angles
        (K, W), (K, W), (K,): rotations in the order in which they act; the word meets the last first.
    other, kept
        (K, 2 W), (K,): noise is a step whose ``kept`` is not 1. It multiplies words by it that do not commute with its
        word or with ``other``.
    reach
        (K, W): wires on which rotations before each have an X part. A term with an X part elsewhere has the mean 0.
    cutoff, largest
        Terms with coefficients below are dropped; number of words above which it gives up.
    taped
        Whether to keep the tape.

    Returns
    -------
    mean, sums of the dropped coefficients' magnitudes and squares, words (-1: gave up), whether each is of Z alone, and
    the tape: ends (K + 1,), pairs (S, 2) of words (the second -1 if it was never made), signs (S,), flags (S,),
    coefficients after each step (S, 2).
    """
    count_of, width = x.shape
    terms = np.empty((256, 2 * width), dtype=np.uint64)
    coefficients, met = np.zeros(256), np.full(256, -1, dtype=np.int64)
    table = np.full(1024, -1, dtype=np.int64)
    ends = np.zeros(count_of + 1, dtype=np.int64)
    room = 256 if taped else 1
    pairs, values = np.empty((room, 2), dtype=np.int32), np.empty((room, 2))
    signs, flags = np.empty(room, dtype=np.int8), np.empty(room, dtype=np.int8)
    steps, count, lost, squares = 0, 1, 0.0, 0.0
    terms[0], coefficients[0] = word, 1.0
    table[_place(table, terms, word)] = 0
    key = np.empty(2 * width, dtype=np.uint64)
    for k in range(count_of - 1, -1, -1):
        cosine, sine = np.cos(angles[k]), np.sin(angles[k])
        there = count
        if kept[k] != 1.0:
            for i in range(there):
                if coefficients[i] == 0.0 or not _damped(terms[i], x[k], z[k], other[k]):
                    continue
                coefficients[i] *= kept[k]
                if taped:
                    if steps == len(signs):
                        pairs, values = _longer(pairs, steps), _longer(values, steps)
                        signs, flags = _longer(signs, steps), _longer(flags, steps)
                    pairs[steps, 0], pairs[steps, 1], signs[steps], flags[steps] = i, -1, 0, DAMPED
                    steps += 1
            ends[count_of - k] = steps
            continue
        for i in range(there):
            if coefficients[i] == 0.0 or met[i] == k:
                continue
            crossed, power, out_i, out_j = np.int64(0), np.int64(1), False, False
            for w in range(width):
                px, pz, qx, qz = terms[i, w], terms[i, width + w], x[k, w], z[k, w]
                crossed += _ones(px & qz) + _ones(pz & qx)
                key[w], key[width + w] = px ^ qx, pz ^ qz
                power += _ones(qx & qz) + _ones(px & pz) + 2 * _ones(qz & px) - _ones(key[w] & key[width + w])
                out_i |= (px & ~reach[k, w]) != 0
                out_j |= (key[w] & ~reach[k, w]) != 0
            if crossed % 2 == 0:
                continue
            sign = 1 if power % 4 == 0 else -1
            place = _place(table, terms, key)
            j = table[place]
            first = coefficients[i]
            second = coefficients[j] if j >= 0 else 0.0
            new_i, new_j = cosine * first - sign * sine * second, cosine * second + sign * sine * first
            flag = 0
            if out_i or abs(new_i) <= cutoff:
                if not out_i:
                    lost, squares = lost + abs(new_i), squares + new_i**2
                flag |= DROPPED_FIRST
            if out_j or abs(new_j) <= cutoff:
                if not out_j:
                    lost, squares = lost + abs(new_j), squares + new_j**2
                flag |= DROPPED_SECOND
            elif j < 0:
                if count >= largest:
                    return 0.0, lost, squares, -1, np.zeros(0, dtype=np.bool_), ends, pairs, signs, flags, values
                if count == len(coefficients):
                    terms, coefficients, met = _longer(terms, count), _longer(coefficients, count), _longer(met, count)
                if 2 * (count + 1) > len(table):
                    table = np.full(4 * len(table), -1, dtype=np.int64)
                    for old in range(count):
                        table[_place(table, terms, terms[old])] = old
                    place = _place(table, terms, key)
                j = count
                terms[j], table[place] = key, j
                count += 1
            coefficients[i] = 0.0 if flag & DROPPED_FIRST else new_i
            if j >= 0:
                coefficients[j], met[j] = 0.0 if flag & DROPPED_SECOND else new_j, k
            if taped:
                if steps == len(signs):
                    pairs, values = _longer(pairs, steps), _longer(values, steps)
                    signs, flags = _longer(signs, steps), _longer(flags, steps)
                pairs[steps, 0], pairs[steps, 1], signs[steps], flags[steps] = i, j, sign, flag
                values[steps, 0], values[steps, 1] = new_i, new_j
                steps += 1
        ends[count_of - k] = steps
    diagonal, mean = np.zeros(count, dtype=np.bool_), 0.0
    for i in range(count):
        diagonal[i] = True
        for w in range(width):
            if terms[i, w] != 0:
                diagonal[i] = False
        if diagonal[i]:
            mean += coefficients[i]
    return mean, lost, squares, count, diagonal, ends, pairs, signs, flags, values


@njit(cache=True)
def reverse(diagonal, kept, angles, ends, pairs, signs, flags, values):  # type: ignore[no-untyped-def]
    """Derivatives of the mean over the rotations' angles, (K,), by the tape that ``propagate`` kept.

    The mean is linear in the coefficients at any step; ``slope`` is its derivative over them.
    """
    count = len(angles)
    found, slope = np.zeros(count), np.zeros(len(diagonal) + 1)
    slope[:-1] = diagonal
    for k in range(count):
        cosine, sine = np.cos(angles[k]), np.sin(angles[k])
        for step in range(ends[count - k] - 1, ends[count - k - 1] - 1, -1):
            i, j, sign, flag = pairs[step, 0], pairs[step, 1], signs[step], flags[step]
            if flag == DAMPED:
                slope[i] *= kept[k]
                continue
            of_i = 0.0 if flag & DROPPED_FIRST else slope[i]
            of_j = 0.0 if flag & DROPPED_SECOND else slope[j]
            found[k] += sign * (of_j * values[step, 0] - of_i * values[step, 1])
            slope[i], slope[j] = cosine * of_i + sign * sine * of_j, cosine * of_j - sign * sine * of_i
    return found
