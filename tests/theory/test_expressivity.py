"""Second frame potentials: by quadrature over the turns' angles, in the limits, and refused sizes."""

import numpy as np
import pytest

from bornscape.theory import haar_frame_potential, product_frame_potential


def by_quadrature(n_layers: int, points: int = 4) -> float:
    """Mean of F^2 over a grid of all angles of two qubits' turns: exact, as F^2 has no higher waves than this."""
    grid = 2 * np.pi * np.arange(points) / points
    vectors = np.array([[0.0, 0.0, 1.0]])
    for _ in range(n_layers + 1):
        turned = []
        for first in grid:
            for polar in grid:
                for last in grid:
                    turned.append(vectors @ (about_z(last) @ about_y(polar) @ about_z(first)).T)
        vectors = np.concatenate(turned)
    return float(np.mean(((1 + vectors @ vectors.T) / 2) ** 2))


def about_z(angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


def about_y(angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


@pytest.mark.parametrize("n_layers", [0, 1])
def test_turns_by_quadrature(n_layers: int) -> None:
    single = by_quadrature(n_layers)
    assert product_frame_potential(1, n_layers) == pytest.approx(single)
    assert product_frame_potential(3, n_layers) == pytest.approx(single**3)


def test_many_turns_are_haar_random_turns() -> None:
    """Of one qubit 1/3, so that only one qubit reaches the least value."""
    assert product_frame_potential(1, 60) == pytest.approx(haar_frame_potential(1))
    assert product_frame_potential(2, 60) == pytest.approx(1 / 9)
    assert haar_frame_potential(2) == pytest.approx(1 / 10)


@pytest.mark.parametrize("n", range(1, 9))
def test_no_ensemble_is_below_haar(n: int) -> None:
    assert product_frame_potential(n, 2) > haar_frame_potential(n)


@pytest.mark.parametrize(("n", "layers"), [(0, 1), (1, -1)])
def test_sizes_that_are_none(n: int, layers: int) -> None:
    with pytest.raises(ValueError, match="must be at least"):
        product_frame_potential(n, layers)
    with pytest.raises(ValueError, match="must be at least 1"):
        haar_frame_potential(0)
