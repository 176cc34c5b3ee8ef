"""How often `scaling_law` is wrong on series whose law is known: the table of docs/measured/error-rates-laws.md.

    python -m benchmarks.error_rates_laws > docs/measured/error-rates-laws.md

Log-normal errors, known to 15 %; seeds are those of the cases, not of any run.
"""

from __future__ import annotations

import zlib
from collections import Counter

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from bornscape.statistics import proportion_interval, scaling_law

SETS = 1000
ERRORS = (0.05, 0.1, 0.2)
SIZES = {
    "4 to 14": (4, 6, 8, 10, 12, 14),
    "4 to 40": (4, 8, 12, 20, 30, 40),
    "4 to 100": (4, 6, 8, 10, 12, 14, 20, 40, 60, 100),
    "5 to 1000": (5, 10, 20, 50, 100, 200, 500, 1000),
}
CASES = [
    *((sizes, power, 0.0, scatter) for sizes in SIZES for power in (0.0, 1.5, 5.0) for scatter in (0.0, 0.2)),
    *(("4 to 100", 1.5, rate, 0.0) for rate in (0.01, 0.02, 0.03, 0.1)),
    *(("4 to 40", 1.5, rate, 0.0) for rate in (0.05, 0.15)),
    *(("4 to 14", power, 0.7, 0.0) for power in (0.0, 1.0)),
]
HEAD = """# Error rates of laws

How often `bornscape.scaling_law` answers what, on synthetic series n^-k e^(-r n) whose law is known.
{sets} series a case. Errors of log Var are log-normal and known to 15 %; "scatter" is a further
scatter between sizes that the fit is not told of. Wrong answers are bold; each share is known to
about {error:.1%}. Made by `python -m benchmarks.error_rates_laws`.

| sizes | k | r | scatter | error | exponential | polynomial | inconclusive |
| --- | --- | --- | --- | --- | --- | --- | --- |"""
TAIL = """
A decay counts as one that matters if it takes a factor e^2 by the largest size. So for n to 100 a
rate of 0.02 matters, and "polynomial" is wrong there; a rate of 0.01 does not matter, and neither
answer is counted as wrong.

Over all {powers} settings with r = 0 and no scatter, powers are called exponential in {false:.2%}
[{low:.2%}, {high:.2%}] of the series, and in {worst:.1%} in the worst setting.
"""


def answers(case: tuple[str, float, float, float], error: float) -> Counter[str]:
    """How often each answer was given."""
    label, power, rate, scatter = case
    n = np.array(SIZES[label], dtype=np.float64)
    rng = np.random.default_rng(zlib.crc32(repr((case, error)).encode()))
    return Counter(_answer(n, power, rate, scatter, error, rng) for _ in range(SETS))


def _answer(
    n: NDArray[np.float64], power: float, rate: float, scatter: float, error: float, rng: np.random.Generator
) -> str:
    noise = np.hypot(error, scatter) * rng.standard_normal(len(n))
    variance = np.exp(-power * np.log(n) - rate * n + noise)
    known = error * np.exp(0.15 * rng.standard_normal(len(n)))
    factor = np.exp(stats.norm.ppf(0.975) * known)
    return scaling_law(n, variance, np.column_stack([variance / factor, variance * factor])).preferred


def main() -> None:
    """Print the page."""
    print(HEAD.format(sets=SETS, error=1.96 * np.sqrt(0.02 * 0.98 / SETS)))
    false: list[int] = []
    for case in CASES:
        label, power, rate, scatter = case
        for error in ERRORS:
            counts = answers(case, error)
            wrong = "exponential" if rate == 0 else "polynomial" if rate * max(SIZES[label]) >= 2 else ""
            shares = [(law, f"{counts[law] / SETS:.1%}") for law in ("exponential", "polynomial", "inconclusive")]
            cells = [f"**{share}**" if law == wrong else share for law, share in shares]
            print(f"| {label} | {power:g} | {rate:g} | {scatter:g} | {error:g} | {' | '.join(cells)} |", flush=True)
            if rate == scatter == 0:
                false.append(counts["exponential"])
    share, low, high = proportion_interval(sum(false), SETS * len(false))
    print(TAIL.format(powers=len(false), false=share, low=low, high=high, worst=max(false) / SETS))


if __name__ == "__main__":
    main()
