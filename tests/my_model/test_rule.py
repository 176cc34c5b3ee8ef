"""Every branch of the rule, by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from bornscape.my_model.verdict.rule import Findings, answer_of, seen

CALM: dict[str, Any] = {"still": False, "frozen": math.nan, "needed": "polynomial", "fit_p_value": 0.5, "mass": None}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "yes"),
        ({"mass": "polynomial", "frozen": 0.2}, "yes"),
        ({"fit_p_value": math.nan}, "yes"),
        ({"fit_p_value": 0.009}, "inconclusive"),
        ({"needed": "inconclusive"}, "inconclusive"),
        ({"mass": "inconclusive"}, "inconclusive"),
        ({"needed": "exponential"}, "no"),
        ({"needed": "exponential", "fit_p_value": 0.001}, "no"),
        ({"mass": "exponential"}, "no"),
        ({"frozen": 0.51}, "no"),
        ({"frozen": 0.5}, "yes"),
        ({"still": True, "needed": "inconclusive", "fit_p_value": math.nan}, "no"),
    ],
)
def test_the_answer_on_the_law(changed: dict[str, Any], expected: str) -> None:
    assert answer_of(Findings(**(CALM | changed))) == expected


@pytest.mark.parametrize(
    ("ratio", "frozen", "expected"),
    [
        ((2.0, 1.2, 3.0), math.nan, "visible"),
        ((1.5, 0.9, 2.5), math.nan, "borderline"),
        ((0.8, 0.5, 1.2), math.nan, "borderline"),
        ((0.5, 0.3, 0.8), math.nan, "not visible"),
        ((0.0, math.nan, math.nan), math.nan, "not visible"),
        ((math.inf, math.nan, math.nan), math.nan, "visible"),
        ((1.0, 1.0, 1.0), math.nan, "borderline"),
        ((2.0, 1.2, 3.0), 0.6, "not visible"),
        ((2.0, 1.2, 3.0), 0.4, "visible"),
    ],
)
def test_what_is_seen_at_one_size(ratio: tuple[float, float, float], frozen: float, expected: str) -> None:
    assert seen(*ratio, frozen) == expected
