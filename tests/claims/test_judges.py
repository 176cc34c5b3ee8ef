"""Every judge can say yes and no, at the level that its tolerance says."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

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
    """Laws with the margin of each, in half intervals."""
    return [Comparison(law, 1.0, 0.9, 1.1, "", margin, found=law, needed=f"{margin}") for law, margin in found]


def order(p: float, reverse: float, estimate: float) -> list[Comparison]:
    return [Comparison("order", estimate, estimate - 0.1, estimate + 0.1, 0.0, p, reverse)]


def level(median: float, low: float, high: float) -> list[Comparison]:
    return [Comparison("level", median, low, high, 0.28, abs(median / 0.28 - 1))]


# Critical values at 1 % and at 0.01 %: two-sided 2.58 and 3.89 for one comparison, 2.81 and 4.06 for two (Sidak),
# one-sided 2.33 and 3.72, 2.58 and 3.89.
CASES: list[tuple[str, Sequence[Comparison], str, float, str]] = [
    ("identity", values(0.0, 1e-12), "", 1e-9, "reproduced"),
    ("identity", values(1e-9), "", 1e-9, "reproduced"),
    ("identity", values(0.0, 2e-9, 0.0), "", 1e-9, "inconclusive"),
    ("identity", values(0.0, -2e-8, 0.0), "", 1e-9, "contradicted"),
    ("identity", values(1e-12, np.nan), "", 1e-9, "inconclusive"),
    ("monte_carlo", values(2.5), "", ALPHA, "reproduced"),
    ("monte_carlo", values(-2.5), "", ALPHA, "reproduced"),
    ("monte_carlo", values(2.6), "", ALPHA, "inconclusive"),
    ("monte_carlo", values(-3.8), "", ALPHA, "inconclusive"),
    ("monte_carlo", values(-3.9), "", ALPHA, "contradicted"),
    ("monte_carlo", values(2.7, 0.0), "", ALPHA, "reproduced"),
    ("monte_carlo", values(0.0, -2.9), "", ALPHA, "inconclusive"),
    ("monte_carlo", values(0.0, -4.1), "", ALPHA, "contradicted"),
    ("monte_carlo", values(0.0, np.inf), "", ALPHA, "contradicted"),
    ("monte_carlo", values(np.nan, 0.0), "", ALPHA, "inconclusive"),
    ("bound", values(-50.0, 2.3), "", ALPHA, "reproduced"),
    ("bound", values(-np.inf), "", ALPHA, "reproduced"),
    ("bound", values(2.4), "", ALPHA, "inconclusive"),
    ("bound", values(3.8), "", ALPHA, "contradicted"),
    ("bound", values(-50.0, 3.8), "", ALPHA, "inconclusive"),
    ("bound", values(0.0, np.nan), "", ALPHA, "inconclusive"),
    ("scaling", laws(("polynomial", 0.5), ("polynomial", 1.0)), "polynomial", 0.02, "reproduced"),
    ("scaling", laws(("polynomial", 1.0), ("inconclusive", 0.5)), "polynomial", 0.02, "consistent"),
    ("scaling", laws(("polynomial", 1.0), ("polynomial", 1e-9)), "polynomial", 0.02, "consistent"),
    ("scaling", laws(("polynomial", 1.0), ("exponential", 1e-9)), "polynomial", 0.02, "consistent"),
    ("scaling", laws(("inconclusive", np.nan), ("polynomial", 1e-9)), "polynomial", 0.02, "inconclusive"),
    ("scaling", laws(("polynomial", 1.0), ("exponential", 1.0)), "polynomial", 0.02, "contradicted"),
    ("scaling", laws(("exponential", 1.0), ("inconclusive", 0.5)), "polynomial", 0.02, "contradicted"),
    ("scaling", laws(("exponential", 1.0)), "exponential", 0.02, "reproduced"),
    ("ordering", order(0.009, 0.995, -0.2), "", 0.01, "reproduced"),
    ("ordering", order(0.01, 0.995, -0.2), "", 0.01, "reproduced"),
    ("ordering", order(0.02, 0.99, -0.2), "", 0.01, "consistent"),
    ("ordering", order(0.1, 0.95, -0.2), "", 0.01, "inconclusive"),
    ("ordering", order(0.6, 0.5, 0.01), "", 0.01, "inconclusive"),
    ("ordering", order(0.97, 0.04, 0.2), "", 0.01, "inconclusive"),
    ("ordering", order(0.995, 0.008, 0.2), "", 0.01, "contradicted"),
    ("ordering", order(0.001, 0.999, -0.2) + order(0.02, 0.99, -0.2), "", 0.01, "consistent"),
    ("ordering", order(0.001, 0.999, -0.2) + order(0.995, 0.008, 0.2), "", 0.01, "inconclusive"),
    ("ordering", order(0.001, 0.999, -0.2) + order(0.997, 0.004, 0.2), "", 0.01, "contradicted"),
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
    assert judge("monte_carlo", values(2.7), "", 0.01).verdict == "inconclusive"
    assert judge("monte_carlo", values(2.7), "", 0.001).verdict == "reproduced"


@pytest.mark.parametrize(("kind", "comparisons", "expected", "tolerance", "verdict"), CASES)
def test_last_digits_change_no_verdict(
    kind: str, comparisons: Sequence[Comparison], expected: str, tolerance: float, verdict: str
) -> None:
    """Each number moved by one part in 10^10, as another processor's might be."""
    for factor in (1 - 1e-10, 1 + 1e-10):
        moved = [
            replace(c, deviation=c.deviation * factor, reversed_deviation=c.reversed_deviation * factor)
            for c in comparisons
        ]
        found = judge(kind, moved, expected, tolerance)
        if not (kind == "identity" and found.margin < 1e-9):
            assert found.verdict == verdict
        assert verdict == "not_run" or np.isnan(found.margin) or found.margin >= 0


def test_what_would_decide_is_said_of_the_undecided() -> None:
    undecided = judge("scaling", laws(("polynomial", 1.0), ("inconclusive", 0.5)), "polynomial", 0.02)
    assert undecided.evidence.endswith("; 0.5")
    assert judge("scaling", laws(("polynomial", 1.0)), "polynomial", 0.02).evidence == "polynomial"


@pytest.mark.parametrize(
    ("value", "deviation", "verdict", "said"),
    [
        (0.93, 4.3e8, "contradicted", "1 comparison, the worst is exact: 0.93 against a bound of 0.5 (run 3)"),
        (0.5, 0.25, "reproduced", "none beyond the bound but for rounding; the nearest is exact: 0.5 against"),
        (0.4, -2e8, "reproduced", "none beyond the bound; the nearest is exact: 0.4 against a bound of 0.5 (run 3)"),
        (0.5, 2.5, "inconclusive", "the worst is exact: 0.5 against a bound of 0.5"),
    ],
)
def test_an_exact_number_has_no_standard_errors(value: float, deviation: float, verdict: str, said: str) -> None:
    """The words change, the verdict and its margin do not."""
    exact = judge("bound", [Comparison.of_exact("run 3", value, 0.5, deviation)], "", ALPHA)
    noisy = judge("bound", [Comparison("run 3", value, value, value, 0.5, deviation)], "", ALPHA)
    assert (exact.verdict, exact.margin) == (noisy.verdict, noisy.margin) == (verdict, exact.margin)
    assert said in exact.evidence
    assert "standard error" not in exact.evidence
    if deviation > 0:
        assert "standard error" in noisy.evidence


# False alarms


def verdicts(kind: str, deviations: np.ndarray, tolerance: float) -> Counter[str]:
    return Counter(judge(kind, values(*row), "", tolerance).verdict for row in deviations)


@pytest.mark.parametrize("kind", ["monte_carlo", "bound"])
def test_the_false_alarm_rate_is_the_tolerance(kind: str) -> None:
    """3000 correct sets of 20 comparisons at 5 %: 150 alarms expected, within 5 standard deviations (6e-7).

    A hundredth of them, 1.5, are called contradicted: at most 11 in all but 1e-7 of such samples.
    """
    deviations = np.random.default_rng(1).normal(size=(3000, 20))
    found = verdicts(kind, deviations, 0.05)
    assert abs(found["inconclusive"] + found["contradicted"] - 150) < 5 * np.sqrt(150 * 0.95)
    assert found["contradicted"] <= 11


@pytest.mark.parametrize("kind", ["monte_carlo", "bound"])
def test_correlated_comparisons_alarm_less_often(kind: str) -> None:
    one = np.random.default_rng(2).normal(size=(3000, 1))
    found = verdicts(kind, np.broadcast_to(one, (3000, 20)), 0.05)
    assert found["inconclusive"] + found["contradicted"] < 150 - 5 * np.sqrt(150 * 0.95)


@pytest.mark.parametrize("kind", ["monte_carlo", "bound"])
def test_one_wrong_comparison_of_twenty_is_found(kind: str) -> None:
    deviations = np.random.default_rng(3).normal(size=(300, 20))
    deviations[:, 7] += 8.0
    assert verdicts(kind, deviations, 0.01)["contradicted"] > 290
