"""Fig. 4: the mean of the estimate by brute force, and the table."""

import numpy as np
import pytest

from bornscape import theory
from bornscape.experiments.kld_estimates import COLUMNS as KLD_COLUMNS
from bornscape.experiments.kld_estimates import measure as measure_kld
from bornscape.experiments.kld_estimates import table as kld_table
from bornscape.theory.kld_estimates import product_kld_estimate_mean

# Fig. 4


def test_the_estimate_s_mean_by_brute_force() -> None:
    """One qubit, two shots: q is uniform, hits binomial."""
    q = (np.arange(200_000) + 0.5) / 200_000
    values = [np.log(1e6), np.log(2), 0.0]
    expected = np.mean((1 - q) ** 2 * values[0] + 2 * q * (1 - q) * values[1] + q**2 * values[2])
    assert product_kld_estimate_mean(1, 2, 1e-6) == pytest.approx(expected, rel=1e-6)


def test_the_table_of_fig_4() -> None:
    settings = {"draws": 50, "measurements": [1, 100], "epsilon": 1e-14}
    table = kld_table(measure_kld(25, settings, {}, np.random.default_rng(0)).assign(n_qubits=25), settings)
    assert list(table.columns) == KLD_COLUMNS
    assert table["fraction"].tolist() == [1, 1]
    assert table["mean"].to_numpy() == pytest.approx(np.log(1e14))
    assert table["variance"].tolist() == [0, 0]
    assert theory.product_hit_probability(25, 100) < 1e-4
