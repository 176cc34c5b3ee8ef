"""As ``null_tables``, for claims whose ensemble has no shorter description than its circuits.

A pool of draws is simulated by the experiments' own code with other seeds; tables are drawn from it with replacement
and compared with the pool's value. That says how a judge alarms, not whether the simulator is right.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from benchmarks.null_tables import SEED, Deviations
from bornscape.aliases import Float
from bornscape.claims.comparison import Tables
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.datasets import synthetic_target
from bornscape.experiments import exceptions, light_cones
from bornscape.statistics import normal_deviate_of_t, variance_interval
from bornscape.variance.fidelity import FidelityDraws, fidelity_draws

CONFIGURATION = Path(__file__).resolve().parents[1] / "config/config.yaml"
POOL, TABLES = 1500, 300

Statistic = Callable[[pd.DataFrame], dict[str, Any]]


class _OneTable(Tables):
    """A table that is not read from a file."""

    def __init__(self, name: str, rows: pd.DataFrame) -> None:
        super().__init__(Path(), {}, {name: rows})


def _measured(check: str, name: str, rows: pd.DataFrame, settings: dict[str, Any]) -> list[float]:
    return [found.deviation for found in MEASUREMENTS[check](_OneTable(name, rows), settings)]


def _settings(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load(CONFIGURATION.read_text(encoding="utf-8"))["experiments"][name])


def _terms(check: str, comparisons: int) -> Deviations:
    """Theorem 3's linear term and covariance: entanglers and lines at n = 4 and 6, 300 draws."""
    rng = np.random.default_rng([SEED, 3])
    settings = _settings("theorem_3") | {"draws": POOL, "checked": 0}
    pools: dict[tuple[Any, ...], tuple[Float, Float]] = {}
    for n in (4, 6):
        targets = {name: synthetic_target(name, n, rng) for name in ("zero", "o_n")}
        for circuit in ("entanglers", "line"):
            rows = pd.DataFrame(light_cones._draw_rows(circuit, n, [1, 2, n], settings, targets, rng))
            for (layers, dataset), part in rows.groupby(["n_layers", "dataset"]):
                pools[circuit, n, layers, dataset] = part["self_term"].to_numpy(), 2 * part["cross_term"].to_numpy()
    tables = []
    for _ in range(2 * TABLES):
        rows = []
        for (circuit, n, layers, dataset), (own, cross) in pools.items():
            chosen = rng.integers(0, POOL, 300)
            row = {"circuit": circuit, "n_qubits": n, "n_layers": layers, "dataset": dataset}
            row |= light_cones._terms(own[chosen], cross[chosen])
            row["covariance"] -= np.cov(own, cross, ddof=0)[0, 1]
            rows.append(row | {"linear_expected": cross.var(), "linear_expected_error": 0.0})
        given = {"table": "t", "circuits": ["entanglers", "line"], "expected": "cones"}
        tables.append(_measured(check, "t", pd.DataFrame(rows), given))
    return Deviations(comparisons, np.array(tables))


def _sequential() -> Deviations:
    """Sequential estimates beside state vectors, 20 states each."""
    rng = np.random.default_rng([SEED, 4])
    settings = _settings("theorem_3") | {"draws": 300, "checked": 300}
    pools = []
    for n in (4, 7):
        targets = {name: synthetic_target(name, n, rng) for name in ("zero", "ghz", "o_n")}
        rows = pd.DataFrame(light_cones._draw_rows("entanglers", n, [1, 2], settings, targets, rng))
        pools += [part["excess"].to_numpy() for _, part in rows.groupby(["n_layers", "dataset"])]
    tables = []
    for _ in range(3 * TABLES):
        rows = []
        for k, pool in enumerate(pools):
            sample = rng.choice(pool, 20) - pool.mean()
            row = {"circuit": "entanglers", "n_qubits": k, "n_layers": 1, "dataset": "zero", "checked": 20}
            rows.append(row | {"excess": sample.mean(), "excess_error": sample.std(ddof=1) / np.sqrt(20)})
        given = {"table": "t", "circuits": ["entanglers"], "terms": "all"}
        tables.append(_measured("sequential_mmd", "t", pd.DataFrame(rows), given))
    return Deviations(300, np.array(tables))


def _paths() -> Deviations:
    """Var[LQF] of 600 state vectors at n = 4, beside paths whose 40 batches scatter by 3 % of their mean each."""
    rng = np.random.default_rng([SEED, 5])
    targets = {name: synthetic_target(name, 4, rng) for name in ("ghz", "o_n")}
    drawn = fidelity_draws(FidelityDraws(4, [1, 2], False, POOL), targets, rng)
    drawn = drawn[drawn["loss"] == "lqf"]
    pools = {key: part["value"].to_numpy() for key, part in drawn.groupby(["n_layers", "dataset"], observed=True)}
    tables = []
    for _ in range(2 * TABLES):
        rows = []
        for (layers, dataset), pool in pools.items():
            lead = {"loss": "lqf", "n_qubits": 4, "n_layers": layers, "dataset": dataset, "draws": 600}
            found = variance_interval(rng.choice(pool, 600))
            rows.append(lead | {"experiment": "vectors"} | _interval(found.variance, found.ci_low, found.ci_high))
            error = 0.03 / np.sqrt(40)
            value = pool.var() * (1 + error * rng.standard_normal())
            interval = _interval(value, value * np.exp(-2.02 * error), value * np.exp(2.02 * error))
            rows.append(lead | {"experiment": "paths"} | interval)
        given = {"vectors": "vectors", "paths": "paths", "factor": 1}
        tables.append(_measured("fidelity_paths", "variance", pd.DataFrame(rows), given))
    return Deviations(14, np.array(tables))


def _interval(variance: Any, low: Any, high: Any) -> dict[str, float]:
    return {"variance": float(variance), "ci_low": float(low), "ci_high": float(high)}


def _subsets() -> Deviations:
    """Mean mass on random parts of a sector, 100 draws."""
    rng = np.random.default_rng([SEED, 6])
    settings = _settings("exceptions") | {"sigmas": [0]}
    columns = []
    for n in (6, 8, 10):
        rows = [row for _ in range(400) for row in exceptions._draw_rows(n, 3, settings, {}, rng)]
        table = pd.DataFrame(rows)
        table = table[table["dataset"].str.startswith("sector_") & (table["model"] != "line")]
        for _, part in table.groupby(["model", "dataset"]):
            pool = part["mass"].to_numpy()
            samples = rng.choice(pool, (10 * TABLES, 100)) / pool.mean()
            means = samples.mean(axis=1)
            columns.append(np.log(means) / (samples.std(axis=1, ddof=1) / means / 10))
    return Deviations(24, np.array([[normal_deviate_of_t(t, 99) for t in row] for row in np.column_stack(columns)]))


NULL_CIRCUITS: dict[str, Callable[[], Deviations]] = {
    "theorem_3_linear_term": lambda: _terms("linear_term", 200),
    "theorem_3_covariance": lambda: _terms("term_covariance", 320),
    "theorem_3_sequential_mmd": _sequential,
    "fig_8_paths": _paths,
    "exceptions_sector_subset": _subsets,
}
"""Claim -> its simulated deviations."""
