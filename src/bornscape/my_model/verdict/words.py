"""Words for numbers, laws and how many draws would decide."""

from __future__ import annotations

import math
from typing import Any

from scipy import stats

from bornscape.my_model.settings import LARGEST_STATE_VECTORS
from bornscape.my_model.verdict.rule import STABLE
from bornscape.statistics.power import MOST_DRAWS
from bornscape.statistics.scaling import HARMLESS, LARGEST_SCATTER, LEVEL
from bornscape.tables.scaling import SMALLEST_SIZE

_AGAIN = float(stats.norm.ppf(STABLE)) * math.sqrt(2)
"""Standard errors beyond the border with which another seed would say the same with probability ``STABLE``: its
estimate differs by the errors of both."""


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


def counted(count: int, noun: str) -> str:
    """1 size, 2 sizes.

    Examples
    --------
    >>> counted(1, "size"), counted(3, "size")
    ('1 size', '3 sizes')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def too_few(sizes: int, needed: int) -> str:
    """How many sizes a law could be fitted to, and how many it needs.

    Examples
    --------
    >>> too_few(1, 5)
    '1 size from n = 4 on, and one needs 5'
    """
    return f"{counted(sizes, 'size')} from n = {SMALLEST_SIZE} on, and one needs {needed}"


def trend(law: Any, inverse: bool = False) -> str:
    """How a quantity goes with n by its law, decided as "exponential" or "polynomial", with the interval.

    Parameters
    ----------
    law
        A row of the table of laws.
    inverse
        Whether the law is that of the quantity's inverse, as for the shots needed.
    """
    sizes = f"n = {law.n_min:.0f} to {law.n_max:.0f}"
    if law.n_max > LARGEST_STATE_VECTORS:
        sizes = f"measured at {sizes}"
    if law.preferred == "exponential":
        low, high = math.exp(law.rate_ci_low), math.exp(law.rate_ci_high)
        verb = "grows" if inverse else "falls"
        return (
            f"{verb} exponentially, by a factor of {math.exp(law.rate):.2f} [{low:.2f}, {high:.2f}] a qubit ({sizes})"
        )
    power, low, high = law.poly_power, law.poly_ci_low, law.poly_ci_high
    if not inverse:
        power, low, high = -power, -high, -low
    shown = f"n^{power:.2f} [{low:.2f}, {high:.2f}] ({sizes})"
    if low <= 0 <= high:
        return f"stays the same within its errors, as {shown}"
    return f"{'grows' if low > 0 else 'falls'} polynomially, as {shown}"


def draws_to_decide(law: Any, draws: int) -> float:
    """Draws at each size with which the law would be called, and by another seed as well, if its rate is the one found.

    Parameters
    ----------
    law
        A row of the table of laws.
    draws
        The draws there are.

    Returns
    -------
    To two digits; NaN where there is no law, infinite where larger sizes alone would help.
    """
    if math.isnan(law.rate):
        return math.nan
    quantile = float(stats.t.ppf((1 + LEVEL) / 2, law.sizes - 3))
    error = (law.rate_ci_high - law.rate_ci_low) / 2 / quantile
    # The interval has to end before 0, or before a rate that matters, whichever is nearer to being so.
    room = max(law.rate, HARMLESS / law.n_max - law.rate)
    harmless = law.rate_ci_low > 0 and law.rate_ci_high * law.n_max < HARMLESS
    if law.scatter > LARGEST_SCATTER or harmless:
        return math.inf
    return _rounded(draws, error * (quantile + _AGAIN) / room)


def draws_to_see(row: Any) -> float:
    """Draws with which a ratio of signal to noise would be called different from 1; to two digits."""
    if not (row.snr_ci_high > row.snr_ci_low > 0 and row.snr != 1):
        return math.inf
    normal = float(stats.norm.ppf(0.975))
    error = math.log(row.snr_ci_high / row.snr_ci_low) / 2 / normal
    return _rounded(int(row.draws), error * (normal + _AGAIN) / abs(math.log(row.snr)))


def _rounded(draws: int, ratio: float) -> float:
    """Draws times the ratio of errors squared, to two digits; infinite if there are as many already."""
    factor = ratio**2
    return float(f"{draws * factor:.2g}") if 1 < factor <= MOST_DRAWS else math.inf


def deciding(needed: float, draws: int) -> str:
    """How many draws would decide, in words.

    Examples
    --------
    >>> deciding(2600.0, 100), deciding(math.inf, 100)
    ('about 2,600 draws at each size would decide (now 100), or larger sizes', 'larger sizes would help, draws hardly')
    """
    if math.isfinite(needed):
        return f"about {number(needed)} draws at each size would decide (now {draws}), or larger sizes"
    return "larger sizes would help, draws hardly"
