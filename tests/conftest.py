"""For all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

import bornscape
from bornscape.extras import without_url_grammar

without_url_grammar()


def pytest_configure() -> None:
    """Refuse to test another checkout's code, as the Snakefile refuses to run it."""
    source, wanted = Path(bornscape.__file__).resolve().parents[1], (Path(__file__).parents[1] / "src").resolve()
    if source != wanted:
        pytest.exit(f"the code of {source} would be tested, not that of {wanted}; say make environment", returncode=4)
