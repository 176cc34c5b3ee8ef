"""Reading a user's file of samples or of a distribution: text, JSON, NumPy or Parquet, told apart by what is in it.

Text is UTF-8 or UTF-16, plain or gzipped, and separated by commas, semicolons, tabs or spaces. A refusal is one line
that names the file and ends with something that would work.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import re
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bornscape.artifacts import need_parquet
from bornscape.datasets import Target
from bornscape.my_model.data.samples import as_bits, distribution
from bornscape.my_model.data.tables import HEADERS, Table

LARGEST_TEXT = 2**31
"""Bytes of a gzipped file's text: a small file can hold any number."""

_BINARY = {
    b"PK\x03\x04": 'np.save("bits.npy", np.load("{path}")["NAME"]) for an npz, or save a sheet as CSV',
    b"\x89HDF": 'np.save("bits.npy", h5py.File("{path}")["NAME"][:])',
    b"\x80": 'np.save("bits.npy", np.array(samples)): a pickle is not read, as it can run code',
}
"""How files that are not understood begin, and what to do with them."""


def read_data(path: str | Path) -> Target:
    """Read a user's data, whose rows are samples or distinct strings with their probabilities.

    - Text with a header: ``bitstring``, alone or beside ``probability`` or ``count``; or a column a bit under any
      names, beside which there may be a ``probability`` or a ``count``.
    - Text without: a bitstring a row, or a matrix of 0 and 1, or of -1 and 1 (+1 is the bit 0, as for Z).
    - JSON: counts or probabilities, {"0110": 12, ...}; or a list of bitstrings, or of rows of bits.
    - A NumPy array (npy) of such samples, (M, n), or booleans; a Parquet table with columns as above.

    Raises
    ------
    ValueError
        If the file is none of these; the message names the file and, for text, the line (the header is row 1).
    """
    try:
        stat = Path(path).stat()
        return _read(str(path), stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror or error}") from error


@lru_cache(maxsize=4)
def _read(path: str, changed: int, size: int) -> Target:
    """The file as of that change and size: a large one is read once."""
    raw = _unpacked(path, Path(path).read_bytes())
    if raw.startswith(b"\x93NUMPY"):
        bits = as_bits(_array(path, raw), path)
        return distribution(bits)
    if raw.startswith(b"PAR1"):
        try:
            need_parquet()
            frame = pd.read_parquet(io.BytesIO(raw))
        except ModuleNotFoundError as error:
            raise ValueError(f"{path}: a Parquet file, and {error}; or save it as CSV") from None
        except (ValueError, OSError) as error:
            raise ValueError(f"{path}: expected a Parquet file: {_one_line(error)}") from error
        return Table(path, frame, [str(name) for name in frame.columns], list(range(1, len(frame) + 1)), ",").target()
    for beginning, cure in _BINARY.items():
        if raw.startswith(beginning):
            raise ValueError(f"{path}: expected a CSV file, JSON, npy or Parquet; {cure.format(path=path)}")
    text = _decoded(path, raw)
    return _of_json(path, text) if text.lstrip().startswith(("{", "[")) else _of_text(path, text)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _unpacked(path: str, raw: bytes) -> bytes:
    if not raw.startswith(b"\x1f\x8b"):
        return raw
    try:
        with gzip.open(io.BytesIO(raw)) as stream:
            text = stream.read(LARGEST_TEXT + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path}: expected a whole gzip file: {_one_line(error)}; gzip -t {path} tells") from error
    if len(text) > LARGEST_TEXT:
        raise ValueError(f"{path}: expected at most {LARGEST_TEXT} bytes when unpacked; save an npy of uint8 instead")
    return text


def _array(path: str, raw: bytes) -> np.ndarray:
    try:
        found: np.ndarray = np.load(io.BytesIO(raw), allow_pickle=False)
    except (ValueError, EOFError) as error:
        cure = 'np.save("bits.npy", np.array(samples, dtype=np.uint8))'
        raise ValueError(f"{path}: expected a NumPy array of numbers: {_one_line(error)}; {cure}") from error
    return found


def _decoded(path: str, raw: bytes) -> str:
    encoding = "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        cure = f"iconv -f LATIN1 -t UTF-8 {path} > bits.csv"
        raise ValueError(f"{path}: expected a CSV file in UTF-8 or UTF-16: {_one_line(error)}; {cure}") from error
    if "\0" in text:
        cure = f"iconv -f UTF-16LE -t UTF-8 {path} > bits.csv, if it is text"
        raise ValueError(f"{path}: expected a CSV file, got one with zero bytes; {cure}")
    return text


class _Pairs(list[tuple[str, Any]]):
    """A JSON object, in which a key may come twice."""


def _of_json(path: str, text: str) -> Target:
    cure = 'json.dump({"0110": 12, "0000": 3}, file) writes counts'
    try:
        found = json.loads(text, object_pairs_hook=_Pairs)
    except ValueError as error:
        raise ValueError(f"{path}: expected JSON, as it begins with {text.lstrip()[0]}: {error}; {cure}") from error
    if found and isinstance(found, _Pairs) and all(type(value) in (int, float) for _, value in found):
        whole = all(isinstance(value, int) for _, value in found)
        frame = pd.DataFrame({"bitstring": [key for key, _ in found], "weight": [value for _, value in found]})
        names = ["bitstring", "count" if whole else "probability"]
    elif found and all(isinstance(row, str) for row in found):
        frame, names = pd.DataFrame({"bitstring": found}), ["bitstring"]
    elif found and all(isinstance(row, list) and not isinstance(row, _Pairs) for row in found):
        if any(isinstance(bit, list) for row in found for bit in row) or len({len(row) for row in found}) > 1:
            raise ValueError(f"{path}: expected rows of bits, all of one length; {cure}")
        return distribution(as_bits(np.array(found), path))
    else:
        raise ValueError(f"{path}: expected bitstrings with numbers, or a list of bitstrings; {cure}")
    return Table(path, frame.astype(object), names, list(range(1, len(frame) + 1)), ",").target()


def _of_text(path: str, text: str) -> Target:
    numbered = enumerate(re.split(r"\r\n|\r|\n", text), start=1)
    kept = [(number, line) for number, line in numbered if line.strip() and not line.lstrip().startswith("#")]
    if not kept:
        raise ValueError(f"{path}: expected a CSV file with {HEADERS}, got an empty file")
    lines = [number for number, _ in kept]
    separator = next((sep for sep in ";,\t" if any(sep in line for _, line in kept[:2])), " ")
    rows = _split(path, [line for _, line in kept], separator)
    if all(len(row) > 1 and not row[-1] for row in rows):  # Every line ends with a separator.
        rows = [row[:-1] for row in rows]
    names = None if _is_data(rows[0]) else rows[0]
    if names is not None:
        rows, lines = rows[1:], lines[1:]
    if not rows:
        raise ValueError(
            f"{path}: expected {HEADERS}, and at least one row below it, got {separator.join(names or [])!r}"
        )
    _check_widths(path, names, rows, lines, separator)
    return Table(path, pd.DataFrame(rows, dtype=object), names, lines, separator).target()


def _split(path: str, lines: list[str], separator: str) -> list[list[str]]:
    if separator == " ":
        return [[value.strip("\"'") for value in line.split()] for line in lines]
    try:
        rows = [[value.strip() for value in row] for row in csv.reader(lines, delimiter=separator, strict=True)]
    except csv.Error as error:
        raise ValueError(f"{path}: expected a CSV file: {error}") from error
    if len(rows) != len(lines):
        raise ValueError(f"{path}: expected a CSV file without line breaks in quotes")
    return rows


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_data(row: list[str]) -> bool:
    """Whether a first row is none of names: numbers, but not the columns' numbers 0, 1, 2, ... or 1, 2, ..."""
    numbering = any(row == [str(first + k) for k in range(len(row))] and first + len(row) > 2 for first in (0, 1))
    return all(map(_is_number, row)) and not (len(row) > 1 and numbering)


def _check_widths(path: str, names: list[str] | None, rows: list[list[str]], lines: list[int], separator: str) -> None:
    expected = len(names or rows[0])
    wrong = next((k for k, row in enumerate(rows) if len(row) != expected), None)
    if wrong is None:
        return
    row = rows[wrong]
    like = f"as the header {separator.join(names)!r} names" if names else "as in the first row"
    cure = f"write {expected} in every row"
    if names and names[0].lower() == "bitstring":
        cure = "write the header 'bitstring,probability' or 'bitstring,count' if the second is one of these"
        if not set("".join(row)) - {"0", "1"}:
            cure = "leave the header out if every row is a sample with its bits apart"
    given = f"row {lines[wrong]}: expected {expected} value{'s' * (expected > 1)}, {like}, got {len(row)}"
    raise ValueError(f"{path}: {given}: {separator.join(row)!r}; {cure}")
