"""Tables and settings in plain lists, strings and numbers, as JSON takes them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row of a table in numbers and strings: no value is None, infinity is "inf"."""
    found: dict[str, Any] = {}
    for key, value in row.items():
        value = value.item() if hasattr(value, "item") else value
        if isinstance(value, float) and not math.isfinite(value):
            value = None if math.isnan(value) else str(value)
        found[str(key)] = value
    return found


def words_only(value: Any) -> Any:
    """Settings without what Python holds behind them."""
    if isinstance(value, Mapping):
        return {str(key): words_only(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [words_only(part) for part in value]
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)
