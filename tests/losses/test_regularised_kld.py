"""Forms of the KLD: values by hand, slopes against differences, and where a form does not pull."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bornscape.losses.explicit import ExplicitLoss
from bornscape.losses.regularised_kld import FORMS, Form, RegularisedKLD


def distribution(seed: int, size: int = 8) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.ones(size))


def test_values_by_hand() -> None:
    p, q = np.array([0.5, 0.5]), np.array([1.0, 0.0])
    clipped = 0.5 * np.log(0.5) + 0.5 * np.log(0.5 / 0.01)
    assert RegularisedKLD(p, 0.01, "clipped")(q) == pytest.approx(clipped)
    assert RegularisedKLD(p, 0.01, "flat")(q) == pytest.approx(clipped)
    added = 0.5 * np.log(0.5 / 1.01) + 0.5 * np.log(0.5 / 0.01)
    assert RegularisedKLD(p, 0.01, "added")(q) == pytest.approx(added)


@given(st.integers(0, 2**32), st.floats(1e-9, 1e-1))
def test_clipped_is_the_explicit_loss(seed: int, epsilon: float) -> None:
    p, q = distribution(seed), distribution(seed + 1)
    mine, explicit = RegularisedKLD(p, epsilon), ExplicitLoss("kld", p, epsilon, "clipped")
    assert mine(q) == pytest.approx(explicit(q), abs=1e-12)
    assert np.allclose(mine.derivative(q), explicit.derivative(q), rtol=1e-14)


@pytest.mark.parametrize("form", FORMS)
@given(seed=st.integers(0, 2**32))
@example(seed=3061540)  # A slope of 2e-5, which the losses' last digits blur.
def test_slopes_are_derivatives_above_epsilon(form: Form, seed: int) -> None:
    p, q = distribution(seed), 0.05 + 0.6 * distribution(seed + 1)
    loss, step = RegularisedKLD(p, 1e-3, form), 1e-6
    rounding = 2 * np.spacing(1.0) / (2 * step)
    for x in range(len(p)):
        change = step * np.eye(len(p))[x]
        slope = pytest.approx(loss.derivative(q)[x], rel=1e-6, abs=rounding)
        assert (loss(q + change) - loss(q - change)) / (2 * step) == slope


def test_below_epsilon_flat_alone_is_its_own_derivative() -> None:
    p, q, step = np.array([0.5, 0.5]), np.array([0.999, 0.001]), np.array([0.0, 1e-5])
    slopes = {form: RegularisedKLD(p, 0.01, form).derivative(q)[1] for form in FORMS}
    changes = {form: RegularisedKLD(p, 0.01, form)(q + step) - RegularisedKLD(p, 0.01, form)(q) for form in FORMS}
    assert changes["clipped"] == changes["flat"] == slopes["flat"] == 0
    assert slopes["clipped"] == -50
    assert changes["added"] == pytest.approx(1e-5 * slopes["added"], rel=1e-2)


@pytest.mark.parametrize("form", FORMS)
def test_value_of_samples_is_that_of_their_distribution(form: Form) -> None:
    p = np.array([0.5, 0.0, 0.25, 0.25])
    strings = np.array([0, 0, 1, 2, 3, 2])
    loss = RegularisedKLD(p, 0.05, form)
    assert loss.of_samples(strings) == pytest.approx(loss(np.bincount(strings, minlength=4) / 6))


def test_optimum_of_the_added_form_is_where_the_paper_stops() -> None:
    # Fig. 12's exact KLD curves stop at 1.2e-7 and 3.15e-7: eps = 1e-8, added; a clip would go to 0.
    from bornscape.datasets.published import published_target
    from bornscape.training.targets import negative_log

    polynomial = published_target("published", 6).dense()
    for p, level in ((negative_log(polynomial, 1e-4), 1.2e-7), (polynomial, 3.15e-7)):
        # The optimum of sum p log(q + eps) under sum q = 1: q + eps is in proportion to p on the support.
        held = p > 0
        best = np.where(held, p * (1 + 1e-8 * held.sum()) - 1e-8, 0.0)
        assert np.abs(p - best).sum() == pytest.approx(level, rel=0.25)


@pytest.mark.parametrize(("epsilon", "form"), [(0.0, "clipped"), (1e-6, "other")])
def test_what_is_no_form_is_refused(epsilon: float, form: str) -> None:
    with pytest.raises(ValueError, match="expected a form of"):
        RegularisedKLD(np.array([1.0]), epsilon, form)  # type: ignore[arg-type]
