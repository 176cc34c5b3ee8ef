"""The documentation in a real browser, from files and without a network: search, small screens and what axe finds.

Skipped where no Chromium is found, but never where CI is set.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from playwright.sync_api import Browser, Page

from support.browser import LONG, chromium, faults, needs_browser

ROOT = Path(__file__).parents[2]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LOOKED_AT = ("index.html", "figures.html", "use/conventions.html")
"""Pages with all kinds of what the others have: links in sentences, lists and tables, code, pictures, quotations."""

pytestmark = needs_browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder)))
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def opened(browser: Browser, viewport: dict[str, int], scheme: str = "light") -> Page:
    context = browser.new_context(offline=True, viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(LONG)
    return page


def test_search_finds_a_page_from_files(site: Path, browser: Browser) -> None:
    page = opened(browser, DESKTOP)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / "index.html").as_uri())
    page.fill("input.md-search__input", "bandwidth")
    page.wait_for_selector(".md-search-result__item")
    assert "bandwidth" in page.inner_text(".md-search-result__list").lower()
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
    page.context.close()


@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "light"), (DESKTOP, "dark")], ids=["phone", "desktop"])
def test_pages_have_no_serious_fault(site: Path, browser: Browser, viewport: dict[str, int], scheme: str) -> None:
    page = opened(browser, viewport, scheme)
    for name in LOOKED_AT:
        page.goto((site / name).as_uri())
        page.wait_for_function("document.querySelectorAll('.md-typeset table:not([class])').length ==="
                               " document.querySelectorAll('.md-typeset__scrollwrap').length")  # fmt: skip
        assert faults(page) == []
    page.evaluate("document.querySelector('.md-search').removeAttribute('aria-label')")
    assert [fault.split(":")[0] for fault in faults(page)] == ["aria-dialog-name"]
    page.context.close()


TOO_WIDE = """[...document.querySelectorAll(".md-content__inner *")]
    .filter((one) => !one.closest("table, pre, .md-typeset__scrollwrap"))
    .filter((one) => one.getBoundingClientRect().right > window.innerWidth)
    .map((one) => one.outerHTML.slice(0, 100))"""
"""What leaves the screen, but for tables and code, which scroll by themselves."""


def test_no_page_is_wider_than_a_phone(site: Path, browser: Browser) -> None:
    page = opened(browser, PHONE)
    wide = {}
    for path in sorted(site.rglob("*.html")):
        page.goto(path.as_uri(), wait_until="domcontentloaded")
        wide[path.name] = page.evaluate(TOO_WIDE)
    assert {name: found for name, found in wide.items() if found} == {}
    page.evaluate("document.querySelector('.md-content__inner p').style.width = '500px'")
    assert page.evaluate(TOO_WIDE) != []
    page.context.close()
