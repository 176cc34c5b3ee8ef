"""Schedules of the bandwidth and of the learning rate."""

import pytest

from bornscape.training import learning_rate
from bornscape.training.annealing import annealed_bandwidth, paced_rate


def test_the_bandwidth_falls_geometrically_and_stays() -> None:
    values = [annealed_bandwidth(t, 8, 4.0, 0.25, 0.5) for t in range(9)]
    assert values == pytest.approx([4, 2, 1, 0.5, 0.25, 0.25, 0.25, 0.25, 0.25])


def test_a_faster_pace_sums_to_the_same_rates() -> None:
    assert [paced_rate(t, 1) for t in (0, 7)] == [learning_rate(0), learning_rate(7)]
    slow, fast = sum(paced_rate(t, 1) for t in range(300)), sum(paced_rate(t, 5) for t in range(60))
    assert fast == pytest.approx(slow, rel=0.02)
