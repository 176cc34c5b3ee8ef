"""Variances of the MMD's terms over product states, against integrals of the MMD itself over all wires' gates."""

from __future__ import annotations

import numpy as np
import pytest

from bornscape import theory
from bornscape.simulators.product import product_mmd
from bornscape.simulators.product_states import design_spinors, expectations, pauli_matrix, product_vectors
from bornscape.simulators.product_terms import haar_moments, shared_gate_variances, term_variances

STRINGS = np.array([[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 1]], dtype=np.uint8)
P = np.array([0.4, 0.3, 0.2, 0.1])
NOTHING = (np.zeros((0, 3), dtype=np.uint8), np.zeros(0))


def integrated(z: np.ndarray, chances: np.ndarray, s: float) -> tuple[float, float]:
    """Var[E_qq K] and Var[MMD] over these marginals, (points, 3)."""
    self_term, whole = product_mmd(z, s, *NOTHING), product_mmd(z, s, STRINGS, P)
    first, second = (float(chances @ (values - chances @ values) ** 2) for values in (self_term, whole))
    return first, second


def grid(nodes: list[np.ndarray], weights: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """All products of the wires' nodes."""
    z = np.stack([axis.ravel() for axis in np.meshgrid(*nodes, indexing="ij")], axis=1)
    chances = np.stack([axis.ravel() for axis in np.meshgrid(*weights, indexing="ij")], axis=1).prod(axis=1)
    return z, chances


@pytest.mark.parametrize("s", [0.2, 1.0, 12.0])
@pytest.mark.parametrize("random_wires", [1, 3])
def test_wire_by_wire_is_the_integral_over_all_gates(s: float, random_wires: int) -> None:
    # Three nodes integrate the MMD's square, of degree 4 in each z, exactly; the other wires stay |0>.
    nodes, weights = np.polynomial.legendre.leggauss(3)
    fixed = 3 - random_wires
    z, chances = grid(
        [nodes] * random_wires + [np.ones(1)] * fixed, [weights / 2] * random_wires + [np.ones(1)] * fixed
    )
    self_term, whole = integrated(z, chances, s)
    found = term_variances(haar_moments(3, random_wires), s, STRINGS, P)
    assert found.self_term == pytest.approx(self_term, rel=1e-9)
    if random_wires == 3:
        assert found.self_term + 4 * found.cross_term == pytest.approx(whole, rel=1e-9)
        assert found.cross_error < 1e-9 * found.cross_term


def test_fixed_wires_change_the_linear_term_as_the_integral_says() -> None:
    nodes, weights = np.polynomial.legendre.leggauss(3)
    z, chances = grid([nodes, np.ones(1), np.ones(1)], [weights / 2, np.ones(1), np.ones(1)])
    constant = float(product_mmd(np.ones((1, 3)), 1.0, STRINGS, P)[0] - product_mmd(np.ones((1, 3)), 1.0, *NOTHING)[0])
    cross = (product_mmd(z, 1.0, *NOTHING) - product_mmd(z, 1.0, STRINGS, P) + constant) / 2
    expected = float(chances @ (cross - chances @ cross) ** 2)
    assert term_variances(haar_moments(3, 1), 1.0, STRINGS, P).cross_term == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("s", [0.2, 1.0, 12.0])
def test_a_shared_gate_is_one_integral(s: float) -> None:
    nodes, weights = np.polynomial.legendre.leggauss(40)
    z = np.repeat(nodes[:, None], 3, axis=1)
    self_term, _ = integrated(z, weights / 2, s)
    found = shared_gate_variances(3, s, STRINGS, P)
    assert found.self_term == pytest.approx(self_term, rel=1e-9)
    assert found.self_term > 1.5 * term_variances(haar_moments(3, 3), s, STRINGS, P).self_term


def test_large_sizes_give_theorem_2() -> None:
    strings = np.array([[0] * 1000, [1] * 1000], dtype=np.uint8)
    found = term_variances(haar_moments(1000, 1000), 250.0, strings, np.array([0.5, 0.5]))
    assert found.self_term + 4 * found.cross_term == pytest.approx(
        theory.product_mmd_variance(1000, 250.0, strings), rel=1e-9
    )


@pytest.mark.parametrize(("ensemble", "moments"), [("haar", (1 / 3, 1 / 3, 1 / 3)), ("ry", (1 / 2, 0, 1 / 2))])
def test_a_design_has_the_ensemble_s_second_moments(ensemble: str, moments: tuple[float, ...]) -> None:
    vectors = product_vectors(design_spinors(2, ensemble))  # type: ignore[arg-type]
    for letter, moment in zip((1, 2, 3), moments, strict=True):
        for word, expected in (([letter, 0], moment), ([letter, letter], moment**2)):
            values = expectations(vectors, pauli_matrix(np.array([word]), np.ones(1)))
            assert values.mean() == pytest.approx(0, abs=1e-12)
            assert np.mean(values**2) == pytest.approx(expected, abs=1e-12)
