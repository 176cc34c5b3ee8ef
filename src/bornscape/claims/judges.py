"""Judges: comparisons of measured and expected numbers become a verdict; every judge can say no.

Evidence at finite n never proves a theorem. The rules are the same towards both sides: what is reproduced and what is
contradicted each has a stated chance to be wrong, for all comparisons of a claim together. What lies between is
consistent or inconclusive. A verdict never hangs on the last digits of a number: within ``NOISE`` of a border the
weaker verdict holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from bornscape.claims.comparison import Comparison
from bornscape.statistics import simultaneous_z

NOISE = 1e-6
"""Relative distance from a border within which machines may differ."""

ROUNDING, SMALL = 10.0, 1e-6
"""identity: above a tolerance of at most ``SMALL`` and below ``ROUNDING`` times it a deviation may be rounding, and
decides nothing."""

CLEARLY = 0.01
"""monte_carlo and bound: contradicted at this share of the tolerated false-alarm rate; between the two, undecided."""

SUGGESTIVE = 5
"""ordering: p below this many times the tolerance in every case points one way without deciding."""


@dataclass(frozen=True)
class Judgement:
    """A verdict with what decided it.

    Attributes
    ----------
    verdict
        reproduced, consistent, inconclusive, contradicted or not_run.
    decisive
        The comparison that decided it.
    evidence
        A sentence for people.
    margin
        Distance from the next verdict, in the judge's own unit: factors of ten of the tolerance (identity, ordering),
        standard errors (monte_carlo, bound), half intervals (scaling), the tolerance (digitised).
    """

    verdict: str
    decisive: Comparison | None
    evidence: str
    margin: float = np.nan


Comparisons = Sequence[Comparison]


def _worst(comparisons: Comparisons) -> Comparison:
    return max(comparisons, key=lambda c: abs(c.deviation))


def _decades(value: float, border: float) -> float:
    """How far a value is from a border, in factors of ten; 300 for 0."""
    return abs(float(np.log10(max(value, 1e-300) / border)))


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _and_needed(text: str, comparisons: Comparisons) -> str:
    """Evidence with what would decide the comparisons that are not."""
    return "; ".join([text, *sorted({c.needed for c in comparisons if c.needed})])


def _identity(comparisons: Comparisons, expected: str | float, tolerance: float) -> Judgement:
    worst = _worst(comparisons)
    deviation = abs(worst.deviation)
    clear = tolerance * (ROUNDING if tolerance <= SMALL else 1 + NOISE)
    if deviation <= tolerance:
        verdict, margin = "reproduced", _decades(deviation, tolerance)
    else:
        verdict = "contradicted" if deviation > clear else "inconclusive"
        margin = min(_decades(deviation, tolerance), _decades(deviation, clear))
    values = _plural(len(comparisons), "value")
    if deviation == 0:
        return Judgement(verdict, worst, f"{values}, all exactly as expected", margin)
    text = f"{values}; the largest relative difference is {deviation:.1g} ({worst.label}), {tolerance:.0e} is allowed"
    return Judgement(verdict, worst, text, margin)


def _within(deviation: float, critical: float, clear: float) -> tuple[str, float]:
    """Verdict and margin of a deviation in standard errors beside the two critical values."""
    if deviation <= critical * (1 - NOISE):
        return "reproduced", critical - deviation
    if deviation >= clear * (1 + NOISE):
        return "contradicted", deviation - clear
    return "inconclusive", min(abs(deviation - critical), abs(clear - deviation))


def _errors(deviation: float) -> str:
    """A deviation in standard errors, as people write it."""
    return "far more than 30 standard errors" if deviation > 30 else f"{deviation:.1f} standard errors"


def _monte_carlo(comparisons: Comparisons, expected: str | float, tolerance: float) -> Judgement:
    worst = _worst(comparisons)
    critical, clear = (float(simultaneous_z(len(comparisons), tolerance * share)) for share in (1, CLEARLY))
    verdict, margin = _within(abs(worst.deviation), critical, clear)
    text = (
        f"{_plural(len(comparisons), 'comparison')}; the farthest is {worst.estimate:.3g} for {worst.expected:.3g} "
        f"({worst.label}), {_errors(abs(worst.deviation))} off; {critical:.1f} are allowed"
    )
    return Judgement(verdict, worst, text, margin)


def _exactly(worst: Comparison, verdict: str) -> str:
    """A number without noise beside its bound: that it is so many roundings beyond tells a reader nothing."""
    beyond = "the worst is"
    if verdict == "reproduced":
        rounding = " but for rounding" if worst.deviation > 0 else ""
        beyond = f"none beyond the bound{rounding}; the nearest is"
    return f"{beyond} exact: {worst.estimate:.3g} against a bound of {worst.expected:.3g} ({worst.label})"


def _bound(comparisons: Comparisons, expected: str | float, tolerance: float) -> Judgement:
    worst = max(comparisons, key=lambda c: c.deviation)
    critical, clear = (float(stats.norm.isf(tolerance * share / len(comparisons))) for share in (1, CLEARLY))
    verdict, margin = _within(worst.deviation, critical, clear)
    counted = _plural(len(comparisons), "comparison")
    if worst.exact:
        text = f"{counted}, {_exactly(worst, verdict)}"
    elif worst.deviation <= 0:
        nearest = f"{worst.estimate:.3g} and {worst.expected:.3g}"
        text = f"{counted}, none beyond the bound; the nearest are {nearest} ({worst.label})"
    else:
        text = (
            f"{counted}; the worst is {worst.estimate:.3g} with the bound at {worst.expected:.3g} ({worst.label}), "
            f"beyond it by {_errors(worst.deviation)}; {critical:.1f} are allowed"
        )
    return Judgement(verdict, worst, text, margin)


def _scaling(comparisons: Comparisons, expected: str | float, tolerance: float) -> Judgement:
    decided = [c for c in comparisons if c.found != "inconclusive" and c.deviation >= NOISE]
    against = [c for c in decided if c.found != expected]
    text = "; ".join(c.label for c in comparisons)
    if against:
        return Judgement("contradicted", against[0], text, max(c.deviation for c in against))
    if len(decided) == len(comparisons):
        nearest = min(decided, key=lambda c: c.deviation)
        return Judgement("reproduced", nearest, text, nearest.deviation)
    undecided = [c for c in comparisons if c not in decided]
    verdict = "consistent" if decided else "inconclusive"
    return Judgement(verdict, undecided[0], _and_needed(text, undecided), undecided[0].deviation)


def _ordering(comparisons: Comparisons, expected: str | float, tolerance: float) -> Judgement:
    worst = max(comparisons, key=lambda c: c.deviation)
    p, reverse = worst.deviation, min(c.reversed_deviation for c in comparisons)
    # One case suffices to contradict, so that each has its share of the error; all are needed to reproduce.
    against = tolerance / len(comparisons)
    text = "; ".join(c.label for c in comparisons)
    if p <= tolerance * (1 + NOISE):
        return Judgement("reproduced", worst, text, _decades(p, tolerance))
    if reverse <= against * (1 + NOISE):
        opposite = min(comparisons, key=lambda c: c.reversed_deviation)
        return Judgement("contradicted", opposite, text, _decades(reverse, against))
    verdict = "consistent" if p <= SUGGESTIVE * tolerance else "inconclusive"
    borders = (_decades(p, tolerance), _decades(reverse, against), _decades(p, SUGGESTIVE * tolerance))
    return Judgement(verdict, worst, _and_needed(text, comparisons), min(borders))


def _digitised(comparisons: Comparisons, expected: str | float, tolerance: float) -> Judgement:
    worst = _worst(comparisons)
    level = float(worst.expected)
    overlaps = worst.low <= level * (1 + tolerance) and worst.high >= level * (1 - tolerance)
    verdict = "reproduced" if worst.deviation <= tolerance else "consistent" if overlaps else "contradicted"
    text = f"{worst.estimate:.3g} ({worst.label}), {level:.3g} in the paper's picture; {tolerance:.0%} are allowed"
    return Judgement(verdict, worst, text, abs(worst.deviation / tolerance - 1))


JUDGES: dict[str, Callable[[Comparisons, str | float, float], Judgement]] = {
    "identity": _identity,
    "monte_carlo": _monte_carlo,
    "bound": _bound,
    "scaling": _scaling,
    "ordering": _ordering,
    "digitised": _digitised,
}

BROKEN = {"ordering": ("contradicted", "consistent", "inconclusive")}
"""Verdicts on the broken variant that let a claim stand, by kind; of others "contradicted" alone."""


def judge(kind: str, comparisons: Comparisons, expected: str | float, tolerance: float) -> Judgement:
    """Verdict on comparisons of one kind; without any, "not_run".

    Examples
    --------
    A value 1 % off is reproduced within 5 %, and contradicted within 0.01 %.

    >>> from bornscape.claims.comparison import Comparison
    >>> comparison = Comparison("n = 4", estimate=1.01, low=1.01, high=1.01, expected=1.0, deviation=0.01)
    >>> judgement = judge("identity", [comparison], expected=1.0, tolerance=0.05)
    >>> judgement.verdict, judgement.evidence
    ('reproduced', '1 value; the largest relative difference is 0.01 (n = 4), 5e-02 is allowed')
    >>> judge("identity", [comparison], expected=1.0, tolerance=0.0001).verdict
    'contradicted'
    >>> judge("identity", [], expected=1.0, tolerance=0.05).verdict
    'not_run'
    """
    if not comparisons:
        return Judgement("not_run", None, "no evidence in this run")
    # No order holds for NaN: the largest deviation of a list would pass over it.
    missing = [c for c in comparisons if np.isnan(c.deviation)]
    if missing and kind != "scaling":
        return Judgement("inconclusive", missing[0], f"no number to compare ({missing[0].label})")
    return JUDGES[kind](comparisons, expected, tolerance)


def lets_stand(kind: str, verdict: str) -> bool:
    """Whether a claim may be reproduced beside this verdict on its broken variant."""
    return verdict in BROKEN.get(kind, ("contradicted",))
