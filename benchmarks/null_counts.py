"""As ``null_tables``, for claims that compare counts and means."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import stats

from benchmarks.null_tables import TABLES, Deviations, generator
from bornscape import theory
from bornscape.statistics import count_deviate, mean_deviate, normal_deviate_of_t, variance_deviate
from bornscape.theory.kld_estimates import product_kld_estimate_cumulants


def hits() -> Deviations:
    """Hits of 1000 Haar-random product circuits, judged by the exact tail."""
    rng, columns = generator("fig_3_hits"), []
    for n in (4, 8, 12, 16, 24, 32):
        for shots in (100, 1000, n**2):
            chance = theory.product_hit_probability(n, shots)
            seen = rng.binomial(1000, chance, 10 * TABLES)
            columns.append(np.array([count_deviate(int(k), 1000, 1000 * chance) for k in seen]))
    return Deviations(33, np.column_stack(columns))


def estimated_kld() -> Deviations:
    """Mean of the estimated KLD over 2000 product circuits."""
    rng, columns = generator("fig_4_mean"), []
    for n, shots in ((4, 10), (6, 30), (8, 100), (8, 1000), (12, 1000), (10, 1)):
        moments = product_kld_estimate_cumulants(n, shots, 1e-14)
        means = np.empty(4 * TABLES)
        for table in range(len(means)):
            seen = rng.binomial(shots, np.exp(-rng.gamma(n, size=2000)))
            means[table] = -np.log(np.maximum(seen / shots, 1e-14)).mean()
        columns.append(np.array([mean_deviate(mean, 2000, *moments) for mean in means]))
    return Deviations(60, np.column_stack(columns))


def frozen() -> Deviations:
    """Estimates at their fixed point, of 300 circuits with known chances."""
    rng, columns = generator("theorem_1_mechanism"), []
    for n in (4, 6, 8, 10, 12, 16):
        for shots in (100, 512, 1000):
            column = []
            for _ in range(4 * TABLES):
                missed = np.exp(shots * np.log1p(-np.exp(-rng.gamma(n, size=300))))
                mean, spread = missed.sum(), np.sqrt(np.sum(missed * (1 - missed)))
                count = int((rng.random(300) < missed).sum())
                # Too few are left out; here they are passed over as 0, which alarms never.
                usable = 5 <= mean <= 295
                column.append(count_deviate(count, 300, float(mean), float(spread)) if usable else 0.0)
            columns.append(np.array(column))
    return Deviations(540, np.column_stack(columns))


def mean_probability() -> Deviations:
    """The mean of q(0...0) over 300 product circuits and Haar-random states, up to 6 qubits."""
    rng, columns = generator("proposition_2_value"), []
    for n in (4, 5, 6):
        for kind in ("product", "deep"):
            shape = (4 * TABLES, 300)
            q = np.exp(-rng.gamma(n, size=shape)) if kind == "product" else rng.beta(1, 2**n - 1, shape)
            error = q.std(axis=1, ddof=1) * stats.t.ppf(0.975, 299) / 1.96
            known = (1 / 3) ** n - 4.0**-n if kind == "product" else theory.deep_qf_variance(n)
            columns.append((q.mean(axis=1) - 2.0**-n) / (np.maximum(error, np.sqrt(known)) / np.sqrt(300)))
    return Deviations(21, np.column_stack(columns))


def start_masses() -> Deviations:
    """The recombined mass on one string, 20 batches of 1000 circuits: means of cos(angle) as normal variables."""
    rng, columns = generator("exceptions_start_closed_form"), []
    for n, sigma in ((50, np.inf), (200, np.inf), (200, 0.3), (200, 1.0)):
        mean, spread = np.exp(-(sigma**2) / 2), -np.expm1(-(sigma**2)) / np.sqrt(2000)
        masses = np.prod(1 + spread * rng.standard_normal((2 * TABLES, 20, n)) / (1 + mean), axis=2)
        means = masses.mean(axis=1)
        t = np.log(means) / (masses.std(axis=1, ddof=1) / means / np.sqrt(20))
        columns.append(np.array([normal_deviate_of_t(value, 19) for value in t]))
    return Deviations(176, np.column_stack(columns))


def hadamard(what: str) -> Deviations:
    """60 repeats of an estimate that is a mean of 1000 shots of +-1."""
    rng = generator("hadamard" + what)
    repeats = 2 * rng.binomial(1000, 0.6, (10 * TABLES, 60)) / 1000 - 1
    variances = repeats.var(axis=1, ddof=1)
    if what == "shots":
        forms = ((1 - 0.2**2) / 1000, 0.0, 0.0, 0.0)
        return Deviations(24, np.array([[variance_deviate(v, 60, forms)] for v in variances]))
    t = (repeats.mean(axis=1) - 0.2) / np.sqrt(variances / 60)
    return Deviations(20, np.array([[normal_deviate_of_t(value, 59)] for value in t]))


def plateau() -> Deviations:
    """Draws of 2000 at the plateau, judged by the exact tail."""
    rng, columns = generator("fig_4_share"), []
    for n in (4, 8, 12, 20, 30):
        for shots in (1, 10, 100, 1000):
            missed = 1 - theory.product_hit_probability(n, shots)
            seen = rng.binomial(2000, missed, 10 * TABLES)
            columns.append(np.array([count_deviate(int(k), 2000, 2000 * missed) for k in seen]))
    return Deviations(140, np.column_stack(columns))


def answers() -> Deviations:
    """Right answers of 4000 at chance."""
    seen = generator("qgan").binomial(4000, 0.5, 10 * TABLES)
    return Deviations(10, np.array([[count_deviate(int(k), 4000, 2000.0)] for k in seen]))


NULL_COUNTS: dict[str, Callable[[], Deviations]] = {
    "fig_3_hits": hits,
    "fig_4_share": plateau,
    "fig_4_mean": estimated_kld,
    "theorem_1_mechanism": frozen,
    "proposition_2_value": mean_probability,
    "exceptions_start_closed_form": start_masses,
    "hadamard_tests_unbiased": lambda: hadamard("mean"),
    "hadamard_tests_shots": lambda: hadamard("shots"),
    "qgan_marginals_at_chance": answers,
}
"""Claim -> its simulated deviations."""
