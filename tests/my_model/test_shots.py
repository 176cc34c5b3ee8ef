"""Signal, noise, and the shots that they ask for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bornscape.my_model.shots import extrapolate, shots_needed, signal_to_noise
from bornscape.statistics import scaling_law

# Signal and noise


def test_shots_needed_solve_the_equation() -> None:
    signals, ones = np.full(50, 0.01), np.ones(50)
    found = shots_needed(signals, 2 * ones, 3 * ones)
    assert 2 / found.estimate + 3 / found.estimate**2 == pytest.approx(0.01)
    assert shots_needed(0 * ones, ones, ones).estimate == math.inf
    assert shots_needed(signals, 2 * ones, 0 * ones).estimate == pytest.approx(200)


@given(st.floats(1e-160, 1e3), st.floats(1e-6, 1e6))
def test_ratio_is_one_at_the_shots_needed(size: float, second: float) -> None:
    rng = np.random.default_rng(0)
    signals = (size * rng.normal(size=30)) ** 2
    a, b = size**2 * rng.random(30), size**2 * second * rng.random(30)
    if not signals.all() or not b.all():
        return
    count = shots_needed(signals, a, b).estimate
    assert signal_to_noise(signals, a / count + b / count**2).estimate == pytest.approx(1, rel=1e-6)


def test_interval_of_the_shots_needed_covers() -> None:
    # E[g^2] = 1, E[A] = 2, B = 0: 2 shots. 95 % intervals of 300 samples of 100 draws.
    rng, hits = np.random.default_rng(6), 0
    for _ in range(300):
        found = shots_needed(rng.normal(size=100) ** 2, 4 * rng.random(100), np.zeros(100))
        hits += found.low <= 2 <= found.high
    assert 0.90 <= hits / 300 <= 0.99


def points(law: str, noise: float = 0.02) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n = np.array([4, 5, 6, 7, 8, 10, 12])
    values = (2.0**n if law == "exponential" else n**2.0) * np.exp(noise * np.sin(37.0 * n))
    return n, values, np.column_stack([values / (1 + 2 * noise), values * (1 + 2 * noise)])


@pytest.mark.parametrize("law", ["exponential", "polynomial"])
def test_extrapolation_follows_the_law(law: str) -> None:
    n, values, intervals = points(law)
    found_law = scaling_law(n, 1 / values, 1 / intervals[:, ::-1])
    assert found_law.preferred == law
    found = extrapolate(n, values, intervals, found_law, 50)
    expected = 2.0**50 if law == "exponential" else 2500
    assert found.law == law
    assert found.low <= expected <= found.high
    other = 2500 if law == "exponential" else 2.0**50
    assert not found.low <= other <= found.high
    # It widens with the distance.
    near = extrapolate(n, values, intervals, found_law, 8)
    assert near.high / near.low < found.high / found.low


def test_extrapolation_of_an_undecided_law_holds_both() -> None:
    n, values, intervals = points("exponential")
    undecided = scaling_law(n[:4], 1 / values[:4], 1 / intervals[:4, ::-1])
    assert undecided.preferred == "inconclusive"
    found = extrapolate(n[:4], values[:4], intervals[:4], undecided, 50)
    assert found.law == "undecided: both laws"
    assert found.low < 1e6 < 2.0**50 < found.high
