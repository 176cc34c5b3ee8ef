"""Is it trainable? A verdict on each loss of a model, in words, from its tables alone."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import pandas as pd

from bornscape.aliases import Settings
from bornscape.losses.explicit import DEFINITIONS
from bornscape.statistics.power import deciding_draws

VERDICT_COLUMNS = ["loss", "kind", "verdict", "reason", "warning"]

MOSTLY_FROZEN = 0.5
"""Share of draws with an estimate at its fixed point above which, at the largest size and with its interval, the
answer is no."""


class Verdict(NamedTuple):
    """An answer ("yes", "no" or "inconclusive"), with the reason and what to beware of (may be empty)."""

    verdict: str
    reason: str
    warning: str


def number(value: float) -> str:
    """A number as a person writes it: 1,200 or 3.4e+12.

    Examples
    --------
    >>> number(1200), number(3.4e12), number(0.12345)
    ('1,200', '3.4e+12', '0.12')
    """
    if not math.isfinite(value):
        return "no finite number of" if math.isnan(value) else "infinitely many"
    return f"{value:,.0f}" if 100 <= value < 1e6 else f"{value:.2g}"


def _law(laws: pd.DataFrame, label: str, quantity: str) -> Any:
    rows = laws[(laws["loss"] == label) & (laws["quantity"] == quantity)]
    return next(rows.itertuples(), None)


def _fall(law: Any) -> str:
    """How a quantity falls by its law, with the interval."""
    sizes = f"n = {law.n_min:.0f} to {law.n_max:.0f}"
    if law.preferred == "exponential":
        low, high = math.exp(law.rate_ci_low), math.exp(law.rate_ci_high)
        return f"exponentially, by a factor of {math.exp(law.rate):.2f} [{low:.2f}, {high:.2f}] a qubit ({sizes})"
    return (
        f"polynomially, as n^-{law.poly_power:.2f} [{law.poly_ci_low:.2f}, {law.poly_ci_high:.2f}] ({sizes})"
    ).replace("n^--", "n^")


def _undecided(law: Any, name: str) -> str:
    if law.sizes < 5:
        return f"{name} was measured at {law.sizes} sizes from n = 4 on; 5 are needed to tell the laws apart"
    if math.isnan(law.exp_rate):
        return f"{name} is 0 at every draw of some size, so that it has no law; more draws would help"
    draws = deciding_draws(law.more_draws)
    return (
        f"{name} falls by an undecided law, n^-k e^(-r n) with r = {law.rate:.2g} [{law.rate_ci_low:.2g}, "
        f"{law.rate_ci_high:.2g}]: {law.reason}; {f'{draws}, or larger sizes' if draws else 'larger sizes would help'}"
    )


def judge_loss(settings: Settings, label: str, sizes: pd.DataFrame, laws: pd.DataFrame) -> Verdict:
    """The verdict on one loss.

    No: its estimates are mostly frozen at the largest size, its variance or (explicit losses) the chance of a shot at
    the data falls exponentially, the shots needed grow exponentially, or it never changes. Yes: its variance falls
    polynomially and nothing of that holds. Inconclusive otherwise.
    """
    rows = sizes[sizes["loss"] == label].sort_values("n_qubits")
    last = next(rows.tail(1).itertuples())
    warning = _warning(last)
    explicit = settings["losses"][label]["kind"] in DEFINITIONS
    variance, mass, needed = (_law(laws, label, name) for name in ("variance", "mass", "shots_needed"))
    if (rows["variance"] == 0).all():
        return Verdict("no", "the loss is the same at every draw: no parameter changes it", "")
    if explicit and last.frozen_ci_low > MOSTLY_FROZEN:
        reason = (
            f"estimates from {last.shots} shots equal the fixed point at {last.frozen:.0%} of draws "
            f"[{last.frozen_ci_low:.0%}, {last.frozen_ci_high:.0%}] by n = {last.n_qubits}"
        )
        return Verdict("no", reason, warning)
    if explicit and mass.preferred == "exponential":
        return Verdict("no", f"the chance that a shot hits the data falls {_fall(mass)}", warning)
    if variance.preferred == "exponential":
        return Verdict("no", f"the variance of the loss falls {_fall(variance)}", warning)
    if needed.preferred == "exponential":
        low, high = math.exp(needed.rate_ci_low), math.exp(needed.rate_ci_high)
        reason = (
            f"the shots that a gradient component needs grow exponentially, by a factor of "
            f"{math.exp(needed.rate):.2f} [{low:.2f}, {high:.2f}] a qubit"
        )
        return Verdict("no", reason, warning)
    if variance.preferred != "polynomial":
        return Verdict("inconclusive", _undecided(variance, "the variance of the loss"), warning)
    if explicit and mass.preferred != "polynomial":
        return Verdict("inconclusive", _undecided(mass, "the chance that a shot hits the data"), warning)
    reason = f"the variance of the loss falls {_fall(variance)}"
    if needed.preferred != "polynomial":
        reason += "; how the shots needed grow is undecided"
    return Verdict("yes", reason, warning)


def _warning(last: Any) -> str:
    """What the user's own shots do at the largest size, where that is a problem."""
    if not last.snr < 1:
        return ""
    bound = "at least " if last.shots_are == "lower bound" else ""
    return (
        f"with {last.shots} shots a gradient component is {last.snr:.2g} times its noise at n = {last.n_qubits}; to "
        f"make them equal takes {bound}{number(last.shots_needed)} shots of every circuit"
    )


def verdict_table(settings: Settings, sizes: pd.DataFrame, laws: pd.DataFrame) -> pd.DataFrame:
    """A row for each loss (``VERDICT_COLUMNS``)."""
    rows = [
        (label, loss["kind"], *judge_loss(settings, label, sizes, laws)) for label, loss in settings["losses"].items()
    ]
    return pd.DataFrame(rows, columns=VERDICT_COLUMNS)
