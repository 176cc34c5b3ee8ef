"""Many laws at once are those of one after another."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bornscape.statistics import scaling_law
from bornscape.statistics.decisions import decide_laws

SETS = 24


def series(sizes: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Powers and exponentials with errors and scatter of all kinds."""
    power, rate = rng.uniform(0, 3, (SETS, 1)), rng.choice([0.0, 0.0, 0.1, 0.7], (SETS, 1))
    errors = rng.choice([0.002, 0.02, 0.2], (SETS, 1)) * np.exp(0.2 * rng.normal(size=(SETS, len(sizes))))
    scatter = rng.choice([0.0, 0.1, 0.5], (SETS, 1))
    noise = rng.normal(size=errors.shape) * np.hypot(errors, scatter)
    return noise - power * np.log(sizes) - rate * sizes, errors


@pytest.mark.parametrize("sizes", [[4, 5, 6, 7, 8, 9, 10, 12], [4, 6, 8, 10, 12], [4, 5, 6, 7]])
@pytest.mark.parametrize("exact", [False, True])
def test_answers_are_those_of_scaling_law(sizes: list[int], exact: bool) -> None:
    n = np.array(sizes, dtype=np.float64)
    logs, errors = series(n, np.random.default_rng(len(sizes)))
    found = decide_laws(n, logs, 0 * errors if exact else errors)
    for k in range(SETS):
        factor = np.exp(stats.norm.ppf(0.975) * errors[k])
        value = np.exp(logs[k])
        law = scaling_law(n, value, None if exact else np.column_stack([value / factor, value * factor]))
        assert found.preferred[k] == law.preferred
        assert found.scatter[k] == pytest.approx(law.scatter, abs=1e-6)
        assert found.fit_p_value[k] == pytest.approx(law.fit_p_value, abs=1e-6, nan_ok=True)
    if len(sizes) == 8 and not exact:
        assert set(found.preferred) == {"exponential", "polynomial", "inconclusive"}


def test_the_largest_size_of_interest_decides_what_matters() -> None:
    n = np.arange(4.0, 13.0)
    logs, errors = np.array([-0.05 * n]), np.full((1, len(n)), 1e-4)
    assert decide_laws(n, logs, errors, largest=100.0).preferred[0] == "exponential"
    assert decide_laws(n, logs, errors, largest=12.0).preferred[0] == "inconclusive"
