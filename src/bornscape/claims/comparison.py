"""One measured number beside what is expected of it, and the tables of a run that it is read from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.artifacts import table_path
from bornscape.datasets import Target, read_target
from bornscape.formulas import Bandwidth, bandwidth_values


@dataclass(frozen=True)
class Comparison:
    """One measured number beside what is expected of it.

    Attributes
    ----------
    label
        Where it was measured, in words.
    estimate, low, high
        The number and its interval (equal to it where it has none).
    expected
        What it is compared with: a number, or the name of a law.
    deviation
        identity: relative difference; monte_carlo and bound: difference in standard errors (bound: above the bound is
        positive); ordering: one-sided p that the order is as claimed by chance; digitised: relative difference.
    reversed_deviation
        ordering: the p of the opposite order.
    found
        scaling: the preferred law.
    needed
        ordering: how many repetitions would decide, in words; empty where the order is decided.
    exact
        The number has no error but rounding, of which ``deviation`` is then a multiple: nothing for a reader.
    """

    label: str
    estimate: float
    low: float
    high: float
    expected: float | str
    deviation: float = np.nan
    reversed_deviation: float = np.nan
    found: str = ""
    needed: str = ""
    exact: bool = False

    @classmethod
    def of_exact(cls, label: str, value: float, expected: float, deviation: float) -> Comparison:
        """A number without an interval, whose deviation is in units of rounding."""
        return cls(label, value, value, value, expected, deviation, exact=True)


@dataclass(frozen=True)
class Tables:
    """The tables of one run, each read when first used.

    Attributes
    ----------
    folder
        Of the run.
    bandwidths
        Of the entries of its configuration: entry -> label that tables have -> formula of n, or several.
    """

    folder: Path
    bandwidths: Mapping[str, Mapping[str, Bandwidth]] = field(default_factory=dict)
    _kept: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)
    _targets: dict[tuple[str, int], Target] = field(default_factory=dict, repr=False, compare=False)

    def read(self, name: str) -> pd.DataFrame:
        """The table ``<name>.csv`` of the run, or that compressed; bandwidths and bitstrings are text."""
        if name not in self._kept:
            text = {"bandwidth": str, "bitstring": str}
            self._kept[name] = pd.read_csv(table_path(self.folder, name), dtype=text)  # type: ignore[arg-type]
        return self._kept[name]

    def bandwidth(self, entry: str, label: str, n_qubits: int) -> float:
        """The bandwidth s that a label of an entry's tables means at n qubits.

        Raises
        ------
        ValueError
            If the run's configuration has no such label, or the label means a mean of kernels.
        """
        if label not in self.bandwidths.get(entry, {}):
            raise ValueError(f"{self.folder}: bandwidths of {entry}: expected one called {label!r}")
        values = bandwidth_values(self.bandwidths[entry][label], n_qubits)
        if len(values) != 1:
            raise ValueError(f"bandwidth {label!r} of {entry}: expected one kernel, got {len(values)}")
        return values[0]

    def target(self, dataset: str, n_qubits: int) -> Target:
        """A target distribution of the run: one object each time, so that what is made of it can be kept by it."""
        key = (dataset, int(n_qubits))
        if key not in self._targets:
            self._targets[key] = read_target(self.folder / "targets" / f"{dataset}_n{n_qubits}.csv")
        return self._targets[key]


Measurement = Callable[[Tables, Settings], list[Comparison]]
"""From the tables of a run and a claim's settings to what its judge compares."""
