"""How often a user's model gets which verdict where its law is known: docs/measured/error-rates-verdicts.md.

    python -m benchmarks.error_rates_verdicts > docs/measured/error-rates-verdicts.md

Seeds are those of the cases, not of any run.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bornscape.my_model.verdict.evidence import log_errors, measured, size_evidence
from bornscape.my_model.verdict.intervals import variance_band
from bornscape.my_model.verdict.resampling import resampled_verdicts
from bornscape.my_model.verdict.rule import STABLE, Findings, answer_of
from bornscape.statistics import proportion_interval, variance_interval
from bornscape.statistics.decisions import decide_laws

SIZES = (4, 5, 6, 7, 8, 9, 10, 12)
SHOTS = 1000
RUNS = {100: 60, 400: 20, 1000: 10}
SETS = 4000


class Case(NamedTuple):
    """Shots needed n^power e^(rate n); even sizes need ``step`` times as many; ``scatter`` between starts."""

    power: float
    rate: float
    step: float
    scatter: float
    draws: int


CASES = [
    *(Case(0.0, rate, 1.0, scatter, 100) for scatter in (0.5, 1.2) for rate in (0.7, 0.35, 0.2)),
    *(Case(power, 0.0, 1.0, 0.5, draws) for draws in (100, 400, 1000) for power in (0.0, 1.0)),
    *(Case(2.0, 0.0, 1.0, scatter, 100) for scatter in (0.25, 1.2)),
    Case(1.0, 0.0, 1.3, 0.25, 100),
]

HEAD = """# Error rates of a user's verdict

How often `snakemake my_model` says what of a loss whose law is known: made-up draws of the squared
gradient (log-normal between starts, standard deviation of the logarithm "scatter"; circuits of the
examples have 0.3 to 1.2) at {sizes} qubits, so that the shots needed are n^k e^(r n).
In the case with a step even sizes need 1.3 times as many. Wrong answers are bold. {runs} runs a case
at {fewest} draws, {more}. Made by `python -m benchmarks.error_rates_verdicts`.

"rule" is the answer before resamples are asked, "verdict" the one that is given: an answer that
fewer than 90 % of resamples share is inconclusive ("open"). "again" is how often another run's rule
says the same, "stability" what the page says of it, both over the runs whose verdict is yes or no.
Their means over all runs agree (`tests/my_model/test_verdicts.py`). Where few runs of a case are
called, those are the lucky ones, and their stability is too high: such verdicts are right, but
another seed may well be inconclusive.

| k | r | step | scatter | draws | rule: no | rule: yes | verdict: no | verdict: yes | open | again | stability |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"""

MIDDLE = """
Over all cases, with 95 % intervals: an exponential was called yes in {exponential}
runs, a polynomial without a step was called no in {polynomial} runs.
No case has both answers{both}.

## Intervals

Coverage of the 95 % intervals of a variance from heavy-tailed draws, {sets} sets each, known to
0.7 %. "here" is that of `my_model`: the delta method on the log scale, with Student's quantile at
draws / (kurtosis of the influence values - 1) degrees of freedom. "Bonett" is
`bornscape.variance_interval`.

| draws from | kurtosis | draws | here | Bonett | width here / Bonett |
| --- | --- | --- | --- | --- | --- |"""

Draw = Callable[[np.random.Generator, tuple[int, int]], NDArray[np.float64]]


def _mixture(rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.float64]:
    return rng.normal(size=shape) * np.where(rng.random(shape) < 0.1, np.sqrt(5.5), np.sqrt(0.5))


def _cosines(rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.float64]:
    return np.asarray(np.prod(np.sqrt(2) * np.cos(rng.uniform(0, 2 * np.pi, (6, *shape))), axis=0))


HEAVY: dict[str, tuple[str, Draw]] = {
    "a normal law": ("3", lambda rng, shape: rng.normal(size=shape)),
    "Laplace's law": ("6", lambda rng, shape: rng.laplace(size=shape) / np.sqrt(2)),
    "products of two normals": ("9", lambda rng, shape: rng.normal(size=shape) * rng.normal(size=shape)),
    "two normal laws, 9 to 1": ("9.8", _mixture),
    "products of six cosines": ("11", _cosines),
}


def made_up(case: Case, rng: np.random.Generator) -> pd.DataFrame:
    """One run's draws of a loss."""
    parts = []
    for n in SIZES:
        needed = n**case.power * np.exp(case.rate * n) * (case.step if n % 2 == 0 else 1.0)
        signal = np.exp(case.scatter * rng.normal(size=case.draws) - case.scatter**2 / 2)
        first = needed * np.exp(0.3 * rng.normal(size=case.draws) - 0.045)
        parts.append(pd.DataFrame({"n_qubits": n, "signal": signal, "first": first, "noise": first / SHOTS}))
    return pd.concat(parts).assign(loss="l", second=0.0, mass=1.0, frozen=0.0, estimated=0.0)


def rule_s_answer(draws: pd.DataFrame) -> str:
    """What the rule says of one run's draws, without resamples."""
    needed = [size_evidence("mmd", SHOTS, measured(part)).needed for _, part in draws.groupby("n_qubits")]
    logs, errors = (
        np.array([-np.log(band.estimate) for band in needed]),
        np.array([log_errors(band) for band in needed]),
    )
    law: Any = decide_laws(SIZES, logs[None], errors[None])
    return answer_of(Findings(False, np.nan, law.preferred[0], law.fit_p_value[0], None))


def runs(case: Case) -> Iterator[tuple[str, float]]:
    """(the rule's answer, the share of resamples that give it) of each run."""
    rng = np.random.default_rng(zlib.crc32(repr(tuple(case)).encode()))
    settings: dict[str, Any] = {"losses": {"l": {"kind": "mmd"}}, "shots": SHOTS}
    for run in range(RUNS[case.draws]):
        draws = made_up(case, rng)
        answer = rule_s_answer(draws)
        yield answer, resampled_verdicts(settings, draws, run, "made up")["l"].share(answer)


def main() -> None:
    """Print the page."""
    more = " and ".join(f"{runs} at {draws}" for draws, runs in RUNS.items() if draws > 100)
    print(HEAD.format(sizes="4 to 10 and 12", runs=RUNS[100], fewest=100, more=more))
    wrong = {"exponential": [0, 0], "polynomial": [0, 0]}
    both = False
    for case in CASES:
        found = list(runs(case))
        rule = Counter(answer for answer, _ in found)
        given = Counter(answer if share >= STABLE else "inconclusive" for answer, share in found)
        stable = [(answer, share) for answer, share in found if answer != "inconclusive" and share >= STABLE]
        again = np.mean([(rule[answer] - 1) / (len(found) - 1) for answer, _ in stable]) if stable else np.nan
        mean = np.mean([share for _, share in stable]) if stable else np.nan
        bad = "yes" if case.rate else "no" if case.step == 1 else ""
        if bad:
            counts = wrong["exponential" if case.rate else "polynomial"]
            counts[0] += given[bad]
            counts[1] += len(found)
        both |= bool(given["yes"] and given["no"])
        cells = [
            f"**{share}**" if answer == bad else share
            for counted in (rule, given)
            for answer in ("no", "yes")
            for share in [f"{counted[answer] / len(found):.0%}"]
        ]
        cells += [f"{given['inconclusive'] / len(found):.0%}"]
        cells += ["" if np.isnan(value) else f"{value:.0%}" for value in (again, mean)]
        print(f"| {' | '.join(f'{value:g}' for value in case)} | {' | '.join(cells)} |", flush=True)
    told = {
        name: "{} of {} ({:.1%} [{:.1%}, {:.1%}])".format(*at, *proportion_interval(*at)) for name, at in wrong.items()
    }
    print(MIDDLE.format(**told, both=", however" if both else "", sets=SETS))
    for name, (kurtosis, draw) in HEAVY.items():
        for draws in (50, 100, 400):
            values = draw(np.random.default_rng(zlib.crc32(f"{name} {draws}".encode())), (SETS, draws))
            here, plain = variance_band(values), variance_interval(values.T)
            covered = np.mean((here.low <= 1) & (here.high >= 1))
            bonett = np.mean((plain.ci_low <= 1) & (plain.ci_high >= 1))
            wider = np.median(np.log(here.high / here.low)) / np.median(np.log(plain.ci_high / plain.ci_low))
            print(f"| {name} | {kurtosis} | {draws} | {covered:.1%} | {bonett:.1%} | {wider:.2f} |", flush=True)


if __name__ == "__main__":
    main()
