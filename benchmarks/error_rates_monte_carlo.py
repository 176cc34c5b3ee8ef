"""How often claims that compare Monte Carlo with a closed form alarm though they are true.

python -m benchmarks.error_rates_monte_carlo > docs/measured/error-rates-monte-carlo.md
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from benchmarks.null_circuits import NULL_CIRCUITS
from benchmarks.null_counts import NULL_COUNTS
from benchmarks.null_tables import NULL_TABLES, Deviations
from bornscape.aliases import Float
from bornscape.statistics import simultaneous_z

START = 0.02
"""Two-sided p below which the tail's fall is looked at."""

HEAD = """# How often true Monte Carlo claims alarm

A claim of kind `monte_carlo` holds its largest deviation against all its comparisons together: at
1 % it is no longer reproduced, at 0.01 % it is contradicted. Here every such claim is simulated
where it is true, with other seeds than a run's, at the draws of `config/config.yaml`, and judged
by the same formulas. Written by `python -m benchmarks.error_rates_monte_carlo`.

- k: the claim's comparisons at the default scale, which fix the critical values.
- simulated: single comparisons that were simulated.
- at 1 %: k times the share of them beyond the critical value of 1 %, in per cent, with a 95 %
  interval (binomial, as if independent). Comparisons that share draws make the true rate smaller.
- at 0.01 %: k times the share beyond that critical value, in per cent: too rare to be counted, so
  extrapolated. Beyond p = 0.02 the tail is taken to fall as p^(1 / t); t = 1 if the deviations are
  normal, and the interval of t is that of its mean.
- Bonett: the first rate, had the interval that estimates the kurtosis from the draws been asked.

| claim | k | simulated | at 1 % | at 0.01 % | t | Bonett |
| --- | --- | --- | --- | --- | --- | --- |"""


def _share(deviations: Float, critical: float) -> tuple[float, float, float]:
    count, total = int(np.sum(np.abs(deviations) > critical)), deviations.size
    found = stats.binomtest(count, total).proportion_ci()
    return count / total, float(found.low), float(found.high)


def tail_of(deviations: Float) -> tuple[float, float]:
    """Mean of log(START / p) over the p below START, 1 for normal deviations, and its standard error."""
    p = 2 * stats.norm.sf(np.abs(deviations.ravel()))
    logs = np.log(START / p[p < START])
    return float(logs.mean()), float(logs.std(ddof=1) / np.sqrt(len(logs)))


def line(claim: str, found: Deviations) -> str:
    """A row of the table."""
    k = found.comparisons
    share, low, high = (100 * k * value for value in _share(found.now, float(simultaneous_z(k, 0.01))))
    tail, error = tail_of(found.now)
    p = 2 * stats.norm.sf(float(simultaneous_z(k, 1e-4)))
    beyond = np.mean(2 * stats.norm.sf(np.abs(found.now)) < START)
    rare = 100 * k * beyond * (p / START) ** (1 / tail)
    before = ""
    if found.before is not None:
        before = f"{100 * k * _share(found.before, float(simultaneous_z(k, 0.01)))[0]:.1f}"
    ends = f"{tail - 1.96 * error:.2f} to {tail + 1.96 * error:.2f}"
    rate = f"{share:.2f} ({low:.2f} to {high:.2f})"
    return f"| `{claim}` | {k} | {found.now.size} | {rate} | {rare:.3f} | {ends} | {before} |"


def main() -> None:
    """Print the page."""
    print(HEAD)
    for claim, simulate in (NULL_TABLES | NULL_COUNTS | NULL_CIRCUITS).items():
        print(line(claim, simulate()), flush=True)


if __name__ == "__main__":
    main()
