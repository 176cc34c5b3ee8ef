"""Shots of both shifted circuits in one walk, against the distributions written out."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from bornscape.circuits import line_circuit
from bornscape.kernels import ShiftedBlock, ShiftedState, shifted_blocks, statevector
from bornscape.training import shifted_shots
from bornscape.training.shifted_shots import shift_differences

FALSE_ALARM = 1e-6


def random_block(n: int, uses: int, seed: int) -> tuple[NDArray, ShiftedBlock]:
    rng = np.random.default_rng(seed)
    states = rng.normal(size=(uses + 1, 2**n)) + 1j * rng.normal(size=(uses + 1, 2**n))
    # Gaps in the support, so that an outcome that cannot be measured would be seen.
    if n > 2:
        states[:, rng.random(2**n) < 0.3] = 0
        states[:, -1] = 0.1
    states /= np.linalg.norm(states, axis=1, keepdims=True)
    # A tangent state's overlap with its state is a Pauli word's expectation value: real, so that both sides sum to 1.
    overlap = np.imag(states[1:] @ states[0].conj())
    states[1:] -= 1j * overlap[:, None] * states[0]
    states[1:] /= np.linalg.norm(states[1:], axis=1, keepdims=True)
    return states[0], ShiftedBlock(np.arange(uses), np.array([1, -1] * uses)[:uses], states[1:])


def sides(psi: NDArray, block: ShiftedBlock) -> NDArray:
    """(2, k, 2**n)."""
    uses = zip(block.angles, block.signs, block.tangents, strict=True)
    return np.swapaxes([ShiftedState(*use).probabilities(psi) for use in uses], 0, 1)


@pytest.mark.parametrize("n", [1, 5, 6, 7, 8])
@pytest.mark.parametrize("shots", [1, 40, 1000])
def test_mean_and_variance_of_the_differences(n: int, shots: int) -> None:
    psi, block = random_block(n, 3, 100 * n + shots)
    plus, minus = sides(psi, block)
    rng = np.random.default_rng(n)
    values = rng.normal(size=(1, 2**n))
    found = np.array([shift_differences(values, psi, block, shots, rng) for _ in range(3000)])
    mean = (plus - minus) @ values[0]
    variance = (plus + minus) @ values[0] ** 2 - (plus @ values[0]) ** 2 - (minus @ values[0]) ** 2
    z = (found.mean(axis=0) - mean) / np.sqrt(variance / shots / len(found))
    assert np.abs(z).max() < stats.norm.isf(FALSE_ALARM / 6)
    kurtosis_bound = np.sqrt(stats.kurtosis(found, axis=0, fisher=False).max() / len(found))
    assert np.abs(found.var(axis=0) / (variance / shots) - 1).max() < 5.5 * kurtosis_bound


@pytest.mark.parametrize("precision", [np.complex64, np.complex128])
@pytest.mark.parametrize("n", [3, 7])
def test_every_outcome_comes_as_often_as_it_should(n: int, precision: type) -> None:
    """One shot, and values that name the outcome: chi-squared over the outcomes of the plus side."""
    psi, block = random_block(n, 1, n)
    plus, minus = sides(psi, block)
    rng = np.random.default_rng(5)
    names = np.arange(2.0**n)[None]
    single = ShiftedBlock(block.angles, block.signs, block.tangents.astype(precision))
    trials = 40_000
    seen = np.array([shift_differences(names, psi.astype(precision), single, 1, rng)[0] for _ in range(trials)])
    expected = np.zeros(2 ** (n + 1) - 1)
    for up, p in enumerate(plus[0]):
        expected[np.arange(2**n - 1, -1, -1) + up] += p * minus[0]
    counts = np.bincount(np.rint(seen).astype(int) + 2**n - 1, minlength=len(expected))
    kept = expected * trials > 5
    assert counts[expected < 1e-12].sum() == 0
    rare = trials * expected[~kept].sum()
    assert counts[~kept].sum() <= stats.poisson.isf(FALSE_ALARM, rare) if rare > 1e-9 else counts[~kept].sum() == 0
    wanted = expected[kept] / expected[kept].sum() * counts[kept].sum()
    assert stats.chisquare(counts[kept], wanted).pvalue > FALSE_ALARM


@pytest.mark.parametrize("n", [1, 6, 9])
def test_impossible_outcomes_are_never_met(n: int) -> None:
    psi = np.zeros(2**n, dtype=np.complex64)
    psi[-2] = 1
    block = ShiftedBlock(np.array([0]), np.array([1]), psi[None])
    values = np.full((2, 2**n), np.nan)
    values[:, -2] = 2.5
    assert shift_differences(values, psi, block, 3, np.random.default_rng(0)) == 0


def test_counts_and_walks_have_the_same_law(monkeypatch: pytest.MonkeyPatch) -> None:
    psi, block = random_block(4, 2, 8)
    values = np.random.default_rng(1).normal(size=(2, 16))
    seen = []
    for threshold in (0, 10**9):
        monkeypatch.setattr(shifted_shots, "_SHOTS_AN_OUTCOME", threshold)
        rng = np.random.default_rng(2)
        seen.append([shift_differences(values, psi, block, 30, rng)[1] for _ in range(4000)])
    assert stats.ks_2samp(*seen).pvalue > FALSE_ALARM


def test_rows_have_shots_of_their_own() -> None:
    psi, block = random_block(6, 1, 4)
    row = np.random.default_rng(1).normal(size=(1, 64))
    rng = np.random.default_rng(3)
    alone = np.var([shift_differences(row, psi, block, 20, rng)[0] for _ in range(2000)])
    four = np.var([shift_differences(np.repeat(row, 4, axis=0), psi, block, 20, rng)[0] for _ in range(2000)])
    assert 3 < alone / four < 5.3


def test_blocks_hold_every_use_once() -> None:
    circuit = line_circuit(4, 2)
    theta = np.random.default_rng(0).uniform(0, 6, circuit.n_parameters)
    angles = np.concatenate([block.angles for block in shifted_blocks(circuit, theta, register_wires=2)])
    assert sorted(angles.tolist()) == list(range(circuit.n_parameters))
    assert statevector(circuit, theta).shape == (16,)
