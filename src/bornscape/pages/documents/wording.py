"""How numbers stand in a document: digits, intervals, shares; and paragraphs wrapped after they were filled in."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterator

from bornscape.pages.documents.run_numbers import Interval, Numbers

WIDTH = 100
"""Columns of a document's lines."""

_OPENING = re.compile(r"(\s*)([-*] |\d+\. )?")
_KEPT = re.compile(r"\||#+ |</?[a-z]| {4}|!\[|```")
"""Openings of lines that are no prose: tables, headings, HTML, code, pictures."""

_OPERATORS = re.compile(r" (?=(?:[-+*=<>|#]+|\d+[.)]) |<=|%)")
"""Blanks before what would mean something else at the start of a line, or belongs to the number before."""


def digits(value: float, count: int = 3) -> str:
    """``count`` significant digits, written out from 0.0001 up to a million.

    Examples
    --------
    >>> digits(0.0383412), digits(150.04, 2), digits(0.25), digits(3.2e-05, 1), digits(1e13, 1)
    ('0.0383', '150', '0.250', '3e-5', '1e13')
    """
    if value == 0:
        return "0"
    exponent = int(f"{value:.{count - 1}e}".partition("e")[2])
    if -5 < exponent < 6:
        shown = round(value, count - 1 - exponent)
        return f"{shown:.{max(count - 1 - exponent, 0)}f}"
    return re.sub(r"e([-+])0*", lambda found: "e" + found[1].replace("+", ""), f"{value:.{count - 1}e}")


def fixed(value: float, places: int = 3) -> str:
    """``places`` digits behind the point.

    Examples
    --------
    >>> fixed(0.0005), fixed(1.2345, 2)
    ('0.001', '1.23')
    """
    shown = f"{value:.{places}f}"
    return shown.removeprefix("-") if float(shown) == 0 else shown


def whole(value: float) -> str:
    """A whole number, a rounded one if need be.

    Examples
    --------
    >>> whole(1000.0), whole(2.6)
    ('1000', '3')
    """
    return f"{value:.0f}"


def percent(share: float, places: int = 0) -> str:
    """A share in percent; one that is not whole is never rounded to 0 or to 100.

    Examples
    --------
    >>> percent(0.314), percent(0.99621, 1), percent(0.9999), percent(1.0), percent(0.0004)
    ('31 %', '99.6 %', 'more than 99 %', '100 %', 'less than 1 %')
    """
    shown = fixed(100 * share, places)
    least = 10.0**-places
    if float(shown) == 100 and share < 1:
        return f"more than {fixed(100 - least, places)} %"
    if float(shown) == 0 and share > 0:
        return f"less than {fixed(least, places)} %"
    return f"{shown} %"


def power_of_ten(value: float) -> str:
    """The nearest power of ten.

    Examples
    --------
    >>> power_of_ten(7.7e12), power_of_ten(900)
    ('10^13', '10^3')
    """
    return f"10^{round(math.log10(value))}"


def shots(value: float) -> str:
    """A number of shots, as exact as anyone needs it.

    Examples
    --------
    >>> shots(24.58), shots(142.6), shots(4.4e12)
    ('about 25', 'about 140', 'about 10^13')
    """
    return f"about {digits(value, 2) if value < 1e4 else power_of_ten(value)}"


def interval(number: Interval, count: int = 3) -> str:
    """A number with its interval; the ends have as many places as the number.

    Examples
    --------
    >>> interval(Interval(0.99812, 0.97299, 1.0231)), interval(Interval(0.0383, 0.03581, 0.04111), 2)
    ('0.998 [0.973, 1.023]', '0.038 [0.036, 0.041]')
    """
    first = digits(number.value, count)
    if "e" in first:
        return f"{first} [{digits(number.low, count)}, {digits(number.high, count)}]"
    places = len(first.partition(".")[2])
    return f"{first} [{fixed(number.low, places)}, {fixed(number.high, places)}]"


def span(numbers: Numbers | Interval, count: int = 2) -> str:
    """From the smallest to the largest; one number, if they look the same.

    Examples
    --------
    >>> span(Interval(1.0, 0.68, 2.31)), span(Interval(1.0, 0.999, 1.001))
    ('0.68 to 2.3', '1.0')
    """
    ends = (numbers.smallest, numbers.largest) if isinstance(numbers, Numbers) else (numbers.low, numbers.high)
    low, high = (digits(end, count) for end in ends)
    return low if low == high else f"{low} to {high}"


def median(numbers: Numbers, places: int = 3) -> str:
    """The median, ``places`` digits behind the point; one above 0 is never shown as 0."""
    shown = fixed(numbers.median, places)
    return f"< {10**-places:.{places}f}" if numbers.median > 0 == float(shown) else shown


FILTERS = {
    entry.__name__: entry for entry in (digits, fixed, whole, percent, power_of_ten, shots, interval, span, median)
}
"""What templates may write behind a number."""


def _paragraphs(lines: list[str]) -> Iterator[tuple[list[str], bool]]:
    """Lines that belong together, and whether they may be wrapped: a paragraph or an item may."""
    block: list[str] = []
    fence = False
    for line in lines:
        fence ^= line.startswith("```")
        alone = fence or not line.strip() or bool(_KEPT.match(line))
        if block and (alone or re.match(r"\s*([-*] |\d+\. )", line)):
            yield block, True
            block = []
        if alone:
            yield [line], False
        else:
            block.append(line)
    if block:
        yield block, True


def wrapped(markdown: str, width: int = WIDTH) -> str:
    """Markdown with its paragraphs and items wrapped; tables, headings, code and HTML as they are.

    Examples
    --------
    >>> wrapped("One two\\nthree - four.\\n\\n- five\\n  six seven\\n", 15)
    'One two three -\\nfour.\\n\\n- five six\\n  seven\\n'
    """
    done: list[str] = []
    for block, may_be_wrapped in _paragraphs(markdown.split("\n")):
        if not may_be_wrapped:
            done += block
            continue
        opening = _OPENING.match(block[0])
        head = opening[0] if opening else ""
        text = " ".join(line.strip() for line in block)[len(head.strip()) :].strip()
        # A blank that must not become a line's end is held by a character that no document has.
        held = _OPERATORS.sub("\0", text)
        rest = " " * len(head)
        lines = textwrap.wrap(
            held, width, initial_indent=head, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
        )
        done += [line.replace("\0", " ") for line in lines]
    return "\n".join(done)
