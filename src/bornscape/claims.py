"""Judging claims: comparisons of measured and expected numbers become a verdict; every judge can say no.

Verdicts: reproduced, consistent (points the right way without deciding), inconclusive, contradicted, not_run.
Evidence at finite n never proves a theorem.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from bornscape.evidence import MEASUREMENTS, Comparison, Tables
from bornscape.statistics import simultaneous_z

VERDICTS = ("reproduced", "consistent", "inconclusive", "contradicted", "not_run")
CLAIM_COLUMNS = [
    *("claim", "source", "statement", "kind", "estimate", "ci_low", "ci_high"),
    *("expected", "tolerance", "verdict", "evidence"),
]
CONTROL_COLUMNS = ["claim", "control", "verdict", "evidence"]


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
    """Verdict on comparisons of one kind; without any, "not_run"."""
    if not comparisons:
        return Judgement("not_run", None, "no evidence in this run")
    # No order holds for NaN: the largest deviation of a list would pass over it.
    missing = [c for c in comparisons if np.isnan(c.deviation)]
    if missing and kind != "scaling":
        return Judgement("inconclusive", missing[0], f"no number to compare ({missing[0].label})")
    return JUDGES[kind](comparisons, expected, tolerance)


def _measure(claim: Mapping[str, Any], tables: Tables, changes: Mapping[str, Any]) -> Judgement:
    settings = {**claim["settings"], **changes}
    if claim["check"] not in MEASUREMENTS:
        raise ValueError(f"claim {claim['claim']}: check: expected one of {sorted(MEASUREMENTS)}")
    # A run need not have every experiment.
    if missing := [name for name in claim["evidence"] if not (tables.folder / name).is_file()]:
        return Judgement("not_run", None, f"no {' and no '.join(missing)} in this run")
    comparisons = MEASUREMENTS[claim["check"]](tables, settings)
    return judge(claim["kind"], comparisons, claim["expected"], claim["tolerance"])


def judge_claim(claim: Mapping[str, Any], tables: Tables) -> tuple[Judgement, Judgement]:
    """(verdict on a claim, verdict on its broken variant).

    A claim is not "reproduced" by a judge that does not contradict the broken variant: it is then "inconclusive".
    """
    found, control = _measure(claim, tables, {}), _measure(claim, tables, claim["control"])
    if found.verdict == "reproduced" and control.verdict != "contradicted":
        reason = f"{found.evidence}; but the broken variant {dict(claim['control'])} came out {control.verdict}"
        found = Judgement("inconclusive", found.decisive, reason)
    return found, control


def register(claims: Sequence[Mapping[str, Any]], tables: Tables) -> tuple[pd.DataFrame, pd.DataFrame]:
    """claims.csv and claim_controls.csv."""
    rows, controls = [], []
    for claim in claims:
        found, control = judge_claim(claim, tables)
        decisive = found.decisive
        numbers = (decisive.estimate, decisive.low, decisive.high) if decisive else (np.nan,) * 3
        rows.append(
            {name: claim[name] for name in ("claim", "source", "statement", "kind", "expected", "tolerance")}
            | dict(zip(("estimate", "ci_low", "ci_high"), numbers, strict=True))
            | {"verdict": found.verdict, "evidence": f"{found.evidence} [{', '.join(claim['evidence'])}]"}
        )
        changed = ", ".join(f"{key} = {value}" for key, value in claim["control"].items())
        controls.append((claim["claim"], changed, control.verdict, control.evidence))
    return pd.DataFrame(rows, columns=CLAIM_COLUMNS), pd.DataFrame(controls, columns=CONTROL_COLUMNS)


def count_verdicts(register_table: pd.DataFrame) -> dict[str, int]:
    """Number of claims of each verdict, in the order of ``VERDICTS``."""
    found = register_table["verdict"].value_counts()
    return {verdict: int(found.get(verdict, 0)) for verdict in VERDICTS}
