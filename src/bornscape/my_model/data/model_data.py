"""A model's data: a built-in set, a file of samples or probabilities, or a user's generator, at each size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bornscape.aliases import Bits, Settings
from bornscape.datasets import Target, read_target
from bornscape.datasets.published import LISTED, listed_target
from bornscape.my_model.data.files import read_data
from bornscape.my_model.data.samples import as_bits, checked_weights, distribution
from bornscape.my_model.settings import samples_file
from bornscape.my_model.user_code import UserCodeError, call
from bornscape.seeds import generator

Columns = Sequence[int] | Mapping[str, Any]

UNLISTED_FROM = 21
"""Size from which the cardinality set is described by its formula alone, where words of it are all that is asked."""


def marginal(target: Target, columns: Sequence[int]) -> Target:
    """The marginal of some columns, which become the wires 0, 1, ... in the order in which they are given.

    Raises
    ------
    ValueError
        If the strings are shorter than that.
    """
    if len(columns) > target.n_qubits:
        raise ValueError(f"expected strings of at least {len(columns)} characters, got {target.n_qubits}")
    return distribution(target.bitstrings[:, list(columns)], target.probabilities)


def lattice_columns(rows: int, columns: int, n_qubits: int) -> list[int]:
    """Columns of the upper left part with n sites of a lattice that lies row by row: as square as fits.

    Raises
    ------
    ValueError
        If no part of it has n sites.

    Examples
    --------
    >>> lattice_columns(4, 4, 4), lattice_columns(4, 4, 6)
    ([0, 1, 4, 5], [0, 1, 2, 4, 5, 6])
    """
    parts = [(r, c) for r in range(1, rows + 1) for c in range(1, columns + 1)]
    fitting = [(r, c) for r, c in parts if r * c == n_qubits]
    if not fitting:
        sizes = sorted({r * c for r, c in parts})
        raise ValueError(f"no part of a lattice of {rows} x {columns} has {n_qubits} sites; these sizes have: {sizes}")
    high, wide = min(fitting, key=lambda part: (abs(part[0] - part[1]), part))
    return [row * columns + column for row in range(high) for column in range(wide)]


def columns_at(chosen: Columns | None, n_qubits: int) -> list[int]:
    """The columns, numbered from 0, that stand for the wires 0, 1, ... at n qubits.

    Parameters
    ----------
    chosen
        The key ``columns`` of a model's ``data``: all columns in the order in which larger sizes add them, a list for
        each size, ``{lattice: [rows, columns]}``, or ``file`` and ``function(n)`` that returns a list; None: 0, 1, ...

    Raises
    ------
    ValueError
        If there are none for n, or they are not n different numbers from 0.

    Examples
    --------
    >>> columns_at([5, 1, 4, 0], 2), columns_at({"4": [0, 1, 4, 5]}, 4), columns_at(None, 3)
    ([5, 1], [0, 1, 4, 5], [0, 1, 2])
    """
    if chosen is None:
        return list(range(n_qubits))
    if not isinstance(chosen, Mapping):
        return _checked_columns(list(chosen)[:n_qubits], n_qubits, "columns")
    if "lattice" in chosen:
        rows, columns = chosen["lattice"]
        return lattice_columns(rows, columns, n_qubits)
    if "file" in chosen:
        found = call(chosen["file"], chosen["function"], n_qubits)
        return _checked_columns(found, n_qubits, f"{chosen['file']}: {chosen['function']}")
    if str(n_qubits) not in chosen:
        raise ValueError(f"expected columns for n = {n_qubits}, as {n_qubits}: {list(range(n_qubits))}")
    return _checked_columns(chosen[str(n_qubits)], n_qubits, f"columns of n = {n_qubits}")


def _checked_columns(found: Any, n_qubits: int, where: str) -> list[int]:
    try:
        columns = [int(column) for column in found]
        whole = columns == list(found)
    except (TypeError, ValueError):
        columns, whole = [], False
    if not whole or len(columns) != n_qubits or len(set(columns)) != len(columns) or min(columns) < 0:
        raise ValueError(
            f"{where}: expected {n_qubits} different numbers of columns from 0, as {list(range(n_qubits))}, got {found}"
        )
    return columns


def columns_problem(chosen: Columns | None, width: int, n_qubits: int) -> str | None:
    """Why data of so many columns give none for n qubits; None if they do, or if a user's file says."""
    if isinstance(chosen, Mapping) and "file" in chosen:
        return None
    if chosen is None and width < n_qubits:
        return f"expected strings of at least {n_qubits} characters, got {width}"
    try:
        columns = columns_at(chosen, n_qubits)
    except ValueError as error:
        return str(error)
    return f"expected numbers of columns from 0 to {width - 1}, got {max(columns)}" if max(columns) >= width else None


def file_data(settings: Settings, n_qubits: int) -> Target:
    """Data from a file at n qubits, by its ``columns``.

    Raises
    ------
    ValueError
        If the file or its columns cannot be used.
    """
    path, chosen = str(samples_file(settings)), settings.get("columns")
    target = read_data(path)
    if problem := columns_problem(chosen, target.n_qubits, n_qubits):
        raise ValueError(f"{path}: {problem}")
    columns = columns_at(chosen, n_qubits)
    if max(columns) >= target.n_qubits:  # A user's function, which is asked once.
        raise ValueError(f"{path}: expected numbers of columns from 0 to {target.n_qubits - 1}, got {max(columns)}")
    return marginal(target, columns)


def _bits(found: ArrayLike, n_qubits: int, where: str) -> Bits:
    try:
        shape = np.shape(found)
    except ValueError:
        shape = ()
    if len(shape) != 2 or shape[1] != n_qubits or not shape[0]:
        raise UserCodeError(f"{where}: expected bitstrings of shape (M, {n_qubits}), got shape {shape}")
    try:
        return as_bits(found, where)
    except ValueError as error:
        raise UserCodeError(f"{error} (bitstrings of zeros and ones are expected)") from error


def generated(path: str, name: str, n_qubits: int, rng: np.random.Generator, **keywords: Any) -> Target:
    """Data from a user's ``function(n_qubits, rng)``: samples (M, n), or such strings and their probabilities (M,).

    Raises
    ------
    UserCodeError
        If it returns something else; the message names file and function.
    """
    returned, where = call(path, name, n_qubits, rng, **keywords), f"{path}: {name}"
    if not isinstance(returned, tuple):
        bits = _bits(returned, n_qubits, where)
        return distribution(bits)
    if len(returned) != 2:
        raise UserCodeError(f"{where}: expected bitstrings, or bitstrings and probabilities, got {len(returned)} parts")
    bits = _bits(returned[0], n_qubits, where)
    try:
        p = np.asarray(returned[1], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UserCodeError(f"{where}: expected {len(bits)} probabilities, got other values") from error
    if p.shape != (len(bits),):
        raise UserCodeError(f"{where}: expected {len(bits)} probabilities, got shape {p.shape}")
    try:
        return distribution(bits, checked_weights(p, "probability", where))
    except ValueError as error:
        raise UserCodeError(str(error)) from error


def data_of(settings: Settings, n_qubits: int, seed: int, made: str | Path | None = None) -> Target:
    """The target of a model at n qubits.

    Parameters
    ----------
    settings
        The model's ``data``: ``set``; ``samples`` or, the same, ``csv``, with optional ``columns`` (the first n); or
        ``file`` and ``function`` with optional ``keywords`` and a ``seed`` in place of the run's.
    made
        File of a built-in set that the workflow makes (jets, showers).
    """
    if samples_file(settings) is not None:
        return file_data(settings, n_qubits)
    if "file" in settings:
        rng = generator(settings.get("seed", seed), "model data", settings["function"], n_qubits)
        return generated(settings["file"], settings["function"], n_qubits, rng, **settings.get("keywords", {}))
    if settings["set"] in LISTED:
        return listed_target(settings["set"], n_qubits, generator(seed, "target", settings["set"]))
    if made is None:
        raise ValueError(f"data set {settings['set']!r}: expected the file that the workflow makes of it")
    return read_target(Path(made))
