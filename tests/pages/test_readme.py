"""README.md as a reader first sees it: all of it on one screen, with what a newcomer needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import mistune
import pytest
from playwright.sync_api import Page

from support.browser import chromium, needs_browser

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
SCREEN, COLUMN = {"width": 1280, "height": 900}, 900
STYLE = """
body { margin: 0; font: 16px/1.5 "Liberation Sans", Arial, Helvetica, "DejaVu Sans", sans-serif; font-stretch: 87.5%; }
article { width: COLUMNpx; display: flow-root; }
article > * { margin: 0 0 16px; }
article > :last-child { margin-bottom: 0; }
h1 { font-size: 2em; line-height: 1.25; padding-bottom: .3em; border-bottom: 1px solid; }
pre { padding: 16px; overflow: auto; font-size: 85%; line-height: 1.45; }
code { font: 85% "Liberation Mono", monospace; }
pre code { font-size: 100%; }
ul { padding-left: 2em; }
li + li { margin-top: .25em; }
table { display: block; width: max-content; max-width: 100%; border-collapse: collapse; }
table[align=right] { display: table; margin-left: 16px; }
th, td { padding: 6px 13px; border: 1px solid; }
sub { font-size: 75%; line-height: 1.2; }
""".replace("COLUMN", str(COLUMN))
"""GitHub's sizes of text, spaces, code and tables in a font of Arial's widths or a little wider ones."""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        yield browser.new_page(viewport=SCREEN)


def height(page: Page, markdown: str, folder: Path) -> float:
    """Pixels that the text takes in GitHub's column, with its pictures."""
    html = mistune.create_markdown(escape=False, plugins=["table"])(markdown)
    path = folder / "readme.html"
    pictures = str(html).replace('src="docs/', f'src="{(ROOT / "docs").as_uri()}/')
    path.write_text(f'<meta charset="utf-8"><style>{STYLE}</style><article>{pictures}</article>', encoding="utf-8")
    page.goto(path.as_uri())
    page.wait_for_function("[...document.images].every((image) => image.complete && image.naturalWidth > 0)")
    return float(page.locator("article").bounding_box()["height"])  # type: ignore[index]


@needs_browser
def test_it_fits_one_screen(page: Page, tmp_path: Path) -> None:
    assert height(page, TEXT, tmp_path) <= SCREEN["height"]


@needs_browser
def test_what_is_too_long_is_found(page: Page, tmp_path: Path) -> None:
    assert height(page, TEXT + "\n\nOne more paragraph." * 4, tmp_path) > SCREEN["height"]


def test_a_newcomer_finds_what_it_is_the_commands_the_answer_and_the_limits() -> None:
    opening = TEXT.split("\n    git clone")[0]
    assert "A [Born machine](docs/glossary.md) is a quantum circuit" in opening
    assert all(f"*{term}*" in TEXT for term in ("explicit loss", "implicit loss", "quantum strategy"))
    assert all(f"({name})" in TEXT for name in ("KLD", "LQF", "MMD"))
    assert re.findall(r"^    (git clone|make \w+)", TEXT, re.MULTILINE) == ["git clone", "make reproduce", "make test"]
    rows = [line for line in TEXT.splitlines() if line.startswith(("| product", "| shallow", "| deep"))]
    assert [len(re.findall(r"<sub>\w[^<]{10,}</sub>", row)) for row in rows] == [3, 3, 3]
    assert len(re.findall(r"^- \*\*", TEXT, re.MULTILINE)) == 3
    assert "**Limitations.**" in TEXT
    assert re.search(r"<img [^>]*>\s*<br><sub>\w", TEXT)


def test_lines_have_at_most_100_characters() -> None:
    """Tables and HTML cannot be wrapped."""
    lines = [line for line in TEXT.splitlines() if not line.startswith(("|", "<"))]
    assert max(map(len, lines)) <= 100
