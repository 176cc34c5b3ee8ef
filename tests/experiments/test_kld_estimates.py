"""Fig. 4: the mean of the estimate by brute force, and the table."""

from math import comb

import numpy as np
import pytest
from scipy import stats

from bornscape import theory
from bornscape.experiments.kld_estimates import COLUMNS as KLD_COLUMNS
from bornscape.experiments.kld_estimates import log_chances
from bornscape.experiments.kld_estimates import measure as measure_kld
from bornscape.experiments.kld_estimates import table as kld_table
from bornscape.theory.kld_estimates import plateau_chance, product_kld_estimate_cumulants

# Fig. 4


def test_the_estimate_s_mean_by_brute_force() -> None:
    """One qubit, two shots: q is uniform, hits binomial."""
    q = (np.arange(200_000) + 0.5) / 200_000
    values = [np.log(1e6), np.log(2), 0.0]
    chances = [float(np.mean(law)) for law in ((1 - q) ** 2, 2 * q * (1 - q), q**2)]
    mean = np.dot(chances, values)
    expected = [mean, *(np.dot(chances, (np.array(values) - mean) ** order) for order in (2, 3))]
    assert product_kld_estimate_cumulants(1, 2, 1e-6) == pytest.approx(expected, rel=1e-6)


def test_the_estimate_s_law_is_binomial_at_every_hit() -> None:
    """SciPy's binomial law on the same nodes, where hits are many and the chances of most are tiny."""
    n, shots, epsilon = 6, 300, 1e-6
    g = (np.arange(4_000) + 0.5) * 1e-2
    density = stats.gamma.pdf(g, n) * 1e-2
    law = density @ stats.binom.pmf(np.arange(shots + 1)[None, :], shots, np.exp(-g)[:, None])
    values = -np.log(np.maximum(np.arange(shots + 1) / shots, epsilon))
    mean = law @ values
    expected = [mean, law @ (values - mean) ** 2, law @ (values - mean) ** 3]
    assert product_kld_estimate_cumulants(n, shots, epsilon) == pytest.approx(expected, rel=1e-6)
    assert product_kld_estimate_cumulants(n, shots + 3, epsilon) != pytest.approx(expected, rel=1e-6)


def test_the_table_of_fig_4() -> None:
    settings = {"draws": 50, "measurements": [1, 100], "epsilon": 1e-14, "ensembles": ["product_haar"]}
    table = kld_table(measure_kld(25, settings, {}, np.random.default_rng(0)).assign(n_qubits=25), settings)
    assert list(table.columns) == KLD_COLUMNS
    assert table["fraction"].tolist() == [1, 1]
    assert table["mean"].to_numpy() == pytest.approx(np.log(1e14))
    assert table["variance"].tolist() == [0, 0]
    assert table["bias"].to_numpy() == pytest.approx(np.log(1e14) - 25, abs=5 * np.sqrt(25 / 50))
    assert theory.product_hit_probability(25, 100) < 1e-4


# Other ensembles


@pytest.mark.parametrize(("n", "shots"), [(1, 1), (2, 15), (3, 21), (6, 400)])
@pytest.mark.parametrize("ensemble", ["product_haar", "product_ry", "haar"])
def test_chances_of_the_plateau_by_draws(ensemble: str, n: int, shots: int) -> None:
    """5 standard errors, in twelve cases a false alarm of 7e-6."""
    values = np.exp(shots * np.log1p(-np.exp(log_chances(ensemble, n, 40_000, np.random.default_rng(n)))))
    error = values.std(ddof=1) / np.sqrt(len(values))
    assert abs(values.mean() - plateau_chance(ensemble, n, shots)) < 5 * error


def test_both_forms_of_the_chance_for_ry_gates_agree() -> None:
    """Twenty shots term by term, and (1 - q)^21 from the same powers, where they do not yet cancel."""
    moments = [(comb(2 * k, k) / 4**k) ** 5 for k in range(22)]
    assert plateau_chance("product_ry", 5, 21) == pytest.approx(
        sum((-1) ** k * comb(21, k) * moment for k, moment in enumerate(moments)), abs=1e-9
    )


def test_near_circuits_have_polynomial_chances() -> None:
    """Log q is about -2 log n at large n: sum of log cos^2(a / 2) with angles of variance 8 log(n) / n."""
    n = 3000
    assert log_chances("product_near", n, 200, np.random.default_rng(0)).mean() == pytest.approx(
        -2 * np.log(n), rel=0.05
    )
    with pytest.raises(ValueError, match="product_near"):
        log_chances("ry", 3, 1, np.random.default_rng(0))
    with pytest.raises(ValueError, match="product_ry"):
        plateau_chance("product_near", 3, 1)
