"""Explicit losses by hand, against each other's identities, and their derivatives."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.distance import jensenshannon
from scipy.special import xlogy
from scipy.stats import entropy

import bornscape as bs
from bornscape.losses.explicit import (
    DEFINITIONS,
    EPSILON,
    ExplicitLoss,
    classical_fidelity_loss,
    jensen_shannon_divergence,
    kl_divergence,
    renyi_divergence,
    reverse_kl_divergence,
    total_variation,
)
from bornscape.losses.supports import SparseTarget, Supports
from support.reference import central_differences

LOG = np.log
P, Q = np.array([0.25, 0.75]), np.array([0.5, 0.5])
P2, Q2 = np.array([0.5, 0.0, 0.25, 0.25]), np.array([0.125, 0.375, 0.5, 0.0])


@st.composite
def distributions(draw: st.DrawFn, count: int = 2, largest_n: int = 4) -> list[NDArray]:
    """Distributions of one length 2**n, zeros included."""
    size = 2 ** draw(st.integers(1, largest_n))
    found = []
    for _ in range(count):
        weights = np.array(draw(st.lists(st.integers(0, 20), min_size=size, max_size=size)), dtype=float)
        assume(weights.sum() > 0)
        found.append(weights / weights.sum())
    return found


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (kl_divergence, 0.25 * LOG(0.5) + 0.75 * LOG(1.5)),
        (reverse_kl_divergence, 0.5 * LOG(2) + 0.5 * LOG(2 / 3)),
        (
            jensen_shannon_divergence,
            0.25 * LOG(1 / 3) + 0.75 * LOG(3 / 5) + 0.5 * LOG(2 / 3) + 0.5 * LOG(2 / 5),
        ),
        (total_variation, 0.5),
        (classical_fidelity_loss, 1 - np.sqrt(0.125) - np.sqrt(0.375)),
        (lambda p, q: renyi_divergence(p, q, 2), LOG(1.25)),
        (lambda p, q: renyi_divergence(p, q, 0.5), -2 * LOG(np.sqrt(0.125) + np.sqrt(0.375))),
        (lambda p, q: renyi_divergence(p, q, 3), LOG(4 * (0.25**3 + 0.75**3)) / 2),
    ],
)
def test_one_qubit_by_hand(loss: Any, expected: float) -> None:
    assert loss(P, Q) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("kld", 0.5 * LOG(4) + 0.25 * LOG(0.5) + 0.25 * LOG(0.25 / EPSILON)),
        ("reverse_kld", 0.125 * LOG(0.25) + 0.375 * LOG(0.375 / EPSILON) + 0.5 * LOG(2)),
        ("jsd", 0.5 * LOG(0.8) + 0.25 * LOG(1 / 3) + 0.125 * LOG(0.2) + 0.5 * LOG(2 / 3)),
        ("tvd", 0.375 + 0.375 + 0.25 + 0.25),
        ("classical_fidelity", 1 - 0.25 - np.sqrt(0.125)),
        ("renyi_2", LOG(2 + 0.125 + 0.0625 / EPSILON)),
        ("renyi_0.5", -2 * LOG(0.25 + np.sqrt(0.125) + np.sqrt(0.25 * EPSILON))),
    ],
)
def test_two_qubits_with_zeros_by_hand(name: str, expected: float) -> None:
    assert ExplicitLoss(name, P2)(Q2) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("epsilon", [1e-14, 1e-6, 0.01])
def test_clipping(epsilon: float) -> None:
    """Disjoint supports: the fixed points of Cor. 2."""
    p, q = np.array([1.0, 0, 0, 0]), np.array([0, 0.5, 0.25, 0.25])
    log = LOG(1 / epsilon)
    expected = {
        "kld": log,
        "reverse_kld": log - 1.5 * LOG(2),
        "jsd": 0.0,
        "tvd": 2.0,
        "classical_fidelity": 1.0,
        "renyi_2": log,
        "renyi_0.5": log,
    }
    assert set(expected) == set(DEFINITIONS)
    for name, value in expected.items():
        assert ExplicitLoss(name, p, epsilon)(q) == pytest.approx(value, rel=1e-13)
    assert kl_divergence(p, q, epsilon) == pytest.approx(log)
    assert reverse_kl_divergence(p, q, epsilon) == pytest.approx(log - 1.5 * LOG(2))
    assert renyi_divergence(p, q, 2, epsilon) == pytest.approx(log)


def test_the_paper_s_clipping_value_is_the_default() -> None:
    assert kl_divergence([1, 0], [0, 1]) == pytest.approx(32.236, abs=1e-3)


def test_probabilities_above_the_clipping_value_are_not_clipped() -> None:
    p, q = np.array([0.5, 0.5]), np.array([1e-13, 1 - 1e-13])
    assert kl_divergence(p, q) == pytest.approx(0.5 * LOG(0.5 / 1e-13) + 0.5 * LOG(0.5), rel=1e-12)


@settings(deadline=None)
@given(distributions())
def test_ranges(pair: list[NDArray]) -> None:
    p, q = pair
    # Raising q to the clipping value lets the sum exceed 1 by 16 epsilon, and a divergence fall below 0 by as much.
    slack = 16 * EPSILON
    assert kl_divergence(p, q) >= -slack
    assert reverse_kl_divergence(p, q) >= -slack
    assert renyi_divergence(p, q, 2) >= -slack
    assert renyi_divergence(p, q, 0.5) >= -slack
    assert -2 * LOG(2) - 1e-14 <= jensen_shannon_divergence(p, q) <= 1e-14
    assert -1e-14 <= total_variation(p, q) <= 2 + 1e-14
    assert -1e-14 <= classical_fidelity_loss(p, q) <= 1 + 1e-14


@settings(deadline=None)
@given(distributions(count=1))
def test_minima_are_at_equality(single: list[NDArray]) -> None:
    (p,) = single
    assert kl_divergence(p, p) == 0
    assert reverse_kl_divergence(p, p) == 0
    assert total_variation(p, p) == 0
    assert jensen_shannon_divergence(p, p) == pytest.approx(-2 * LOG(2), rel=1e-14)
    assert classical_fidelity_loss(p, p) == pytest.approx(0, abs=1e-14)
    assert renyi_divergence(p, p, 2) == pytest.approx(0, abs=1e-14)


def test_maxima_are_at_disjoint_supports() -> None:
    p, q = np.array([0.3, 0.7, 0, 0]), np.array([0, 0, 0.4, 0.6])
    assert jensen_shannon_divergence(p, q) == 0
    assert total_variation(p, q) == pytest.approx(2, rel=1e-15)
    assert classical_fidelity_loss(p, q) == 1


@settings(deadline=None)
@given(distributions())
def test_against_scipy(pair: list[NDArray]) -> None:
    p, q = pair
    assert jensen_shannon_divergence(p, q) == pytest.approx(2 * jensenshannon(p, q) ** 2 - 2 * LOG(2), abs=1e-12)
    held = q + 0.01
    assert kl_divergence(p, held) == pytest.approx(entropy(p, held / held.sum()) - LOG(held.sum()), abs=1e-12)
    assert reverse_kl_divergence(held, q) == pytest.approx(np.sum(xlogy(q, q) - q * LOG(held)), abs=1e-12)


@settings(deadline=None)
@given(distributions())
def test_symmetries(pair: list[NDArray]) -> None:
    p, q = pair
    for loss in (jensen_shannon_divergence, total_variation, classical_fidelity_loss):
        assert loss(p, q) == loss(q, p)
    assert kl_divergence(p, q) == pytest.approx(reverse_kl_divergence(q, p), rel=1e-14)


def test_the_kld_is_not_symmetric() -> None:
    assert kl_divergence(P, Q) != pytest.approx(reverse_kl_divergence(P, Q), rel=1e-3)


def test_renyi_of_order_one_half_is_the_classical_fidelity() -> None:
    p, q = np.random.default_rng(50).dirichlet(np.ones(8), size=2)
    assert renyi_divergence(p, q, 0.5) == pytest.approx(-2 * LOG(1 - classical_fidelity_loss(p, q)), rel=1e-12)


@pytest.mark.parametrize("delta", [1e-2, 1e-3, 1e-4])
@pytest.mark.parametrize("sign", [1, -1])
def test_renyi_tends_to_the_kld(delta: float, sign: int) -> None:
    """D_(1+d) = KLD + d Var_p[log p/q] / 2 + O(d^2)."""
    p, q = np.random.default_rng(51).dirichlet(2 * np.ones(8), size=2)
    ratio = LOG(p / q)
    slope = (p @ ratio**2 - (p @ ratio) ** 2) / 2
    assert slope > 0.1
    found = renyi_divergence(p, q, 1 + sign * delta)
    # The next term, then the rounding of log(1 + x) / delta.
    assert abs(found - kl_divergence(p, q) - sign * delta * slope) < delta**2 + 1e-15 / delta


@pytest.mark.parametrize("order", [0, -1, 1, 1.0])
def test_bad_orders_are_an_error(order: float) -> None:
    with pytest.raises(ValueError, match="order: expected a number above 0 other than 1"):
        renyi_divergence(P, Q, order)


@pytest.mark.parametrize(
    "loss",
    [
        kl_divergence,
        reverse_kl_divergence,
        jensen_shannon_divergence,
        total_variation,
        classical_fidelity_loss,
        lambda p, q: renyi_divergence(p, q, 2),
        lambda p, q: ExplicitLoss("kld", np.asarray(p))(q),
    ],
)
@pytest.mark.parametrize(
    ("p", "q"), [([1.0, 0.0], [0.5, 0.25, 0.25]), ([[0.5, 0.5]], [[0.5, 0.5]]), ([1.0], [0.5, 0.5]), (1.0, 1.0)]
)
def test_shapes_that_differ_are_an_error(loss: Any, p: Any, q: Any) -> None:
    with pytest.raises(ValueError, match="p and q: expected two vectors of one length"):
        loss(p, q)


def test_lists_are_accepted() -> None:
    assert total_variation([1, 0], [0, 1]) == 2


def test_unknown_loss_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"loss 'hellinger': expected one of \['classical_fidelity', 'jsd', 'kld'"):
        ExplicitLoss("hellinger", P)


@pytest.mark.parametrize("name", DEFINITIONS)
@pytest.mark.parametrize("support", ["full", "sparse"])
def test_derivatives_agree_with_finite_differences(name: str, support: str) -> None:
    rng = np.random.default_rng(52)
    q = 0.5 * rng.dirichlet(np.ones(8)) + 0.0625
    p = rng.dirichlet(np.ones(8)) if support == "full" else np.array([0.5, 0, 0.3, 0, 0, 0.2, 0, 0])
    loss = ExplicitLoss(name, p)
    expected = central_differences(loss, q, 1e-6)
    found = loss.derivative(q)
    assert found.shape == (8,)
    # Truncation 1e-12 times third derivatives (at most about 1e4 at q >= 1/16), rounding 1e-16 / 1e-6.
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8 * max(1.0, np.abs(expected).max()))


@pytest.mark.parametrize("name", DEFINITIONS)
def test_derivatives_are_finite_where_probabilities_vanish(name: str) -> None:
    p, q = np.array([0.5, 0, 0.5, 0]), np.array([0, 0, 0.5, 0.5])
    assert np.isfinite(ExplicitLoss(name, p).derivative(q)).all()
    assert np.isfinite(ExplicitLoss(name, p).derivative(p)).all()


def test_slopes_of_clipped_probabilities_by_hand() -> None:
    p, q = np.array([0.5, 0.5]), np.array([0.0, 1.0])
    np.testing.assert_allclose(ExplicitLoss("kld", p, 1e-3, "clipped").derivative(q), [-500, -0.5], rtol=1e-14)
    np.testing.assert_array_equal(ExplicitLoss("kld", p, 1e-3).derivative(q), [0, -0.5])
    found = ExplicitLoss("classical_fidelity", p, 1e-4, "clipped").derivative(q)
    np.testing.assert_allclose(found, [-50 * np.sqrt(0.5), -0.5 * np.sqrt(0.5)], rtol=1e-14)


@pytest.mark.parametrize("epsilon", [1e-14, 1e-2])
@pytest.mark.parametrize("name", DEFINITIONS)
def test_gradient_is_that_of_the_loss_as_it_is_reported(name: str, epsilon: float) -> None:
    """q(00) and q(11) are 0.9876 and 2.5e-5: a clipping value of 0.01 takes the second for a constant."""
    circuit, theta = bs.product_circuit(2, "ry"), np.array([0.1, 0.2])
    loss = ExplicitLoss(name, np.array([0.5, 0.0, 0.0, 0.5]), epsilon)
    expected = central_differences(lambda angles: loss(bs.probabilities(circuit, angles)), theta, 1e-6)
    # Truncation 1e-12 times third derivatives, rounding 1e-16 / 1e-6.
    np.testing.assert_allclose(bs.gradient(circuit, theta, loss), expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", ["kld", "renyi_2", "renyi_0.5"])
def test_slope_at_the_clipping_value_is_not_the_derivative(name: str) -> None:
    """What training takes, so that the test above can fail."""
    circuit, theta = bs.product_circuit(2, "ry"), np.array([0.1, 0.2])
    p = np.array([0.5, 0.0, 0.0, 0.5])
    found = [bs.gradient(circuit, theta, ExplicitLoss(name, p, 1e-2, form)) for form in ("flat", "clipped")]
    assert np.abs(found[0] - found[1]).max() > 1e-3


def sparse_case(kind: str, rng: np.random.Generator) -> tuple[SparseTarget, NDArray, NDArray]:
    """A target on 5 of 64 outcomes, and a model of the named kind."""
    indices = np.sort(rng.choice(64, size=5, replace=False))
    target = SparseTarget(indices, rng.dirichlet(np.ones(5)))
    p = np.zeros(64)
    p[indices] = target.probabilities
    q = rng.dirichlet(np.ones(64))
    if kind == "holes":
        q[rng.choice(64, size=40, replace=False)] = 0
    elif kind == "inside":
        q = np.zeros(64)
        q[indices] = rng.dirichlet(np.ones(5))
    elif kind == "equal":
        q = p.copy()
    elif kind == "outside":
        q[indices] = 0
    return target, p, q / q.sum()


@pytest.mark.parametrize("epsilon", [1e-14, 1e-6])
@pytest.mark.parametrize("kind", ["full", "holes", "inside", "equal", "outside"])
def test_sparse_losses_are_the_dense_ones(kind: str, epsilon: float) -> None:
    rng = np.random.default_rng(53)
    for _ in range(20):
        target, p, q = sparse_case(kind, rng)
        found = target.losses(q, float(xlogy(q, q).sum()), epsilon)
        assert set(found) == set(DEFINITIONS)
        for name, value in found.items():
            dense = ExplicitLoss(name, p, epsilon)(q)
            # 1 - (mass inside) is right to 1e-16, and log(1/epsilon) multiplies it.
            assert value == pytest.approx(dense, rel=1e-13, abs=1e-13), name


def test_several_supports_at_once_are_each_alone() -> None:
    rng = np.random.default_rng(56)
    kinds = ("full", "holes", "inside", "equal", "outside")
    cases = [sparse_case(kind, rng) for kind in kinds]
    targets = [target for target, _, _ in cases]
    for epsilon in (1e-14, 1e-6):
        for _, _, q in cases:
            negative_entropy = float(xlogy(q, q).sum())
            losses, masses = Supports(targets).losses(q, negative_entropy, epsilon)
            points = Supports(targets).fixed_points(negative_entropy, epsilon)
            for d, target in enumerate(targets):
                alone = target.losses(q, negative_entropy, epsilon)
                assert losses[d] == pytest.approx([alone[name] for name in DEFINITIONS], rel=1e-13, abs=1e-13)
                assert masses[d] == pytest.approx(q[target.indices].sum(), rel=1e-14, abs=1e-16)
                fixed = target.fixed_points(1.0, negative_entropy, epsilon)
                assert points[d].tolist() == [fixed[name] for name in DEFINITIONS]


def test_fixed_points_are_the_losses_at_disjoint_supports() -> None:
    rng = np.random.default_rng(54)
    for epsilon in (1e-14, 1e-6):
        target, p, q = sparse_case("outside", rng)
        negative_entropy = float(xlogy(q, q).sum())
        found = target.fixed_points(1.0, negative_entropy, epsilon)
        losses = target.losses(q, negative_entropy, epsilon)
        for name, value in found.items():
            assert value == pytest.approx(losses[name], rel=1e-13, abs=1e-13), name
            assert value == pytest.approx(ExplicitLoss(name, p, epsilon)(q), rel=1e-13, abs=1e-13), name
        # Cor. 2.
        assert found["kld"] == pytest.approx(np.sum(p[p > 0] * LOG(p[p > 0] / epsilon)), rel=1e-13)
        assert found["reverse_kld"] == pytest.approx(np.sum(q[q > 0] * LOG(q[q > 0] / epsilon)), rel=1e-13)
        assert found["tvd"] == pytest.approx(2, rel=1e-14)
        assert found["classical_fidelity"] == pytest.approx(1, rel=1e-14)
        assert found["jsd"] == 0


def test_fixed_points_are_not_the_losses_where_supports_overlap() -> None:
    rng = np.random.default_rng(55)
    target, _, q = sparse_case("full", rng)
    negative_entropy = float(xlogy(q, q).sum())
    losses = target.losses(q, negative_entropy, EPSILON)
    for name, value in target.fixed_points(1.0, negative_entropy, EPSILON).items():
        assert abs(value - losses[name]) > 1e-3, name
