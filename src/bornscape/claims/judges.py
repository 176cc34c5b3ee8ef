"""Judges: comparisons of measured and expected numbers become a verdict; every judge can say no.

Evidence at finite n never proves a theorem.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from bornscape.claims.comparison import Comparison
from bornscape.statistics import simultaneous_z


@dataclass(frozen=True)
class Judgement:
    """A verdict, the comparison that decided it, and a sentence of evidence."""

    verdict: str
    decisive: Comparison | None
    evidence: str


Comparisons = Sequence[Comparison]


def _worst(comparisons: Comparisons) -> Comparison:
    return max(comparisons, key=lambda c: abs(c.deviation))


def _identity(comparisons: Comparisons, expected: str | float, tolerance: float) -> Judgement:
    worst = _worst(comparisons)
    verdict = "reproduced" if worst.deviation <= tolerance else "contradicted"
    text = f"{len(comparisons)} values; largest relative difference {worst.deviation:.2g} ({worst.label})"
    return Judgement(verdict, worst, text)


def _monte_carlo(comparisons: Comparisons, expected: str | float, tolerance: float) -> Judgement:
    worst, critical = _worst(comparisons), float(simultaneous_z(len(comparisons), tolerance))
    verdict = "reproduced" if abs(worst.deviation) <= critical else "contradicted"
    text = (
        f"{len(comparisons)} comparisons; largest deviation {worst.deviation:+.2f} standard errors "
        f"({worst.label}), allowed {critical:.2f}"
    )
    return Judgement(verdict, worst, text)


def _bound(comparisons: Comparisons, expected: str | float, tolerance: float) -> Judgement:
    worst = max(comparisons, key=lambda c: c.deviation)
    critical = float(stats.norm.isf(tolerance / len(comparisons)))
    verdict = "reproduced" if worst.deviation <= critical else "contradicted"
    text = (
        f"{len(comparisons)} comparisons; nearest to the bound {worst.estimate:.3g} against {worst.expected:.3g} "
        f"({worst.label}), {worst.deviation:+.2f} standard errors above it, allowed {critical:.2f}"
    )
    return Judgement(verdict, worst, text)


def _scaling(comparisons: Comparisons, expected: str | float, tolerance: float) -> Judgement:
    decided = [c for c in comparisons if c.found != "inconclusive" and c.deviation <= tolerance]
    against = [c for c in decided if c.found != expected]
    text = "; ".join(c.label for c in comparisons)
    if against:
        return Judgement("contradicted", against[0], text)
    if len(decided) == len(comparisons):
        return Judgement("reproduced", max(decided, key=lambda c: c.deviation), text)
    return Judgement("consistent" if decided else "inconclusive", comparisons[0], text)


def _ordering(comparisons: Comparisons, expected: str | float, tolerance: float) -> Judgement:
    worst = max(comparisons, key=lambda c: c.deviation)
    if max(c.deviation for c in comparisons) <= tolerance:
        verdict = "reproduced"
    elif min(c.reversed_deviation for c in comparisons) <= tolerance:
        verdict = "contradicted"
    else:
        verdict = "consistent" if all(c.estimate < 0 for c in comparisons) else "inconclusive"
    return Judgement(verdict, worst, "; ".join(c.label for c in comparisons))


def _digitised(comparisons: Comparisons, expected: str | float, tolerance: float) -> Judgement:
    worst = _worst(comparisons)
    level = float(worst.expected)
    overlaps = worst.low <= level * (1 + tolerance) and worst.high >= level * (1 - tolerance)
    verdict = "reproduced" if worst.deviation <= tolerance else "consistent" if overlaps else "contradicted"
    return Judgement(verdict, worst, f"{worst.estimate:.3g} ({worst.label}) against {level:.3g}")


JUDGES: dict[str, Callable[[Comparisons, str | float, float], Judgement]] = {
    "identity": _identity,
    "monte_carlo": _monte_carlo,
    "bound": _bound,
    "scaling": _scaling,
    "ordering": _ordering,
    "digitised": _digitised,
}


def judge(kind: str, comparisons: Comparisons, expected: str | float, tolerance: float) -> Judgement:
    """Verdict on comparisons of one kind; without any, "not_run".

    Examples
    --------
    A value 1 % off is reproduced within 5 %, and contradicted within 0.1 %.

    >>> from bornscape.claims.comparison import Comparison
    >>> comparison = Comparison("n = 4", estimate=1.01, low=1.01, high=1.01, expected=1.0, deviation=0.01)
    >>> judgement = judge("identity", [comparison], expected=1.0, tolerance=0.05)
    >>> judgement.verdict, judgement.evidence
    ('reproduced', '1 values; largest relative difference 0.01 (n = 4)')
    >>> judge("identity", [comparison], expected=1.0, tolerance=0.001).verdict
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
