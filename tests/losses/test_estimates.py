"""Losses from the strings seen alone, against the losses of the dense empirical distribution."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bornscape.bitstrings.sampling import to_bits, to_indices
from bornscape.datasets import synthetic_target
from bornscape.formulas import shots_values
from bornscape.losses.estimates import estimated_losses, seen_strings
from bornscape.losses.explicit import DEFINITIONS
from bornscape.variance import product_shot_draws

EPSILON = 1e-6


@given(st.integers(1, 9), st.integers(0, 2**31))
@settings(max_examples=60, deadline=None)
def test_estimates_are_the_losses_of_the_empirical_distribution(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    indices = rng.integers(2**n, size=20)
    target = synthetic_target("o_n", n, rng)
    seen = seen_strings(to_bits(indices, n))
    q = np.bincount(indices, minlength=2**n) / 20
    assert sorted(seen.frequencies) == pytest.approx(sorted(q[q > 0]))
    assert seen.inside(target.bitstrings) == pytest.approx(q[to_indices(target.bitstrings)])
    values, _ = estimated_losses(seen, target.bitstrings, target.probabilities, EPSILON)
    for loss, definition in DEFINITIONS.items():
        assert values[loss] == pytest.approx(definition.value(target.dense(), q, EPSILON), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("n", [8, 63, 64, 65, 130])
def test_strings_that_differ_in_one_bit_are_told_apart_at_any_length(n: int) -> None:
    """The last bit, the first one, and trailing zeros, which keys of bytes could lose."""
    samples = np.zeros((4, n), dtype=np.uint8)
    samples[1, -1] = samples[2, 0] = 1
    seen = seen_strings(samples)
    assert len(seen.shares) == 3
    absent = np.ones((1, n), dtype=np.uint8)
    assert seen.inside(np.concatenate([samples[:3], absent])).tolist() == [0.5, 0.25, 0.25, 0.0]
    assert seen.negative_entropy == pytest.approx(0.5 * np.log(0.5) + 0.5 * np.log(0.25))


def test_fixed_point_is_reached_exactly_where_no_sample_is_in_the_support() -> None:
    samples = to_bits(np.array([1, 1, 2, 3]), 3)
    for string, misses in ((0, True), (2, False)):
        target = to_bits(np.array([string]), 3)
        values, fixed = estimated_losses(seen_strings(samples), target, np.ones(1), EPSILON)
        assert all((values[loss] == fixed[loss]) == misses for loss in DEFINITIONS)


def test_shots_are_formulas_of_n_and_equal_ones_are_kept_once() -> None:
    assert shots_values([100, "n**2", "10*n", 512], 10) == (100, 512)
    assert shots_values(["n**2", "log2(n)+1.4"], 4) == (16, 3)
    with pytest.raises(ValueError, match=r"shots 'n\*\*2': expected at least 2 at n = 1, got 1"):
        shots_values(["n**2"], 1)
    with pytest.raises(ValueError, match="formula 'm'"):
        shots_values(["m"], 4)


def test_product_draws_of_several_targets_are_those_of_each_alone() -> None:
    """The samples, and what is computed of them once, are shared."""
    rng = np.random.default_rng(3)
    targets = {name: synthetic_target(name, 5, rng) for name in ("zero", "o_n")}

    def drawn(names: list[str]) -> dict[tuple[str, str, float], list[float]]:
        chosen = {name: targets[name] for name in names}
        table = product_shot_draws(5, 6, (9,), "haar", {"1": (1.0,)}, chosen, EPSILON, np.random.default_rng(8))
        return {key: group["value"].tolist() for key, group in table.groupby(["loss", "dataset"], observed=True)}

    both = drawn(["zero", "o_n"])
    for name in targets:
        alone = drawn([name])
        assert len(alone) == len(DEFINITIONS) + 2
        assert all(both[key] == values for key, values in alone.items())
