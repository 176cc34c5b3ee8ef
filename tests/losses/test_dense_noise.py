"""Shot noise of dense distributions against product states, and neighbours of deep circuits against closed forms."""

import numpy as np
import pytest

from bornscape.losses.dense_noise import DenseMMD, lqf_difference, lqf_noise
from bornscape.losses.mmd import mmd
from bornscape.losses.shots_needed import ProductMMD
from bornscape.simulators.haar import neighbours
from bornscape.simulators.product import string_probabilities
from support.reference import all_strings

P = np.array([0.7, 0.3])
BITS = np.array([[0, 0, 0, 0], [1, 0, 1, 1]])


@pytest.mark.parametrize("bandwidths", [(1.0,), (0.3, 2.0)])
def test_dense_noise_is_that_of_product_states(bandwidths: tuple[float, ...]) -> None:
    z, target = np.array([0.3, -0.8, 0.5, 0.9]), np.zeros(16)
    target[[0, 11]] = P
    found = DenseMMD(target, bandwidths).noise(string_probabilities(z, all_strings(4)))
    np.testing.assert_allclose(found, ProductMMD(BITS, P, bandwidths).noise(z), rtol=1e-10)


def test_dense_difference_is_that_of_the_losses() -> None:
    q, other, p = np.random.default_rng(0).dirichlet(np.ones(8), 3)
    expected = mmd(q, p, 0.7) - mmd(other, p, 0.7)
    assert DenseMMD(p, [0.7]).difference(q, other) == pytest.approx(expected, abs=1e-14)


def test_lqf_by_hand() -> None:
    q = np.array([0.5, 0, 0, 0.5])
    assert lqf_noise(q) == (0.25, 0.0)
    assert lqf_difference(q, np.array([0, 0, 0, 1.0])) == -0.5


@pytest.mark.parametrize("angle", [np.pi / 2, np.pi])
def test_neighbours_of_deep_circuits_vary_as_two_designs_do(angle: float) -> None:
    """Var[LQF] and the mean square of its difference, at 5 standard errors each.

    E[<A><A>'] = Tr[A^2] (N F - 1) / (N (N^2 - 1)) for states of squared overlap F, A without trace; here Tr[A^2] is
    N / (4 n), and the mean of F is cos^2 + sin^2 / (N + 1) at half the angle.
    """
    n, draws, rng = 3, 20_000, np.random.default_rng(5)
    size = 2**n
    pairs = [neighbours(n, angle, rng) for _ in range(draws)]
    zero = np.eye(size)[0]
    centred = np.array([[lqf_difference(q, zero) - 0.5 for q in pair] for pair in pairs])
    overlap = np.cos(angle / 2) ** 2 + np.sin(angle / 2) ** 2 / (size + 1)
    each = 1 / (4 * n * (size + 1))
    together = (size * overlap - 1) / (4 * n * (size**2 - 1))
    squares = np.array([centred[:, 0] ** 2, centred[:, 1] ** 2, (centred[:, 0] - centred[:, 1]) ** 2])
    errors = squares.std(axis=1, ddof=1) / np.sqrt(draws)
    assert (np.abs(squares.mean(axis=1) - [each, each, 2 * (each - together)]) < 5 * errors).all()
