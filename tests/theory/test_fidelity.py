"""Closed forms of the fidelities' variances: by hand, and against Monte Carlo that shares no code with them."""

import numpy as np
import pytest

from bornscape import theory
from support.reference import Z_LIMIT, random_state, z_score


@pytest.mark.parametrize("n", [1, 2, 3])
def test_deep_variances_over_haar_states(n: int) -> None:
    rng = np.random.default_rng(n)
    states = np.array([random_state(n, rng) for _ in range(20_000)])
    q = np.abs(states) ** 2
    ones = np.array([f"{k:b}".count("1") for k in range(2**n)]) / n
    # The means are known, so squares of the differences are unbiased.
    assert abs(z_score((q @ ones - 0.5) ** 2, theory.deep_lqf_variance(n))) < Z_LIMIT
    whole = q[:, 0] - 2.0**-n
    assert abs(z_score(whole**2, theory.deep_qf_variance(n))) < Z_LIMIT
    second, third, fourth, _ = theory.deep_qf_cumulants(n)
    assert abs(z_score(whole**4, fourth + 3 * second**2)) < Z_LIMIT
    assert abs(z_score(-(whole**3), third)) < Z_LIMIT


def test_one_qubit_by_hand() -> None:
    """On one wire LQF = QF, and the fidelity of a Haar-random state is uniform: variance 1/12, kurtosis 9/5."""
    assert theory.deep_lqf_variance(1) == pytest.approx(1 / 12)
    assert theory.deep_qf_variance(1) == pytest.approx(1 / 12)
    for gates, expected in (("haar", 1 / 12), ("ry", 1 / 8), ("euler", 1 / 8)):
        assert theory.product_lqf_variance([[0]], single_qubit=gates) == pytest.approx(expected)
        assert theory.product_qf_variance(1, gates) == pytest.approx(expected)


@pytest.mark.parametrize("n", [1, 7, 1000])
def test_zero_data_is_the_second_moment_over_4n(n: int) -> None:
    zero = np.zeros((1, n), dtype=np.uint8)
    for gates, second in (("haar", 1 / 3), ("ry", 1 / 2), ("euler", 1 / 2)):
        assert theory.product_lqf_variance(zero, single_qubit=gates) == pytest.approx(second / (4 * n))


def test_a_uniform_target_is_all_plus() -> None:
    """r_x = 1 on every wire: R_y sees it as well as |0>, Euler angles half as well."""
    strings = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    np.testing.assert_allclose(theory.bloch_vectors(strings), [[1, 0], [1, 0]], atol=1e-15)
    assert theory.product_lqf_variance(strings, single_qubit="ry") == pytest.approx(1 / 16)
    assert theory.product_lqf_variance(strings, single_qubit="euler") == pytest.approx(1 / 32)
    assert theory.product_lqf_variance(strings, single_qubit="haar") == pytest.approx(1 / 24)


@pytest.mark.parametrize("n", [2, 3, 10])
def test_ghz_data_have_no_variance(n: int) -> None:
    ghz = np.repeat([[0], [1]], n, axis=1)
    assert theory.product_lqf_variance(ghz) == 0


@pytest.mark.parametrize(("n", "gates", "base"), [(3, "haar", 1 / 3), (5, "ry", 3 / 8), (5, "euler", 3 / 8)])
def test_product_qf(n: int, gates: str, base: float) -> None:
    assert theory.product_qf_variance(n, gates) == pytest.approx(base**n - 4.0**-n, rel=1e-12)  # type: ignore[arg-type]


def test_count_of_tests() -> None:
    assert theory.hadamard_test_count(3, 4) == 96


@pytest.mark.parametrize("call", [theory.deep_lqf_variance, theory.deep_qf_variance, theory.deep_qf_cumulants])
def test_no_qubits(call: object) -> None:
    with pytest.raises(ValueError, match="n_qubits must be at least 1"):
        call(0)  # type: ignore[operator]


def test_unknown_gates() -> None:
    with pytest.raises(ValueError, match="single_qubit must be one of"):
        theory.product_qf_variance(2, "cliffords")  # type: ignore[arg-type]
