"""Writing artifacts: whole or not at all, and the same bytes for the same content."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from bornscape.extras import extra

FLOAT_FORMAT = "%.12g"
"""Tables keep 12 digits: more than any estimate has, and free of the last bits of rounding."""


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside ``path``; rename it to ``path`` when the block ends without an error."""
    final = Path(path)
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary = final.with_name(f".{final.stem}.{os.getpid()}.tmp{final.suffix}")
    try:
        yield temporary
        with open(temporary, "rb") as handle:
            os.fsync(handle.fileno())
        temporary.replace(final)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(text: str, path: str | Path) -> None:
    """Write UTF-8 text atomically."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(content: Any, path: str | Path) -> None:
    """Write JSON atomically, indented."""
    write_text(json.dumps(content, indent=2) + "\n", path)


def write_table(table: pd.DataFrame, path: str | Path) -> None:
    """Write a table as CSV atomically: UTF-8, header, '.' decimal, empty where there is no value.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "table.csv"
    ...     write_table(pd.DataFrame({"n_qubits": [2, 3], "value": [1 / 3, None]}), path)
    ...     path.read_text()
    'n_qubits,value\\n2,0.333333333333\\n3,\\n'
    """
    with atomic(path) as temporary:
        table.to_csv(temporary, index=False, float_format=FLOAT_FORMAT, lineterminator="\n")


def compress(path: Path) -> Path:
    """Put ``NAME.csv.gz`` in the place of a table ``NAME.csv``; the same bytes for the same table."""
    packed = path.with_name(f"{path.name}.gz")
    with atomic(packed) as temporary:
        temporary.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    path.unlink()
    return packed


def table_path(run: Path, name: str) -> Path:
    """Where a run has a table: ``NAME.csv``, or ``NAME.csv.gz`` if that alone is there, as git keeps large ones.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_table(pd.DataFrame({"n_qubits": [2]}), Path(folder, "table.csv"))
    ...     packed = compress(table_path(Path(folder), "table"))
    ...     found = table_path(Path(folder), "table")
    ...     found.name, packed == found, pd.read_csv(found)["n_qubits"].tolist()
    ('table.csv.gz', True, [2])
    """
    plain, packed = run / f"{name}.csv", run / f"{name}.csv.gz"
    return packed if packed.is_file() and not plain.is_file() else plain


def need_parquet() -> None:
    """Raise ``ModuleNotFoundError`` with the cure if pandas cannot read and write Parquet here."""
    with extra("workflow"):
        import pyarrow  # noqa: F401


def write_draws(table: pd.DataFrame, path: str | Path) -> None:
    """Write draws as Parquet atomically."""
    need_parquet()
    with atomic(path) as temporary:
        table.to_parquet(temporary, index=False, compression="zstd")


def joined(paths: Sequence[str | Path]) -> str:
    """Tables of the same columns one below the other, as they are written.

    Raises
    ------
    ValueError
        If one has other columns; the message names it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paths = [Path(folder) / f"{n}.csv" for n in (2, 3)]
    ...     for n, path in zip((2, 3), paths):
    ...         write_table(pd.DataFrame({"n_qubits": [n]}), path)
    ...     joined(paths)
    'n_qubits\\n2\\n3\\n'
    """
    header, text = None, ""
    for path in paths:
        first, rows = Path(path).read_text(encoding="utf-8").split("\n", 1)
        if header is None:
            header = first
        if first != header:
            raise ValueError(f"{path}: expected the columns {header}, found {first}")
        text += rows
    return f"{header}\n{text}"


def read_draws(path: str | Path) -> pd.DataFrame:
    """Read draws written by ``write_draws``.

    Raises
    ------
    ValueError
        If the file is damaged; the message names it.
    """
    need_parquet()
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"{path}: expected a Parquet file of draws; delete it to have it made again: {error}"
        ) from error


def sha256(path: str | Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
