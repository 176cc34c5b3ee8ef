"""What a person gives to ``bs.trainability`` or to the shell, as the settings of a model."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bornscape.datasets import Target
from bornscape.datasets.images import IMAGE_SETS
from bornscape.datasets.published import LISTED
from bornscape.my_model.data.files import read_data
from bornscape.my_model.data.model_data import columns_at, columns_problem
from bornscape.my_model.data.samples import as_bits, checked_weights
from bornscape.my_model.losses import KINDS
from bornscape.my_model.settings import USER_LOSSES
from bornscape.my_model.user_code import FromPython

BANDWIDTH = "n/4"
"""The MMD's bandwidth where none is given: it grows with n, so that the loss stays one of few bits (Eq. 49)."""

SIZES = range(4, 11)
"""Sizes where none are given, as far as the data are long enough."""

LOSS_KEYS = ("kind", "bandwidth", "epsilon", "words", "file", "function", "derivative", "keywords", "inputs")
DATA_KEYS = ("set", "samples", "csv", "columns", "file", "function", "keywords", "inputs", "seed")
START_KEYS = ("kind", "scale", "file", "function", "keywords", "inputs")


class Part(NamedTuple):
    """A part of a model's settings, and the sizes or the number of bits that it brings with it (None: any)."""

    settings: dict[str, Any]
    fits: Any = None


def name_of(function: Any) -> str:
    """How messages call a function.

    Examples
    --------
    >>> name_of(name_of), name_of(lambda q, p: 0)
    ('name_of', 'function')
    """
    name = str(getattr(function, "__name__", type(function).__name__))
    return name if name.isidentifier() else "function"


def held(functions: Mapping[str, Any]) -> dict[str, Any]:
    """The keys ``file`` and ``function`` for the first of some things that come from Python."""
    return {"file": FromPython(functions), "function": next(iter(functions))}


def check_keys(name: str, given: Mapping[Any, Any], known: Sequence[str]) -> None:
    """Refuse settings that a configuration does not have either.

    Raises
    ------
    ValueError
        At the first such key.
    """
    if unknown := [key for key in given if key not in known]:
        raise ValueError(f"{name}: unknown key {unknown[0]!r}; expected some of {list(known)}")


def parsed_sizes(text: str) -> list[int]:
    """Numbers of qubits as they are written in a shell: 8, or 4-10, or 4,6,8, or 4-8,10,12.

    Raises
    ------
    ValueError
        If it is none of these.

    Examples
    --------
    >>> parsed_sizes("4-8,10,12")
    [4, 5, 6, 7, 8, 10, 12]
    """
    sizes: list[int] = []
    try:
        for part in text.split(","):
            first, dash, last = part.partition("-")
            sizes += range(int(first), int(last if dash else first) + 1)
    except ValueError:
        sizes = []
    if not sizes:
        raise ValueError(f"sizes: expected numbers of qubits such as 8, 4-10 or 4,6,8, got {text!r}")
    return sizes


def loss_parts(loss: Any) -> dict[str, dict[str, Any]]:
    """The settings ``losses``: label -> loss.

    Raises
    ------
    ValueError
        If one is no loss, or two have the same name.

    Examples
    --------
    >>> loss_parts(["mmd", "kld"])
    {'mmd': {'kind': 'mmd', 'bandwidth': 'n/4'}, 'kld': {'kind': 'kld'}}
    >>> loss_parts({"narrow": {"kind": "mmd", "bandwidth": 0.1}})
    {'narrow': {'kind': 'mmd', 'bandwidth': 0.1}}
    """
    if isinstance(loss, Mapping) and "kind" not in loss:
        found = {str(label): _one_loss(one) for label, one in loss.items()}
    else:
        several = list(loss) if isinstance(loss, (list, tuple)) else [loss]
        parts = [_one_loss(one) for one in several]
        labels = [part.get("function", part["kind"]) for part in parts]
        if len(set(labels)) < len(labels):
            raise ValueError(f"loss: expected different losses, got {labels}; {{'name': loss, ...}} tells them apart")
        found = dict(zip(labels, parts, strict=True))
    if not found:
        raise ValueError(f"loss: expected at least one of {list(KINDS)}, got none")
    return found


def _one_loss(loss: Any) -> dict[str, Any]:
    if callable(loss):
        return {"kind": "function"} | held({name_of(loss): loss})
    settings = {"kind": loss} if isinstance(loss, str) else dict(loss) if isinstance(loss, Mapping) else {}
    if settings.get("kind") not in KINDS or (isinstance(loss, str) and loss in USER_LOSSES):
        raise ValueError(f"loss: expected one of {list(KINDS)}, {{'kind': ...}} or a function of (q, p), got {loss!r}")
    if settings["kind"] == "mmd":
        settings.setdefault("bandwidth", BANDWIDTH)
    check_keys("loss", settings, LOSS_KEYS)
    functions: dict[str, Any] = {}
    for key in ("function", "derivative", "words"):
        if callable(function := settings.get(key)):
            settings[key] = key if name_of(function) in functions else name_of(function)
            functions[settings[key]] = function
    if functions:
        settings["file"] = FromPython(functions)
    return settings


def data_part(data: Any, columns: Any) -> Part:
    """The settings ``data``, and how many bits there are (None: as many as asked for).

    Raises
    ------
    ValueError
        If it is nothing that holds data; what a file holds is looked at here too.
    """
    chosen = {} if columns is None else {"columns": columns}
    if isinstance(data, (str, os.PathLike)):
        path = os.fspath(data)
        if path in LISTED:
            return Part({"set": path} | chosen)
        if path in IMAGE_SETS:
            raise ValueError(
                f"data: {path} are made by the workflow; expected the file that a run made of them, such as "
                f"'results/default/targets/{path}_n16.csv'"
            )
        if not Path(path).is_file():
            raise ValueError(f"data: expected one of {sorted(LISTED)}, or the path of an existing file, got {path!r}")
        return Part({"samples": path} | chosen, read_data(path).n_qubits)
    if isinstance(data, Mapping) and not (data and all(_is_string(key) for key in data)):
        check_keys("data", data, DATA_KEYS)
        return Part(dict(data) | chosen)
    if callable(data):
        return Part(held({name_of(data): data}) | chosen)
    bits, weights = _bits_and_weights(data)

    def given(n_qubits: int, rng: np.random.Generator) -> Any:
        if problem := columns_problem(columns, bits.shape[1], n_qubits):
            raise ValueError(problem)
        part = bits[:, columns_at(columns, n_qubits)]
        return part if weights is None else (part, weights)

    return Part(held({"data": given}), bits.shape[1])


def _is_string(row: Any) -> bool:
    return isinstance(row, str) and row != "" and not set(row) - {"0", "1"}


def _rows(strings: Sequence[str]) -> Any:
    return as_bits([[int(bit) for bit in string] for string in strings], "data")


def _bits_and_weights(data: Any) -> tuple[Any, Any]:
    if isinstance(data, Target):
        return data.bitstrings, data.probabilities
    if isinstance(data, Mapping):
        values = np.asarray(list(data.values()), dtype=np.float64)
        counts = bool((values == np.floor(values)).all())
        weights = checked_weights(values, "count" if counts else "probability", "data")
        return _rows(list(data)), weights / weights.sum()
    if isinstance(data, (list, tuple)) and data and all(_is_string(row) for row in data):
        return _rows(data), None
    if isinstance(data, tuple) and len(data) == 2 and np.ndim(data[1]) == 1:
        bits = as_bits(data[0], "data")
        if np.shape(data[1]) != (len(bits),):
            raise ValueError(f"data: expected {len(bits)} probabilities, got shape {np.shape(data[1])}")
        return bits, checked_weights(np.asarray(data[1], dtype=np.float64), "probability", "data")
    return as_bits(data, "data"), None


def start_part(initialisation: Any) -> dict[str, Any]:
    """The settings ``initialisation``.

    Raises
    ------
    ValueError
        If it is no start.
    """
    if callable(initialisation):
        return held({name_of(initialisation): initialisation})
    if isinstance(initialisation, Mapping):
        check_keys("initialisation", initialisation, START_KEYS)
        return dict(initialisation)
    if initialisation == "uniform":
        return {"kind": "uniform"}
    raise ValueError(
        "initialisation: expected 'uniform', {'kind': 'small', 'scale': '1/n'} or a function of (n_qubits, "
        f"n_parameters, bitstrings, probabilities, rng), got {initialisation!r}"
    )


def whole(name: str, value: Any, least: int) -> int:
    """``value`` as a whole number of at least ``least``; a ``ValueError`` with its name if it is none."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or value < least:
        raise ValueError(f"{name}: expected a whole number of at least {least}, got {value!r}")
    return int(value)


def sizes_of(sizes: Any, fixed: Any, bits: int | None) -> list[int]:
    """The sizes asked for, in order; those that the circuit fixes, or ``SIZES`` as far as the data are long enough.

    Raises
    ------
    ValueError
        If there are none, or they are not whole numbers from 2.
    """
    if sizes is None:
        sizes = fixed or [n for n in SIZES if bits is None or n <= bits] or [bits]
    found = [sizes] if isinstance(sizes, (int, np.integer)) else list(sizes) if isinstance(sizes, Iterable) else []
    whole = all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n >= 2 for n in found)
    if not found or not whole or len(set(found)) < len(found):
        raise ValueError(f"sizes: expected different whole numbers from 2, such as 8 or [4, 6, 8], got {sizes!r}")
    if fixed and not set(found) <= set(fixed):
        raise ValueError(f"sizes: expected some of {fixed}, which the circuit has, got {found}")
    return sorted(int(n) for n in found)
