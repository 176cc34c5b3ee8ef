"""For all tests."""

from __future__ import annotations

import sys

# A checker of URL formats that jsonschema takes up where it finds it, and that nobody here asks: as in the Snakefile.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
