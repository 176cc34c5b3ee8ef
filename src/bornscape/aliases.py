"""Names of the array types in annotations, once for the whole package."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
"""Real numbers in double precision."""

Bits = NDArray[np.uint8]
"""Zeros and ones; a bitstring is a row, wire 0 (the most significant bit) first."""

Indices = NDArray[np.int64]
"""Basis-state indices, or counts."""

Row = dict[str, Any]
"""A row of a table to be, by column."""
