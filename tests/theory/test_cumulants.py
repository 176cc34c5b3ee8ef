"""Cumulants of losses over random circuits: by hand, and against states drawn by other code."""

import numpy as np
import pytest
from scipy import stats

from bornscape import theory
from bornscape.datasets import synthetic_target
from bornscape.losses.mmd import mmd
from bornscape.simulators.product import draw_marginals, product_mmd
from support.reference import random_state

LIMIT = 5
"""Standard errors; a false alarm has a chance of 6e-7."""


def beside(values: np.ndarray, cumulants: tuple[float, ...], slack: float = 0.0) -> None:
    """Third and fourth cumulant in units of the second, by 40 blocks of the values."""
    blocks = values.reshape(40, -1)
    for order, expected in ((3, cumulants[1]), (4, cumulants[2])):
        unit = cumulants[0] ** (order / 2)
        seen = np.array([stats.kstat(block, order) for block in blocks]) / unit
        assert abs(seen.mean() - expected / unit) < LIMIT * seen.std(ddof=1) / np.sqrt(40) + slack


@pytest.mark.parametrize("n", [1, 2, 3])
def test_haar_states(n: int) -> None:
    rng = np.random.default_rng(100 + n)
    q = np.array([np.abs(random_state(n, rng)) ** 2 for _ in range(20_000)])
    zeros = n - np.bitwise_count(np.arange(2**n))
    beside(1 - q @ zeros / n, theory.deep_lqf_cumulants(n))
    beside(1 - q[:, 0], theory.deep_qf_cumulants(n))
    if n > 1:
        p = synthetic_target("ghz", n, rng).dense()
        # The shape comes from 50,000 states of its own.
        beside(np.array([mmd(row, p, 1.0) for row in q]), theory.deep_mmd_cumulants(n, 1.0, p), slack=0.1)


def test_one_wire_is_uniform() -> None:
    """LQF and QF of one wire are uniform on [0, 1]: 1/12, 0, -1/120, 1/252."""
    for cumulants in (theory.deep_lqf_cumulants(1), theory.deep_qf_cumulants(1)):
        assert cumulants == pytest.approx((1 / 12, 0, -1 / 120, 1 / 252))


def test_large_sizes() -> None:
    """The QF goes to minus an exponential variable over N, and the LQF to a normal one."""
    unit = 2.0**-40
    expected = (unit**2, -2 * unit**3, 6 * unit**4, 120 * unit**6)
    assert theory.deep_qf_cumulants(40) == pytest.approx(expected, rel=1e-9)
    second, _, fourth, sixth = theory.deep_lqf_cumulants(40)
    assert abs(fourth) / second**2 < 1e-10
    assert abs(sixth) / second**3 < 1e-10
    for call in (theory.deep_lqf_cumulants, theory.deep_qf_cumulants):
        with pytest.raises(ValueError, match="n_qubits"):
            call(0)


@pytest.mark.parametrize("dataset", ["ghz", "o_n2"])
def test_both_ways_to_the_deep_mmd_agree(dataset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 6 qubits parities are close enough to normal that skewness and kurtosis agree to 0.6."""
    p = synthetic_target(dataset, 6, np.random.default_rng(1)).dense()
    sampled = theory.deep_mmd_cumulants(6, 1.5, p)
    monkeypatch.setattr("bornscape.theory.cumulants.LARGEST_SAMPLED", 2)
    direct = theory.deep_mmd_cumulants(6, 1.5, p)
    assert direct[0] == sampled[0] == theory.deep_mmd_variance(6, 1.5, p)
    for order, first, second in zip((3, 4), direct[1:], sampled[1:], strict=False):
        assert first / direct[0] ** (order / 2) == pytest.approx(second / sampled[0] ** (order / 2), abs=0.6)


@pytest.mark.parametrize("ensemble", ["haar", "ry"])
def test_product_circuits(ensemble: str) -> None:
    rng = np.random.default_rng(5)
    target = synthetic_target("o_n", 5, rng)
    values = product_mmd(draw_marginals(20_000, 5, ensemble, rng), 1.0, target.bitstrings, target.probabilities)
    cumulants = theory.product_mmd_cumulants(5, 1.0, target.bitstrings, target.probabilities, ensemble)
    # The shape comes from 4,000 circuits of its own.
    beside(values, cumulants, slack=0.3)
