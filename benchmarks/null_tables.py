"""Variances simulated where every claim is true: the deviations that a judge of Monte Carlo claims would see.

Each function draws the ensemble of a claim (other seeds than a run's, simple code) at the draws of config/config.yaml,
and gives ``Deviations``: columns are comparisons, rows are tables. Where all sizes of a claim would take hours, some
sizes stand for all: the critical value is that of the claim's own number of comparisons all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from bornscape import theory
from bornscape.aliases import Float
from bornscape.datasets import Target, synthetic_target
from bornscape.simulators.product import draw_marginals, product_mmd
from bornscape.statistics import (
    combine_batches,
    log_standard_error,
    variance_deviate,
    variance_interval,
)

SEED = 20261126
ORDERS = (2, 3, 4, 6)
TABLES = 300


class Deviations(NamedTuple):
    """Of one claim.

    Attributes
    ----------
    comparisons
        Of the claim at the default scale: what its critical value is for.
    now
        (tables, columns) as the claim is judged.
    before
        The same with Bonett's interval, for variances of draws; None elsewhere.
    """

    comparisons: int
    now: Float
    before: Float | None = None


def generator(name: str) -> np.random.Generator:
    """Of one claim."""
    return np.random.default_rng([SEED, *name.encode()])


def _targets(n: int, names: tuple[str, ...], rng: np.random.Generator) -> Iterator[Target]:
    for name in names:
        yield synthetic_target(name, n, rng)


def _variances(values: Float, cumulants: tuple[float, ...]) -> tuple[Float, Float]:
    """Deviations of the sample variances of (tables, draws): from the cumulants, and from Bonett's interval."""
    draws = values.shape[1]
    found = variance_interval(values.T)
    now = [variance_deviate(v, draws, cumulants) for v in np.asarray(found.variance)]
    error = log_standard_error(found.variance, found.ci_low, found.ci_high)
    return np.array(now), np.asarray(np.log(np.asarray(found.variance) / cumulants[0]) / error)


def _stacked(comparisons: int, columns: list[tuple[Float, Float]]) -> Deviations:
    now, before = (np.column_stack(part) for part in zip(*columns, strict=True))
    return Deviations(comparisons, now, before)


def _haar(rng: np.random.Generator, tables: int, draws: int, n: int) -> Float:
    weights = rng.exponential(size=(tables * draws, 2**n))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def product_kld(name: str, gates: str, sizes: tuple[int, ...], draws: int, comparisons: int) -> Deviations:
    """Var[KLD] of product circuits."""
    rng, columns = generator(name), []
    shape = {"haar": 1.0, "ry": 0.5}[gates]
    for n in sizes:
        for target in _targets(n, ("zero", "ghz", "o_n", "o_n2"), rng):
            ones = target.probabilities @ target.bitstrings
            values = np.empty((TABLES, draws))
            for table in range(TABLES):
                zero = np.clip(rng.beta(shape, shape, (draws, n)), 1e-300, 1 - 1e-16)
                values[table] = -(np.log(zero) @ (1 - ones) + np.log1p(-zero) @ ones)
            given = (target.bitstrings, target.probabilities, gates)
            columns.append(_variances(values, tuple(theory.product_kld_cumulant(r, *given) for r in ORDERS)))
    return _stacked(comparisons, columns)


def deep_kld(name: str, sizes: tuple[int, ...], draws: int, comparisons: int) -> Deviations:
    """Var[KLD] of Haar-random states, from all 2^n probabilities."""
    rng, columns = generator(name), []
    for n in sizes:
        for target in _targets(n, ("zero", "ghz", "o_n", "o_n2"), rng):
            values = np.array(
                [-np.log(_haar(rng, 1, draws, n)[:, target.indices]) @ target.probabilities for _ in range(TABLES)]
            )
            forms = tuple(theory.deep_kld_cumulant(r, target.probabilities, 2.0**n) for r in ORDERS)
            if forms[0] > 1e-12:
                columns.append(_variances(values, forms))
    return _stacked(comparisons, columns)


def product_mmds(name: str, gates: str, sizes: tuple[int, ...], divisors: tuple[float, ...], k: int) -> Deviations:
    """Var[MMD] of 300 single draws of product circuits; bandwidths n / divisor, or 1 for the divisor 0."""
    rng, columns = generator(name), []
    for n in sizes:
        for target in _targets(n, ("ghz", "o_n"), rng):
            given = (target.bitstrings, target.probabilities)
            for s in (n / d if d else 1.0 for d in divisors):
                z = draw_marginals(TABLES * 300, n, gates, rng)  # type: ignore[arg-type]
                values = product_mmd(z, s, *given).reshape(TABLES, 300)
                columns.append(_variances(values, theory.product_mmd_cumulants(n, s, *given, gates)))  # type: ignore[arg-type]
    return _stacked(k, columns)


def deep_mmd() -> Deviations:
    """Var[MMD] of 300 Haar-random states, at s = 1, n/4 and n."""
    rng, columns = generator("fig_7_deep_closed_form"), []
    for n in (2, 4, 6, 8):
        size = 2**n
        signs = np.array([[(-1.0) ** (a & b).bit_count() for a in range(size)] for b in range(size)])
        places = np.bitwise_count(np.arange(size))
        z = np.concatenate([_haar(rng, TABLES // 10, 300, n) @ signs for _ in range(10)])
        for target in _targets(n, ("ghz", "o_n", "o_n2", "cardinality"), rng):
            p = target.dense()
            for s in (1.0, n / 4, float(n)):
                flip = -np.expm1(-0.5 / s) / 2
                weights = np.where(places > 0, flip**places * (1 - flip) ** (n - places), 0.0)
                values = (z**2) @ weights - 2 * z @ (weights * (signs @ p))
                columns.append(_variances(values.reshape(-1, 300), theory.deep_mmd_cumulants(n, s, p)))
    return _stacked(84, columns)


def deep_fidelity(loss: str) -> Deviations:
    """Var[LQF] or Var[QF] of 600 Haar-random states."""
    rng, columns = generator(loss), []
    for n in (2, 3, 4, 5, 6, 7):
        share = {"lqf": np.bitwise_count(np.arange(2**n)) / n, "qf": np.arange(2**n) > 0}[loss].astype(float)
        values = np.array([_haar(rng, 1, 600, n) @ share for _ in range(TABLES)])
        columns.append(_variances(values, {"lqf": theory.deep_lqf_cumulants, "qf": theory.deep_qf_cumulants}[loss](n)))
    return _stacked(28, columns)


def batched_mmd(gates: str) -> Deviations:
    """Theorem 2's 80 batches of 500 at n = 1000 and 200, |0...0>: sums of moments as normal variables."""
    rng, columns = generator("batches" + gates), []
    x = np.cos((np.arange(400) + 0.5) * np.pi / 400) if gates == "ry" else (np.arange(400) - 199.5) / 200
    for n, s, tables in ((1000, 1.0, 100), (200, 1.0, 500), (200, 10.0, 500)):
        flip = -np.expm1(-0.5 / s) / 2
        own, side = 1 - flip + flip * x**2, 1 - flip + flip * x
        moments = np.stack([own, side, own * own, own * side, side * side], axis=1)
        values, vectors = np.linalg.eigh(np.cov(moments.T, ddof=0))
        root = vectors * np.sqrt(np.maximum(values, 0))
        # The same estimator's own mean over many batches stands for the closed form, which x only samples.
        means = moments.mean(axis=0)
        expected = _recombined(1e9 * means[None, None, :] * np.ones((1, n, 1)), 1e9)[0]
        for _ in range(tables):
            sums = 500 * means + np.sqrt(500) * rng.standard_normal((80, n, 5)) @ root.T
            found = combine_batches(_recombined(sums, 500), 500)
            columns.append(np.log(found.variance / expected) / log_standard_error(*_interval(found)))
    return Deviations(54, np.array(columns))


def _interval(found: object) -> tuple[float, float, float]:
    return tuple(float(getattr(found, name)) for name in ("variance", "ci_low", "ci_high"))  # type: ignore[return-value]


def _recombined(sums: Float, m: float) -> Float:
    """Var[MMD] from the sums of u, a, u^2, u a and a^2 over a batch of m, (batches, n, 5)."""
    u, a, uu, ua, aa = np.moveaxis(sums, -1, 0)

    def covariance(x: Float, y: Float, xy: Float) -> Float:
        apart = (x * y - xy) / (m * (m - 1))
        return np.asarray(
            np.exp(np.log(apart).sum(axis=-1)) * np.expm1(np.log1p((xy / m - apart) / apart).sum(axis=-1))
        )

    return covariance(u, u, uu) - 4 * covariance(u, a, ua) + 4 * covariance(a, a, aa)


def batched_lqf() -> Deviations:
    """Var[LQF] of |0...0> without layers: 40 batches of 500 R_y circuits."""
    rng, columns = generator("fig_8_lqf_product_closed_form"), []
    for n in (4, 12):
        column = []
        for _ in range(2 * TABLES):
            values = 0.5 - np.cos(rng.uniform(0, np.pi, (40, 500, n))).mean(axis=2) / 2
            found = combine_batches(values.var(axis=1, ddof=1), 500)
            column.append(np.log(found.variance * 8 * n) / log_standard_error(*_interval(found)))
        columns.append(np.array(column))
    return Deviations(22, np.column_stack(columns))


def batched_qf() -> Deviations:
    """Var[QF] of |0...0> without layers, recombined: 40 batches of 500."""
    rng, columns = generator("fig_8_qf_product_closed_form"), []
    for n in (4, 40):
        column = []
        for _ in range(TABLES):
            factors = (1 + np.cos(rng.uniform(0, np.pi, (40, 500, n)))) / 2
            squares, sums = (factors**2).sum(axis=1), factors.sum(axis=1)
            apart, together = (sums**2 - squares) / (500 * 499), squares / 500
            log_apart = np.log(apart).sum(axis=1)
            # In units of 4^-n, which underflows squared.
            scaled = np.exp(log_apart + n * np.log(4)) * np.expm1((np.log(together) - np.log(apart)).sum(axis=1))
            found = combine_batches(scaled, 500)
            column.append(np.log(found.variance / (1.5**n - 1)) / log_standard_error(*_interval(found)))
        columns.append(np.array(column))
    return Deviations(9, np.column_stack(columns))


NULL_TABLES: dict[str, Callable[[], Deviations]] = {
    "proposition_1_product": lambda: product_kld("proposition_1_product", "haar", (2, 6), 2000, 40),
    "proposition_1_ry": lambda: product_kld("proposition_1_ry", "ry", (2, 6), 2000, 40),
    "proposition_1_deep": lambda: deep_kld("proposition_1_deep", (2, 4), 2000, 39),
    "proposition_1_state_vectors_product": lambda: product_kld("p1_vectors", "ry", (2, 4, 6), 300, 12),
    "proposition_1_state_vectors_deep": lambda: deep_kld("p1_vectors_deep", (2, 4, 6), 300, 28),
    "theorem_2_haar": lambda: batched_mmd("haar"),
    "theorem_2_ry": lambda: batched_mmd("ry"),
    "theorem_2_direct_draws": lambda: product_mmds("direct", "haar", (2, 4, 8, 16, 32), (4,), 36),
    "theorem_2_state_vectors": lambda: product_mmds("vectors", "ry", (2, 4, 8, 14), (0, 4, 1), 84),
    "fig_7_deep_closed_form": deep_mmd,
    "fig_8_lqf_product_closed_form": batched_lqf,
    "fig_8_qf_product_closed_form": batched_qf,
    "fig_8_lqf_deep_closed_form": lambda: deep_fidelity("lqf"),
    "fig_8_qf_deep_closed_form": lambda: deep_fidelity("qf"),
}
"""Claim -> its simulated deviations: of variances."""
