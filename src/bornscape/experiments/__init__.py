"""Experiments beyond variances and training: one module a kind, all of one shape, run by two rules of the workflow.

A kind's module has

- ``COLUMNS``, the columns of its evidence table,
- ``measure(n_qubits, settings, targets, rng)``, which returns the rows that one job measured at one size, and
- ``table(rows, settings)``, which makes the evidence table, ``<experiment>.csv``, of the rows of all jobs.

``settings`` is the experiment's entry in the configuration without what only says how many jobs there are
(``n_qubits``, ``chunks``). The rows of all jobs carry ``n_qubits`` and ``chunk``. Libraries that are slow to import are
imported where they are used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

import numpy as np
import pandas as pd

from bornscape.aliases import Settings
from bornscape.datasets import Targets


class Experiment(Protocol):
    """What the module of a kind holds."""

    COLUMNS: list[str]

    def measure(self, n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
        """Rows that one job measured."""

    def table(self, rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
        """The evidence table of all rows."""


def experiment_of(kind: str) -> Experiment:
    """The module of a kind.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> experiment_of("bodyness_weights").COLUMNS
    ['bandwidth', 'n_qubits', 'wires', 'weight']
    >>> experiment_of("astrology")
    Traceback (most recent call last):
    ...
    ValueError: experiment of kind 'astrology': no such kind
    """
    try:
        return import_module(f"bornscape.experiments.{kind}")  # type: ignore[return-value]
    except ModuleNotFoundError as error:
        raise ValueError(f"experiment of kind {kind!r}: no such kind") from error
