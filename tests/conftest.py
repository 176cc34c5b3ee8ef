"""For all tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import bornscape

# A checker of URL formats that jsonschema takes up where it finds it, and that nobody here asks: as in the Snakefile.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def pytest_configure() -> None:
    """Refuse to test another checkout's code, as the Snakefile refuses to run it."""
    source, wanted = Path(bornscape.__file__).resolve().parents[1], (Path(__file__).parents[1] / "src").resolve()
    if source != wanted:
        pytest.exit(f"the code of {source} would be tested, not that of {wanted}; say make environment", returncode=4)
