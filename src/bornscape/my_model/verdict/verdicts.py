"""Is it trainable? A verdict on each loss of a model, in words, from its tables alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

import pandas as pd

from bornscape.aliases import Settings
from bornscape.losses.explicit import DEFINITIONS
from bornscape.my_model.verdict.resampling import Resampled
from bornscape.my_model.verdict.rule import FITS, MOSTLY_FROZEN, STABLE, Answer, Findings, Seen, answer_of, seen
from bornscape.my_model.verdict.words import counted, deciding, draws_to_decide, draws_to_see, number, too_few, trend
from bornscape.statistics.scaling import FEWEST_DECISIVE

VERDICT_COLUMNS = [
    *("loss", "kind", "verdict", "reason", "stability", "resamples", "at_largest", "at_largest_reason"),
    *("at_largest_stability", "draws_to_decide", "loss_variance", "warning"),
]


class Verdict(NamedTuple):
    """An answer about one loss.

    Attributes
    ----------
    verdict
        On the law: "yes", "no" or "inconclusive". With too few sizes for a law, the answer at the largest size.
    reason
        Why.
    stability
        Share of resamples of the draws that give the rule's answer; NaN where none were made.
    resamples
        What they gave, in words.
    at_largest
        At the largest size with the shots given: "visible", "not visible" or "borderline".
    at_largest_reason
        The numbers behind it.
    at_largest_stability
        Share of resamples that say the same of the largest size.
    draws_to_decide
        Draws at each size that would decide; NaN if it is decided, infinite if no number in reach would.
    loss_variance
        How the variance of the loss over the starts goes with n, in words: it decides nothing.
    warning
        What to beware of; may be empty.
    """

    verdict: Answer
    reason: str
    stability: float
    resamples: str
    at_largest: Seen
    at_largest_reason: str
    at_largest_stability: float
    draws_to_decide: float
    loss_variance: str
    warning: str


def judge_loss(
    settings: Settings, label: str, sizes: pd.DataFrame, laws: pd.DataFrame, resampled: Resampled | None = None
) -> Verdict:
    """The verdict on one loss: the rule of ``rule.answer_of``, if enough resamples agree with it.

    Parameters
    ----------
    resampled
        What resamples of the draws say; None: the rule's answer stands as it is.
    """
    rows = measured_sizes(sizes, label)
    last: Any = next(rows.tail(1).itertuples())
    draws = int(rows["draws"].min())
    needed, mass, variance = (_law(laws, label, name) for name in ("shots_needed", "mass", "variance"))
    mass = mass if settings["losses"][label]["kind"] in DEFINITIONS else None
    at_largest, of_largest, agreed = _at_largest(last, resampled)
    known: dict[str, Any] = {
        "at_largest": at_largest,
        "at_largest_reason": of_largest,
        "at_largest_stability": agreed,
        "loss_variance": _variance(rows, variance),
        "resamples": _told(resampled),
    }
    found = Findings(
        still=bool((rows["snr"] == 0).all()),
        frozen=last.frozen_ci_low,
        needed=needed.preferred,
        fit_p_value=needed.fit_p_value,
        mass=None if mass is None else mass.preferred,
    )
    warning = _warning(last, at_largest)
    if needed.sizes < FEWEST_DECISIVE:
        reason = f"{of_largest}; no law: {too_few(needed.sizes, FEWEST_DECISIVE)}"
        decide = draws_to_see(last) if at_largest == "borderline" else math.nan
        return Verdict(at_largest, reason, agreed, draws_to_decide=decide, warning=warning, **known)
    answer = answer_of(found)
    open_laws = [law for law in (needed, mass) if law is not None and law.preferred == "inconclusive"]
    decide = max((draws_to_decide(law, draws) for law in open_laws or [needed]), default=math.nan)
    stability = math.nan if resampled is None else resampled.share(answer)
    if answer == "inconclusive":
        hidden = bool(rows["snr"].isna().any())
        what = f"more draws would tell (now {draws})" if hidden else deciding(decide, draws)
        reason = f"{_undecided(found, rows, needed, mass)}; {what}"
        return Verdict(answer, reason, stability, draws_to_decide=decide, warning=warning, **known)
    reason = _reason(found, last, needed, mass)
    if stability < STABLE:
        reason = (
            f"the answer would be {answer}, as {reason}, but {_others(answer, stability)}; {deciding(decide, draws)}"
        )
        return Verdict("inconclusive", reason, stability, draws_to_decide=decide, warning=warning, **known)
    if answer == "yes" and variance.preferred == "exponential":
        warning = "; ".join(filter(None, [warning, f"the variance of the loss over the starts {trend(variance)}"]))
    return Verdict(answer, reason, stability, draws_to_decide=math.nan, warning=warning, **known)


def measured_sizes(sizes: pd.DataFrame, label: str) -> pd.DataFrame:
    """Rows of a loss at the sizes at which it could be had, in their order."""
    rows = sizes[(sizes["loss"] == label) & (sizes["engine"] != "")]
    return rows.sort_values("n_qubits")


def _law(laws: pd.DataFrame, label: str, quantity: str) -> Any:
    rows = laws[(laws["loss"] == label) & (laws["quantity"] == quantity)]
    return next(rows.itertuples(), None)


def _at_largest(last: Any, resampled: Resampled | None) -> tuple[Seen, str, float]:
    """The answer at the largest size, its numbers in words, and the share of resamples that agree."""
    answer = seen(last.snr, last.snr_ci_low, last.snr_ci_high, last.frozen_ci_low)
    where = f"at {counted(last.n_qubits, 'qubit')} with {last.shots:,} shots"
    if last.frozen_ci_low > MOSTLY_FROZEN:
        words = (
            f"{where} estimates equal their fixed point at {last.frozen:.0%} of draws "
            f"[{last.frozen_ci_low:.0%}, {last.frozen_ci_high:.0%}]: at the median start the chance that any shot hits "
            f"the data is {number(last.hit)} [{number(last.hit_ci_low)}, {number(last.hit_ci_high)}]"
        )
    elif last.snr == 0:
        words = f"{where} the gradient is 0 at every draw"
    elif math.isnan(last.snr):
        words = (
            f"{where} the gradient is not told from the noise of its own estimate: a component is at most "
            f"{number(last.snr_ci_high)} times its noise"
        )
    elif math.isinf(last.snr):
        words = f"{where} a gradient component has no noise"
    else:
        words = (
            f"{where} a gradient component is {number(last.snr)} [{number(last.snr_ci_low)}, "
            f"{number(last.snr_ci_high)}] times its noise"
        )
    if resampled is None:
        return answer, words, math.nan
    agreed = resampled.share_seen(answer)
    if answer != "borderline" and agreed < STABLE:
        return "borderline", f"{words}, {_others(answer, agreed)}", agreed
    return answer, words, agreed


def _others(answer: str, share: float) -> str:
    return f"another seed would say {answer} in only {math.floor(100 * share)} % of resamples"


def _told(resampled: Resampled | None) -> str:
    if resampled is None:
        return ""
    total = resampled.answers.total()
    return ", ".join(f"{answer} {100 * count / total:.0f} %" for answer, count in resampled.answers.most_common())


def _reason(found: Findings, last: Any, needed: Any, mass: Any) -> str:
    """Why yes or no."""
    if found.still:
        return "the gradient is 0 at every draw of every size: no parameter moves the loss"
    if found.frozen > MOSTLY_FROZEN:
        return (
            f"estimates from {last.shots} shots equal the fixed point at {last.frozen:.0%} of draws "
            f"[{last.frozen_ci_low:.0%}, {last.frozen_ci_high:.0%}] by n = {last.n_qubits}"
        )
    if found.needed != "exponential" and found.mass == "exponential":
        return f"the chance that a shot hits the data {trend(mass)}"
    words = f"the number of shots that a gradient component needs {trend(needed, inverse=True)}"
    if needed.fit_p_value < FITS:
        words += f", although sizes scatter about that law by {needed.scatter:.2g} in the logarithm"
    return words


def _undecided(found: Findings, rows: pd.DataFrame, needed: Any, mass: Any) -> str:
    hidden = rows.loc[rows["snr"].isna(), "n_qubits"]
    if len(hidden):
        return (
            f"at n = {', '.join(map(str, hidden))} the gradient is not told from the noise of its own estimate, so "
            f"that the shots needed have no law"
        )
    if math.isnan(needed.exp_rate):
        still = rows.loc[rows["snr"] == 0, "n_qubits"]
        return (
            f"the gradient is 0 at every draw of n = {', '.join(map(str, still))}, so that the shots needed have no law"
        )
    if found.needed == "polynomial" and found.mass in (None, "polynomial"):
        return (
            f"the number of shots that a gradient component needs {trend(needed, inverse=True)}, but sizes miss that "
            f"law by more than their errors (p = {needed.fit_p_value:.2g})"
        )
    if found.needed == "polynomial":
        return f"the chance that a shot hits the data falls by an undecided law: {_rate(mass)}"
    return f"how the shots needed grow is undecided: {_rate(needed)}"


def _rate(law: Any) -> str:
    if math.isnan(law.exp_rate):
        return "at some size it is 0 or has no interval"
    return (
        f"a factor e^(r n) with r = {law.rate:.2g} [{law.rate_ci_low:.2g}, {law.rate_ci_high:.2g}] beside a power "
        f"of n, {law.reason}"
    )


def _variance(rows: pd.DataFrame, law: Any) -> str:
    """How the variance of the loss over the starts goes with n."""
    hidden = rows.loc[rows["variance"].isna(), "n_qubits"]
    if len(hidden):
        return f"is not told from the noise of its own estimate at n = {', '.join(map(str, hidden))}"
    flat = rows.loc[rows["variance"] == 0, "n_qubits"]
    if len(flat):
        where = "every size" if len(flat) == len(rows) else f"n = {', '.join(map(str, flat))}"
        return f"is 0 at {where}: all starts have the same loss"
    if law.sizes < FEWEST_DECISIVE:
        return f"has no law: {too_few(law.sizes, FEWEST_DECISIVE)}"
    return trend(law) if law.preferred != "inconclusive" else f"falls by an undecided law: {_rate(law)}"


def _warning(last: Any, at_largest: Seen) -> str:
    """What the user's own shots do at the largest size, where that is a problem, and that its words are truncated."""
    cut = ""
    if last.engine_kind == "truncated":
        cut = f"at n = {last.n_qubits} words are truncated: the loss is off by at most {number(last.error)}"
    return "; ".join(filter(None, [cut, _shots_warning(last, at_largest)]))


def _shots_warning(last: Any, at_largest: Seen) -> str:
    if not last.snr < 1 or not math.isfinite(last.shots_needed):
        return ""
    about = "about " if last.shots_are == "estimate" else ""
    hint = " (borderline)" if at_largest == "borderline" else ""
    return (
        f"with {last.shots} shots a gradient component is {last.snr:.2g} times its noise at n = {last.n_qubits}{hint}; "
        f"to make them equal takes {about}{number(last.shots_needed)} shots of every circuit"
    )


def verdict_table(
    settings: Settings, sizes: pd.DataFrame, laws: pd.DataFrame, resampled: Mapping[str, Resampled] | None = None
) -> pd.DataFrame:
    """A row for each loss (``VERDICT_COLUMNS``); ``resampled`` as ``resampling.resampled_verdicts`` gives it."""
    rows = [
        {"loss": label, "kind": loss["kind"]}
        | judge_loss(settings, label, sizes, laws, (resampled or {}).get(label))._asdict()
        for label, loss in settings["losses"].items()
    ]
    return cast(pd.DataFrame, pd.DataFrame(rows)[VERDICT_COLUMNS])
