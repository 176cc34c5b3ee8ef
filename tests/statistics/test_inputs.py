"""Malformed input to statistics is an error."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bornscape import statistics
from bornscape.statistics import scaling_law, simultaneous_z, variance_interval

# malformed input


@pytest.mark.parametrize(
    "call",
    [
        lambda: variance_interval([1.0, 2.0, 3.0]),
        lambda: variance_interval([1.0, 2.0, 3.0, float("nan")]),
        lambda: variance_interval([1.0, 2.0, 3.0, float("inf")]),
        lambda: variance_interval([1.0, 2.0, 3.0, 4.0], 1.0),
        lambda: variance_interval([1.0, 2.0, 3.0, 4.0], 0.99999),
        lambda: variance_interval(np.ones((4, 2, 2))),
        lambda: statistics.combine_batches([1.0], 5),
        lambda: statistics.combine_batches([1.0, 2.0], [5, 5, 5]),
        lambda: statistics.log_standard_error(1.0, 2.0, 3.0),
        lambda: statistics.log_standard_error(1.0, 0.0, 3.0),
        lambda: scaling_law([2, 4, 6, 6], np.ones(4)),
        lambda: scaling_law([2, 4, 6, 8], [1.0, 1.0, 1.0, -1.0]),
        lambda: scaling_law([2, 4, 6, 8], [1.0, 1.0, 1.0, float("nan")]),
        lambda: scaling_law([0, 4, 6, 8], np.ones(4)),
        lambda: scaling_law([2, 4, 6, 8], np.ones(4), np.ones((4, 2))),
        lambda: scaling_law([2, 4, 6, 8], np.ones(4), np.ones(4)),
        lambda: statistics.proportion_interval(3, 2),
        lambda: statistics.ordering_p_value([], [1.0]),
        lambda: statistics.smallest_p_value(0, 1),
        lambda: statistics.paired_p_value([1.0, 2.0], [1.0]),
        lambda: statistics.paired_p_value([1.0, float("nan")], [1.0, 2.0]),
        lambda: statistics.paired_shift([1.0, 2.0], [1.0, 2.0], 1.0),
        lambda: statistics.unpaired_shift([1.0, 2.0], [], 0.95),
        lambda: statistics.repetitions_for_power(float("nan")),
        lambda: statistics.repetitions_for_power(1.0, power=0.01, alpha=0.01),
        lambda: simultaneous_z(0, 0.05),
    ],
)
def test_malformed_input_is_an_error(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        call()
