"""Where a page of the documentation uses a word of the glossary first, and whether it links it there."""

from __future__ import annotations

import os
import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
TERMS = {
    "Born machines?": "born-machine",
    "[Ee]xplicit loss(?:es)?": "explicit-loss-implicit-loss",
    "[Ii]mplicit loss(?:es)?": "explicit-loss-implicit-loss",
    "MMD": "mmd",
    "[Bb]odyness": "bodyness",
    "LQF": "lqf",
    "[Cc]onventional strategy": "conventional-strategy",
    "[Qq]uantum strategy": "quantum-strategy",
    "[Ff]rozen estimates?": "frozen-estimate-fixed-point",
    "[Bb]arren plateaus?": "barren-plateau-exponential-concentration",
}
"""Words, as patterns, and the glossary's headings that say what they mean."""

PAGES = ("index", "explicit-and-implicit", "findings", "figures", "choices", "use/your-own-model", "use/running")
"""Pages that are read first. Claims, whose cells are all generated, link the glossary as a whole."""

_NO_PROSE = re.compile(
    r"^(?: {4}|#|\||<|>).*$"  # code, headings, tables, HTML, quotations
    r"|`[^`]*`|\[[^\]]*\]\([^)]*\)|\[[^\]]*\]\[[^\]]*\]|\{[{%].*?[%}]\}",
    re.MULTILINE,
)


def target(page: str, anchor: str) -> str:
    """The address of a word, seen from a page (a name without its ending)."""
    return f"{os.path.relpath(DOCS / 'glossary.md', (DOCS / page).parent)}#{anchor}"


def first_uses(text: str) -> dict[str, tuple[int, int]]:
    """Place and end of the first use of each word in a page's sentences, where no link stands before it."""
    prose = _NO_PROSE.sub(lambda found: "\0" * len(found[0]), text)
    found = {}
    for pattern in TERMS:
        used = re.search(rf"\b{pattern}\b", prose)
        if used:
            found[pattern] = used.span()
    return found


def unlinked(page: str, text: str) -> list[str]:
    """Words that a page uses before it links the glossary for them."""
    wrong = []
    for pattern, (start, _) in first_uses(text).items():
        link = text.find(f"]({target(page, TERMS[pattern])})")
        if link < 0 or link > start:
            wrong.append(pattern)
    return wrong
