"""A model's data: a built-in set, a CSV file of bitstrings or probabilities, or a user's generator."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bornscape.aliases import Float, Settings
from bornscape.datasets import Target, read_target
from bornscape.datasets.published import LISTED, listed_target
from bornscape.my_model.user_code import UserCodeError, call
from bornscape.seeds import generator

SUM_TOLERANCE = 1e-6
"""How far from 1 a user's probabilities may sum; they are divided by their sum."""


def _distribution(bits: NDArray, weights: Float) -> Target:
    """Equal strings put together, in the order of their value."""
    distinct, place = np.unique(bits.astype(np.uint8), axis=0, return_inverse=True)
    p = np.bincount(place.ravel(), weights=weights, minlength=len(distinct))
    positive = p > 0
    return Target(distinct[positive], p[positive] / p[positive].sum())


def first_columns(target: Target, n_qubits: int) -> Target:
    """The marginal of a target's first n columns: the rule by which data of one length serve several sizes.

    Raises
    ------
    ValueError
        If the strings are shorter than n.
    """
    if n_qubits > target.n_qubits:
        raise ValueError(f"expected strings of at least {n_qubits} characters, got {target.n_qubits}")
    return _distribution(target.bitstrings[:, :n_qubits], target.probabilities)


def _checked_probabilities(p: Float, where: str) -> Float:
    if not np.isfinite(p).all() or (p < 0).any():
        raise ValueError(f"{where}: expected finite probabilities, none below 0")
    if abs(p.sum() - 1) > SUM_TOLERANCE:
        raise ValueError(f"{where}: expected probabilities with sum 1, got sum {p.sum():.9g}")
    return p


def read_data(path: str | Path) -> Target:
    """Read a user's CSV file: a column ``bitstring`` (a row a sample), or ``bitstring`` and ``probability``.

    Raises
    ------
    ValueError
        If the file, its columns, its strings or its probabilities are not as above; the message names the file, and
        the row (the header is row 1).
    """
    try:
        table = pd.read_csv(path, dtype=str, index_col=False, keep_default_na=False)
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: expected a CSV file: {error}") from error
    names = [str(name).strip() for name in table.columns]
    if names not in (["bitstring"], ["bitstring", "probability"]) or table.empty:
        raise ValueError(
            f"{path}: expected a header 'bitstring' or 'bitstring,probability' and at least one row, got {names}"
        )
    strings = table.iloc[:, 0].str.strip().tolist()
    for row, text in enumerate(strings, start=2):
        if not text or set(text) - {"0", "1"}:
            raise ValueError(f"{path}: row {row}: bitstring: expected characters 0 and 1, got {text!r}")
        if len(text) != len(strings[0]):
            raise ValueError(
                f"{path}: row {row}: bitstring: expected {len(strings[0])} characters as in the first, got {len(text)}"
            )
    bits = np.frombuffer("".join(strings).encode(), dtype=np.uint8).reshape(len(strings), -1) - ord("0")
    if len(names) == 1:
        return _distribution(bits, np.full(len(bits), 1 / len(bits)))
    if len(set(strings)) < len(strings):
        raise ValueError(f"{path}: bitstring: expected distinct strings beside probabilities")
    p = pd.to_numeric(table.iloc[:, 1], errors="coerce").to_numpy(dtype=np.float64)
    return _distribution(bits, _checked_probabilities(p, f"{path}: probability"))


def _bits(found: ArrayLike, n_qubits: int, where: str) -> NDArray:
    bits = np.asarray(found)
    if bits.ndim != 2 or bits.shape[1] != n_qubits or not len(bits):
        raise UserCodeError(f"{where}: expected bitstrings of shape (M, {n_qubits}), got shape {bits.shape}")
    if bits.dtype.kind not in "biuf" or not np.isin(bits, (0, 1)).all():
        raise UserCodeError(f"{where}: expected bitstrings of zeros and ones")
    return bits


def generated(path: str, name: str, n_qubits: int, rng: np.random.Generator) -> Target:
    """Data from a user's ``function(n_qubits, rng)``: samples (M, n), or such strings and their probabilities (M,).

    Raises
    ------
    UserCodeError
        If it returns something else; the message names file and function.
    """
    returned, where = call(path, name, n_qubits, rng), f"{path}: {name}"
    if not isinstance(returned, tuple):
        bits = _bits(returned, n_qubits, where)
        return _distribution(bits, np.full(len(bits), 1 / len(bits)))
    if len(returned) != 2:
        raise UserCodeError(f"{where}: expected bitstrings, or bitstrings and probabilities, got {len(returned)} parts")
    bits, p = _bits(returned[0], n_qubits, where), np.asarray(returned[1], dtype=np.float64)
    if p.shape != (len(bits),):
        raise UserCodeError(f"{where}: expected {len(bits)} probabilities, got shape {p.shape}")
    try:
        return _distribution(bits, _checked_probabilities(p, where))
    except ValueError as error:
        raise UserCodeError(str(error)) from error


def data_of(settings: Settings, n_qubits: int, seed: int, made: str | Path | None = None) -> Target:
    """The target of a model at n qubits.

    Parameters
    ----------
    settings
        The model's ``data``: ``set``, ``csv`` (its first n columns), or ``file`` and ``function`` with an optional
        ``seed`` in place of the run's.
    made
        File of a built-in set that the workflow makes (jets, showers).
    """
    if "csv" in settings:
        return first_columns(read_data(settings["csv"]), n_qubits)
    if "file" in settings:
        rng = generator(settings.get("seed", seed), "model data", settings["function"], n_qubits)
        return generated(settings["file"], settings["function"], n_qubits, rng)
    if settings["set"] in LISTED:
        return listed_target(settings["set"], n_qubits, generator(seed, "target", settings["set"]))
    if made is None:
        raise ValueError(f"data set {settings['set']!r}: expected the file that the workflow makes of it")
    return read_target(Path(made))
