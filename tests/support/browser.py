"""A Chromium for tests; skipped where none is found, but never where CI is set."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_browser = pytest.mark.skipif(CHROMIUM is None and "CI" not in os.environ, reason="no Chromium on the PATH")

LONG = 120_000
"""Milliseconds after which the browser is given up, on a machine that may be busy."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser that is closed in the end."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, timeout=LONG)
        yield started
        started.close()
