"""Every judge can say yes and no, at the level that its tolerance says."""

from collections.abc import Sequence

import numpy as np
import pytest

from bornscape.claims.comparison import Comparison
from bornscape.claims.judges import JUDGES, judge
from bornscape.claims.register import VERDICTS

ALPHA = 0.01


def values(*deviations: float) -> list[Comparison]:
    """Comparisons of a kind that looks at the deviation alone."""
    return [Comparison(f"case {k}", 1.0, 0.9, 1.1, 1.0, float(d)) for k, d in enumerate(deviations)]


def laws(*found: tuple[str, float]) -> list[Comparison]:
    return [
        Comparison(law, 1.0, 0.9, 1.1, "", np.nan if law == "inconclusive" else 1 - weight, found=law)
        for law, weight in found
    ]


def order(p: float, reverse: float, estimate: float) -> list[Comparison]:
    return [Comparison("order", estimate, estimate - 0.1, estimate + 0.1, 0.0, p, reverse)]


def level(median: float, low: float, high: float) -> list[Comparison]:
    return [Comparison("level", median, low, high, 0.28, abs(median / 0.28 - 1))]


# Critical values at 1 %: two-sided 2.58 for one comparison and 2.81 for two (Sidak), one-sided 2.33 and 2.58.
CASES: list[tuple[str, Sequence[Comparison], str, float, str]] = [
    ("identity", values(0.0, 1e-12), "", 1e-9, "reproduced"),
    ("identity", values(1e-9), "", 1e-9, "reproduced"),
    ("identity", values(0.0, 2e-9, 0.0), "", 1e-9, "contradicted"),
    ("identity", values(1e-12, np.nan), "", 1e-9, "inconclusive"),
    ("monte_carlo", values(2.5), "", ALPHA, "reproduced"),
    ("monte_carlo", values(-2.5), "", ALPHA, "reproduced"),
    ("monte_carlo", values(2.6), "", ALPHA, "contradicted"),
    ("monte_carlo", values(-2.6), "", ALPHA, "contradicted"),
    ("monte_carlo", values(2.7, 0.0), "", ALPHA, "reproduced"),
    ("monte_carlo", values(0.0, -2.9), "", ALPHA, "contradicted"),
    ("monte_carlo", values(0.0, np.inf), "", ALPHA, "contradicted"),
    ("monte_carlo", values(np.nan, 0.0), "", ALPHA, "inconclusive"),
    ("bound", values(-50.0, 2.3), "", ALPHA, "reproduced"),
    ("bound", values(-np.inf), "", ALPHA, "reproduced"),
    ("bound", values(2.4), "", ALPHA, "contradicted"),
    ("bound", values(-50.0, 2.6), "", ALPHA, "contradicted"),
    ("bound", values(0.0, np.nan), "", ALPHA, "inconclusive"),
    ("scaling", laws(("polynomial", 0.96), ("polynomial", 1.0)), "polynomial", 0.05, "reproduced"),
    ("scaling", laws(("polynomial", 1.0), ("inconclusive", 0.5)), "polynomial", 0.05, "consistent"),
    ("scaling", laws(("polynomial", 1.0), ("exponential", 0.9)), "polynomial", 0.05, "consistent"),
    ("scaling", laws(("inconclusive", 0.5), ("polynomial", 0.9)), "polynomial", 0.05, "inconclusive"),
    ("scaling", laws(("polynomial", 1.0), ("exponential", 1.0)), "polynomial", 0.05, "contradicted"),
    ("scaling", laws(("exponential", 1.0), ("inconclusive", 0.5)), "polynomial", 0.05, "contradicted"),
    ("scaling", laws(("exponential", 1.0)), "exponential", 0.05, "reproduced"),
    ("ordering", order(0.04, 0.97, -0.2), "", 0.05, "reproduced"),
    ("ordering", order(0.2, 0.9, -0.2), "", 0.05, "consistent"),
    ("ordering", order(0.6, 0.5, 0.01), "", 0.05, "inconclusive"),
    ("ordering", order(0.97, 0.04, 0.2), "", 0.05, "contradicted"),
    ("ordering", order(0.01, 0.99, -0.2) + order(0.2, 0.9, -0.2), "", 0.05, "consistent"),
    ("ordering", order(0.01, 0.99, -0.2) + order(0.99, 0.01, 0.2), "", 0.05, "contradicted"),
    ("digitised", level(0.28, 0.27, 0.29), "0.28", 0.2, "reproduced"),
    ("digitised", level(0.33, 0.32, 0.34), "0.28", 0.2, "reproduced"),
    ("digitised", level(0.36, 0.30, 0.45), "0.28", 0.2, "consistent"),
    ("digitised", level(0.20, 0.15, 0.24), "0.28", 0.2, "consistent"),
    ("digitised", level(0.36, 0.35, 0.45), "0.28", 0.2, "contradicted"),
    ("digitised", level(0.10, 0.09, 0.11), "0.28", 0.2, "contradicted"),
    *((kind, [], "", 0.05, "not_run") for kind in JUDGES),
]


@pytest.mark.parametrize(("kind", "comparisons", "expected", "tolerance", "verdict"), CASES)
def test_verdicts(kind: str, comparisons: Sequence[Comparison], expected: str, tolerance: float, verdict: str) -> None:
    found = judge(kind, comparisons, expected, tolerance)
    assert found.verdict == verdict
    assert found.evidence
    assert (found.decisive is None) == (verdict == "not_run")


def test_the_cases_above_hold_every_verdict_that_a_judge_can_give() -> None:
    given = {kind: {case[-1] for case in CASES if case[0] == kind} for kind in JUDGES}
    everything = set(VERDICTS)
    assert given["scaling"] == given["ordering"] == everything
    assert given["digitised"] == everything - {"inconclusive"}
    for kind in ("identity", "monte_carlo", "bound"):
        assert given[kind] == everything - {"consistent"}


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(KeyError):
        judge("vibes", values(0.0), "", 0.05)


@pytest.mark.parametrize("kind", ["identity", "monte_carlo", "bound"])
def test_the_decisive_comparison_is_the_worst(kind: str) -> None:
    found = judge(kind, values(0.0, 7.0, 3.0), "", 0.01)
    assert found.decisive is not None
    assert found.decisive.label == "case 1"
    assert "case 1" in found.evidence


def test_the_tolerance_decides() -> None:
    assert judge("monte_carlo", values(2.7), "", 0.01).verdict == "contradicted"
    assert judge("monte_carlo", values(2.7), "", 0.001).verdict == "reproduced"


# False alarms


def alarms(kind: str, deviations: np.ndarray, tolerance: float) -> int:
    return sum(judge(kind, values(*row), "", tolerance).verdict == "contradicted" for row in deviations)


@pytest.mark.parametrize("kind", ["monte_carlo", "bound"])
def test_the_false_alarm_rate_is_the_tolerance(kind: str) -> None:
    """3000 correct sets of 20 comparisons at 5 %: 150 alarms expected, within 5 standard deviations (6e-7)."""
    deviations = np.random.default_rng(1).normal(size=(3000, 20))
    assert abs(alarms(kind, deviations, 0.05) - 150) < 5 * np.sqrt(150 * 0.95)


@pytest.mark.parametrize("kind", ["monte_carlo", "bound"])
def test_correlated_comparisons_alarm_less_often(kind: str) -> None:
    one = np.random.default_rng(2).normal(size=(3000, 1))
    assert alarms(kind, np.broadcast_to(one, (3000, 20)), 0.05) < 150 - 5 * np.sqrt(150 * 0.95)


@pytest.mark.parametrize("kind", ["monte_carlo", "bound"])
def test_one_wrong_comparison_of_twenty_is_found(kind: str) -> None:
    deviations = np.random.default_rng(3).normal(size=(300, 20))
    deviations[:, 7] += 6.0
    assert alarms(kind, deviations, 0.01) > 290
