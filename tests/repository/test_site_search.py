"""The documentation's search, in a real browser, from files and without a network.

Skipped where no Chromium is found, but never where CI is set.
"""

from __future__ import annotations

from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config
from playwright.sync_api import sync_playwright

from support.browser import CHROMIUM, LONG, needs_browser

ROOT = Path(__file__).parents[2]


@needs_browser
def test_search_finds_a_page_from_files(tmp_path: Path) -> None:
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, timeout=LONG)
        page = browser.new_context(offline=True).new_page()
        page.set_default_timeout(LONG)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((tmp_path / "index.html").as_uri())
        page.fill("input.md-search__input", "bandwidth")
        page.wait_for_selector(".md-search-result__item")
        found = page.inner_text(".md-search-result__list")
        browser.close()
    assert "bandwidth" in found.lower()
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []
