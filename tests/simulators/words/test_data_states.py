"""The data state as tensors and as a cone's starts, against its amplitudes; which data take many terms."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from bornscape.datasets import Target
from bornscape.simulators.words.data_states import data_tensors, reduced_start, terms_within
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


@pytest.mark.parametrize(("wires", "strings", "terms"), [((0, 2, 3), 1, 1), ((0, 2, 3), 20, 7), ((3,), 60, 2)])
def test_a_start_is_the_reduced_state_of_some_wires(wires: tuple[int, ...], strings: int, terms: int) -> None:
    """Of few strings and of many, where what the other wires show are far more patterns than those on the wires."""
    target = random_target(6, strings, np.random.default_rng(1))
    others = [wire for wire in range(6) if wire not in wires]
    amplitudes = np.sqrt(target.dense()).reshape([2] * 6).transpose(*wires, *others).reshape(2 ** len(wires), -1)
    state = reduced_start(target, wires).dense().reshape(2 ** len(wires), -1)
    np.testing.assert_allclose(state @ state.conj().T, amplitudes @ amplitudes.T, rtol=0, atol=1e-15)
    assert terms_within(target, wires, 0) == terms == np.count_nonzero(state.any(axis=0))
    # Where there cannot be more than enough, none is counted.
    assert terms_within(target, wires, 16) == 16


def test_strings_that_nothing_else_joins_share_their_terms() -> None:
    """A thousand samples of 60 bits: on two wires no more than four terms, the diagonal of their probabilities."""
    bits = np.random.default_rng(2).integers(0, 2, (1000, 60)).astype(np.uint8)
    target = Target(bits, np.full(1000, 1e-3))
    state = reduced_start(target, (4, 9)).dense().reshape(4, 4)
    chances = np.bincount(2 * bits[:, 4] + bits[:, 9]) / 1000
    np.testing.assert_allclose(state @ state.T, np.diag(chances), rtol=0, atol=1e-15)
