"""The optimiser, by hand."""

import numpy as np
import pytest

from bornscape.training import (
    Adam,
    learning_rate,
)

# The optimiser


def test_two_steps_of_adam_by_hand() -> None:
    adam = Adam.start(2)
    first = adam.step(np.array([1.0, -2.0]), 0.1)
    # One step: both moments are the gradient and its square, so the step is the rate against the sign.
    np.testing.assert_allclose(first, [-0.1 / (1 + 1e-8), 0.1 * 2 / (2 + 1e-8)], rtol=1e-12)
    second = adam.step(np.array([0.5, 1.0]), 0.2)
    mean = np.array([0.09 * 1.0 + 0.1 * 0.5, 0.09 * -2.0 + 0.1 * 1.0]) / (1 - 0.81)
    square = np.array([0.000999 * 1.0 + 0.001 * 0.25, 0.000999 * 4.0 + 0.001 * 1.0]) / (1 - 0.998001)
    np.testing.assert_allclose(second, -0.2 * mean / (np.sqrt(square) + 1e-8), rtol=1e-12)
    assert adam.steps == 2


def test_adam_leaves_inert_angles_where_they_are() -> None:
    adam = Adam.start(2)
    for _ in range(3):
        assert adam.step(np.array([1.0, 0.0]), 0.1)[1] == 0


@pytest.mark.parametrize(
    ("epoch", "rate"), [(0, 0.01), (200, 0.01 / np.e), (1381, 0.01 * np.exp(-6.905)), (1382, 1e-5), (10**6, 1e-5)]
)
def test_learning_rate(epoch: int, rate: float) -> None:
    assert learning_rate(epoch) == pytest.approx(rate, rel=1e-12)
