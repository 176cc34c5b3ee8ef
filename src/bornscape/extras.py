"""Packages that only a part of the library needs: a missing one is told in a line that cures it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Around the import of what pyproject.toml lists under an extra, such as ``hep`` or ``report``.

    Raises
    ------
    ModuleNotFoundError
        If the package is missing, with the command that installs it.

    Examples
    --------
    >>> with extra("hep"):
    ...     import no_such_package
    Traceback (most recent call last):
    ModuleNotFoundError: no_such_package is not installed; it comes with: pip install "bornscape[hep]"
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").split(".")[0]
        if not missing or missing == "bornscape":
            raise
        cure = f'pip install "bornscape[{name}]"'
        raise ModuleNotFoundError(
            f"{missing} is not installed; it comes with: {cure}", name=error.name, path=error.path
        ) from None


def versions(names: Iterable[str]) -> dict[str, str]:
    """Versions of packages, of those alone that are installed.

    Examples
    --------
    >>> sorted(versions(["numpy", "no-such-package"]))
    ['numpy']
    """
    found = {}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def pennylane() -> Any:
    """PennyLane, imported without JAX, which it takes up where it finds it: seconds for each process with a circuit."""
    if "pennylane" not in sys.modules and "jax" not in sys.modules:
        sys.modules["jax"] = None  # type: ignore[assignment]
        try:
            import pennylane  # noqa: F401
        finally:
            del sys.modules["jax"]
    import pennylane as qml

    return qml


def without_url_grammar() -> None:
    """Let jsonschema do without a checker of URLs that nobody here asks, where it is imported later.

    It takes the checker up where it finds it, and compiles grammars for seconds at every start of Snakemake, which on a
    cluster is twice a job, and of nbformat.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
