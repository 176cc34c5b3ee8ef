"""Names of the array types in annotations, once for the whole package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
"""Real numbers in double precision."""

Bits = NDArray[np.uint8]
"""Zeros and ones; a bitstring is a row, wire 0 (the most significant bit) first."""

Indices = NDArray[np.int64]
"""Basis-state indices, or counts."""

Words = NDArray[np.uint64]
"""64 bits of a bitstring, or of a Pauli word, a number."""

Flags = NDArray[np.bool_]
"""Yes or no, an entry."""

Complex = NDArray[np.complexfloating]
"""Amplitudes, in single or double precision."""

Parts = NDArray[np.floating]
"""Real and imaginary parts of amplitudes, in single or double precision."""

Config = Mapping[str, Any]
"""A configuration, or a section of one."""

Settings = Mapping[str, Any]
"""Settings of one entry: a study, a training, an experiment, a model, a claim."""

Row = dict[str, Any]
"""A row of a table to be, by column."""
