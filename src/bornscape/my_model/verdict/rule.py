"""The rule of the verdict, without its words: from laws and numbers to an answer."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

from bornscape.statistics.scaling import Law

Answer = Literal["yes", "no", "inconclusive", "visible", "not visible", "borderline"]
Seen = Literal["visible", "not visible", "borderline"]

MOSTLY_FROZEN = 0.5
"""Share of draws with an estimate at its fixed point above which, with its interval, no gradient is seen."""

FITS = 0.01
"""Smallest p-value of the fit of the shots' law with which the answer can be yes."""

STABLE = 0.9
"""Share of resamples that must say the same for an answer to stand."""


class Findings(NamedTuple):
    """What an answer follows from.

    Attributes
    ----------
    still
        Whether the gradient is 0 at every draw of every size.
    frozen
        Lower end of the share of draws at the largest size whose estimate equals its fixed point; NaN: no such thing.
    needed
        Law of the inverse of the shots that a gradient component needs.
    fit_p_value
        Of that law; NaN where the points have no errors.
    mass
        Law of the chance that a shot hits the data; None where it does not matter.
    """

    still: bool
    frozen: float
    needed: Law
    fit_p_value: float
    mass: Law | None


def answer_of(found: Findings) -> Answer:
    """No if the gradient cannot be seen at more and more qubits, yes if it can be, inconclusive otherwise.

    No: nothing moves the loss; most estimates are at their fixed point; the shots needed grow exponentially; or the
    chance that a shot hits the data falls exponentially. Yes: the laws that matter are polynomial and that of the
    shots fits its points.
    """
    if found.still or found.frozen > MOSTLY_FROZEN or "exponential" in (found.needed, found.mass):
        return "no"
    fits = math.isnan(found.fit_p_value) or found.fit_p_value >= FITS
    return "yes" if fits and found.needed == "polynomial" and found.mass in (None, "polynomial") else "inconclusive"


def seen(snr: float, low: float, high: float, frozen: float) -> Seen:
    """Whether a gradient component stands out of its noise at one size: its ratio's interval against 1.

    Parameters
    ----------
    snr, low, high
        The ratio with its interval; NaN ends for one that is 0 or infinite.
    frozen
        As of ``Findings``.
    """
    if snr == 0 or high < 1 or frozen > MOSTLY_FROZEN:
        return "not visible"
    return "visible" if snr == math.inf or low > 1 else "borderline"
