"""The law of the estimated KLD's gradient, against sampling."""

import numpy as np
import pytest
from scipy import stats

from bornscape.circuits import Circuit, Gate, line_circuit, product_circuit
from bornscape.datasets import synthetic_target
from bornscape.losses.regularised_kld import FORMS, Form
from bornscape.losses.supports import SparseTarget
from bornscape.training.estimated_gradients import exact_gradient, sampled_gradient
from bornscape.training.kld_shots import estimated_gradients, gradients_of_forms
from bornscape.training.objectives import objective

FALSE_ALARM = 1e-4


# The law of the estimated gradient


@pytest.mark.parametrize("form", FORMS)
def test_law_agrees_with_sampled_gradients(form: Form) -> None:
    shots, epsilon, repeats = 20, 1e-3, 1500
    circuit = line_circuit(3, 1)
    theta = np.random.default_rng(3).uniform(0, 2 * np.pi, circuit.n_parameters)
    target = synthetic_target("ghz", 3, np.random.default_rng(0))
    sparse = SparseTarget(target.indices, target.probabilities)
    rng = np.random.default_rng(4)
    # The slopes' average has an error of its own, so that both sides are averaged over several passes.
    passes = [gradients_of_forms(circuit, theta, [sparse], shots, [(form, epsilon)], rng) for _ in range(300)]
    laws = [law for ((law,),) in passes]
    law = laws[0]
    goal = objective(circuit, target.dense(), "kld", epsilon=epsilon, form=form)
    drawn = np.array([sampled_gradient(goal, theta, shots, rng)[0] for _ in range(repeats)])
    assert np.all(np.delete(drawn, law.angles, axis=1) == 0)
    drawn = drawn[:, law.angles]
    means, variances = np.array([x.mean for x in laws]), np.array([x.variance for x in laws])
    error = np.sqrt(drawn.var(axis=0, ddof=1) / repeats + means.var(axis=0, ddof=1) / len(laws))
    z = (drawn.mean(axis=0) - means.mean(axis=0)) / error
    assert np.abs(z).max() < stats.norm.isf(FALSE_ALARM / 2 / len(z))
    total = drawn.var(axis=0, ddof=1).sum()
    batches = drawn.reshape(30, -1, len(z)).var(axis=1, ddof=1).sum(axis=1)
    spread = np.sqrt(batches.var(ddof=1) / 30 + variances.sum(axis=1).var(ddof=1) / len(laws))
    assert abs(total - variances.sum(axis=1).mean()) < stats.t.isf(FALSE_ALARM / 2, 29) * spread
    # And the one estimate that each pass draws: as often exactly zero, of the same mean and the same length.
    samples = np.array([x.sample for x in laws])
    shares = [np.mean(values == 0, axis=1) for values in (samples, drawn)]
    assert 0.01 < shares[0].mean() < 0.99
    assert stats.ttest_ind(*shares, equal_var=False).pvalue > FALSE_ALARM
    assert stats.ttest_ind(samples.sum(axis=1), drawn.sum(axis=1), equal_var=False).pvalue > FALSE_ALARM
    unclipped = objective(circuit, target.dense(), "kld", epsilon=1e-14)
    assert law.exact == pytest.approx(exact_gradient(unclipped, theta)[0][law.angles], rel=1e-4, abs=1e-5)
    lengths = [np.linalg.norm(values, axis=1) for values in (samples, drawn)]
    assert stats.ttest_ind(*lengths, equal_var=False).pvalue > FALSE_ALARM


def test_forms_by_hand() -> None:
    # R_y at 0, target |1>: no shot falls on it, half of those of both shifted circuits do. Slopes are those of q = 0.
    sparse, shots, epsilon = SparseTarget(np.array([1]), np.ones(1)), 8, 0.25
    forms: list[tuple[Form, float]] = [(form, epsilon) for form in FORMS]
    rng = np.random.default_rng(0)
    ((clipped, flat, added),) = gradients_of_forms(product_circuit(1, "ry"), np.zeros(1), [sparse], shots, forms, rng)
    # Slope -4, and the difference of two means of 8 fair coins, halved.
    for law in (clipped, added):
        assert law.mean == pytest.approx([0], abs=1e-5)
        assert law.variance == pytest.approx([16 * 2 * 0.25 / shots / 4], rel=1e-5)
    assert clipped.sample == pytest.approx(added.sample)
    assert (flat.mean.tolist(), flat.variance.tolist(), flat.sample.tolist()) == ([0], [0], [0])
    assert flat.alignment == flat.signal_to_noise == 0


def test_one_form_alone_is_what_it_is_among_others() -> None:
    circuit = line_circuit(3, 1)
    theta = np.random.default_rng(5).uniform(0, 2 * np.pi, circuit.n_parameters)
    target = synthetic_target("ghz", 3, np.random.default_rng(0))
    sparse = SparseTarget(target.indices, target.probabilities)
    (alone,) = estimated_gradients(circuit, theta, [sparse], 20, 1e-6, np.random.default_rng(6))
    forms: list[tuple[Form, float]] = [("flat", 1e-6), ("clipped", 1e-6)]
    ((_, among),) = gradients_of_forms(circuit, theta, [sparse], 20, forms, np.random.default_rng(6))
    for one, other in zip(alone, among, strict=True):
        assert one == pytest.approx(other, rel=1e-12)
    # The alignment's limits: few shots of a steep form point anywhere, many shots along the gradient.
    (many,) = estimated_gradients(circuit, theta, [sparse], 1_000_000, 1e-6, np.random.default_rng(6))
    assert 0 < alone.alignment < 0.7
    assert many.alignment > 0.99


def test_a_hit_is_as_likely_as_the_exact_probabilities_say() -> None:
    # One R_y at angle t, target |1>: the shifted circuits are at t +- pi/2.
    circuit, t, shots = product_circuit(1, "ry"), 0.3, 5
    (law,) = estimated_gradients(
        circuit, np.array([t]), [SparseTarget(np.array([1]), np.ones(1))], shots, 1e-6, np.random.default_rng(0)
    )
    plus, minus = np.sin((t + np.pi / 2) / 2) ** 2, np.sin((t - np.pi / 2) / 2) ** 2
    assert law.hit_chance == pytest.approx(1 - ((1 - plus) * (1 - minus)) ** shots, rel=1e-5)
    assert law.angles.tolist() == [0]
    assert law.sample.shape == (1,)


def test_samples_are_zero_without_a_hit() -> None:
    circuit = line_circuit(4, 1)
    theta = np.zeros(circuit.n_parameters)
    # From |0000> no single shift by pi/2 of this circuit puts mass on 1111.
    sparse = SparseTarget(np.array([15]), np.ones(1))
    (law,) = estimated_gradients(circuit, theta, [sparse], 100, 1e-6, np.random.default_rng(0))
    assert np.all(law.sample == 0)
    assert law.hit_chance.max() < 1e-6
    assert law.signal_to_noise == 0


def test_the_mean_points_along_the_exact_gradient_where_shots_abound() -> None:
    circuit = line_circuit(3, 1)
    theta = np.random.default_rng(5).uniform(0, 2 * np.pi, circuit.n_parameters)
    target = synthetic_target("ghz", 3, np.random.default_rng(0))
    sparse = SparseTarget(target.indices, target.probabilities)
    (law,) = estimated_gradients(circuit, theta, [sparse], 100_000, 1e-6, np.random.default_rng(6))
    exact = exact_gradient(objective(circuit, target.dense(), "kld", epsilon=1e-6), theta)[0][law.angles]
    assert law.mean == pytest.approx(exact, abs=0.05 * np.abs(exact).max())
    assert law.signal_to_noise > 10


def test_shared_angles_are_refused() -> None:
    twice = Circuit(1, 1, (Gate("RY", (0,), (0,)), Gate("RY", (0,), (0,))))
    with pytest.raises(ValueError, match="each of its parameters"):
        estimated_gradients(twice, np.zeros(1), [], 10, 1e-6, np.random.default_rng(0))
