"""The data state as tensors and as a cone's starts, against its amplitudes; which data take many terms."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from bornscape.datasets import Target
from bornscape.simulators.words.data_states import data_tensors, starts_within
from bornscape.simulators.words.protocol import DoesNotFitError


def random_target(n: int, strings: int, rng: np.random.Generator) -> Target:
    chosen = rng.choice(2**n, strings, replace=False)
    bits = (chosen[:, None] >> np.arange(n - 1, -1, -1) & 1).astype(np.uint8)
    return Target(bits, rng.dirichlet(np.ones(strings)))


def test_tensors_multiply_to_the_roots_of_the_probabilities() -> None:
    rng = np.random.default_rng(0)
    for strings in (1, 2, 7, 20):
        target = random_target(6, strings, rng)
        state = np.ones((1, 1), dtype=complex)
        for tensor in data_tensors(target, 64):
            state = np.einsum("xa,asb->xsb", state, tensor).reshape(-1, tensor.shape[2])
        np.testing.assert_allclose(state[:, 0], np.sqrt(target.dense()), rtol=0, atol=1e-14)


def test_bonds_are_the_smallest_and_too_many_are_refused() -> None:
    # Strings of one weight: a cut has to know how many ones are left of it, 0 to 3.
    n = 8
    ones = list(combinations(range(n), 3))
    bits = np.zeros((len(ones), n), dtype=np.uint8)
    for row, chosen in zip(bits, ones, strict=True):
        row[list(chosen)] = 1
    target = Target(bits, np.full(len(ones), 1 / len(ones)))
    assert [tensor.shape[2] for tensor in data_tensors(target, 4)] == [2, 3, 4, 4, 4, 3, 2, 1]
    # Independent bits, though there are 2**n strings: no bond at all.
    everything = (np.arange(2**n)[:, None] >> np.arange(n - 1, -1, -1) & 1).astype(np.uint8)
    chance = np.where(everything == 1, 0.2, 0.8).prod(axis=1)
    assert max(tensor.shape[2] for tensor in data_tensors(Target(everything, chance), 1)) == 1
    with pytest.raises(DoesNotFitError, match="the data state takes 3 terms between the wires 1 and 2, and 2 would"):
        data_tensors(target, 2)


def test_starts_are_the_reduced_state_of_some_wires() -> None:
    rng = np.random.default_rng(1)
    target, wires = random_target(6, 20, rng), (0, 2, 3)
    amplitudes = np.sqrt(target.dense()).reshape([2] * 6).transpose(0, 2, 3, 1, 4, 5).reshape(8, 8)
    starts = starts_within(target, wires)
    assert len(starts) == np.count_nonzero(amplitudes.any(axis=0))
    found = sum(np.outer(start.dense(), start.dense()) for start in starts)
    np.testing.assert_allclose(found, amplitudes @ amplitudes.T, rtol=0, atol=1e-15)
