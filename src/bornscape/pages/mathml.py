"""Formulas in Markdown as MathML, which browsers draw by themselves: no script, no network."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bornscape.extras import extra

_FORMULA = re.compile(r"\$\$(?P<display>.+?)\$\$|\$(?P<inline>[^$\n]+?)\$", re.DOTALL)
_MARK = re.compile(r"FORMULA(\d+)ENDS")
_DISPLAYED = re.compile(r'<math\b[^>]*display="block".*?</math>', re.DOTALL)


def take_formulas(text: str, formulas: list[str]) -> str:
    """Markdown with a mark in place of each formula, whose MathML is appended to ``formulas``."""
    with extra("report"):
        from latex2mathml.converter import convert

    def replace(found: re.Match[str]) -> str:
        display = "block" if found["display"] is not None else "inline"
        formulas.append(convert(found["display"] or found["inline"], display=display))
        return f"FORMULA{len(formulas) - 1}ENDS"

    return _FORMULA.sub(replace, text)


def put_formulas(html: str, formulas: Sequence[str]) -> str:
    """HTML with each mark replaced by its formula; after any conversion, which would strip or escape them."""
    return _MARK.sub(lambda found: formulas[int(found[1])], html)


def markdown_to_html(text: str) -> str:
    """HTML of Markdown with formulas; one on a line of its own is in a span of class "formula", which may scroll.

    Examples
    --------
    >>> print(markdown_to_html("A *loss*.").strip())
    <p>A <em>loss</em>.</p>
    >>> "<math" in markdown_to_html("At $n$ qubits.")
    True
    """
    with extra("report"):
        import mistune

    formulas: list[str] = []
    html = put_formulas(str(mistune.html(take_formulas(text, formulas))), formulas)
    return _DISPLAYED.sub(lambda found: f'<span class="formula">{found[0]}</span>', html)
