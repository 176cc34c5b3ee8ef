"""Functions from Python files that a configuration names by their path; besides them only what they import is run."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bornscape.extras import pennylane
from bornscape.my_model.neighbours import AsWritten, importing_beside


class UserCodeError(ValueError):
    """A user's file, function or answer that cannot be used; the message names the file and what was expected."""


class FromPython(str):
    """What stands for a file where the functions come from Python: "from Python" in words, and it holds them.

    Attributes
    ----------
    held
        Name -> function, or what else a model is made of.
    """

    held: Mapping[str, Any]

    def __new__(cls, held: Mapping[str, Any]) -> FromPython:
        """Hold these."""
        place = super().__new__(cls, "from Python")
        place.held = dict(held)
        return place


def _module(path: str) -> ModuleType:
    """The module of a file, which is imported once: an edit while a job runs does not change the job."""
    return _imported(path, str(Path(path).resolve()))


@cache
def _imported(path: str, place: str) -> ModuleType:
    if Path(path).suffix != ".py":
        raise UserCodeError(f"{path}: expected a Python file, whose name ends in .py")
    digest = hashlib.sha256(place.encode()).hexdigest()[:16]
    loader = AsWritten(f"bornscape_user_{digest}", path)
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        if b"pennylane" in Path(path).read_bytes():
            pennylane()
        with importing_beside(path):
            loader.exec_module(module)
    except FileNotFoundError as error:
        raise UserCodeError(f"{path}: expected an existing Python file: {error}") from error
    except SyntaxError as error:
        raise UserCodeError(f"{path}: line {error.lineno}: expected Python: {error.msg}") from error
    except Exception as error:  # Anything can happen in a user's file, and it is the file that has to be named.
        raise UserCodeError(f"{path}: cannot be imported: {type(error).__name__}: {error}") from error
    return module


def read_anew() -> None:
    """Import every file again when it is next asked for."""
    _imported.cache_clear()


def user_function(path: str, name: str) -> Callable[..., Any]:
    """The function ``name`` of the file ``path``, of a file that is imported once.

    Raises
    ------
    UserCodeError
        If there is no such file or function, or the file cannot be imported.
    """
    # What the file itself holds, not what every module has.
    held = path.held if isinstance(path, FromPython) else vars(_module(path))
    function = held.get(name)
    if not callable(function):
        known = sorted(k for k, v in held.items() if callable(v) and not k.startswith("_"))
        raise UserCodeError(f"{path}: expected a function {name!r}; it has {known}")
    return function


def call(path: str, name: str, *arguments: Any, **keywords: Any) -> Any:
    """What a user's function returns.

    Raises
    ------
    UserCodeError
        If it raises, or cannot be found.
    """
    function = user_function(path, name)
    try:
        return function(*arguments, **keywords)
    except Exception as error:  # As above: whatever it is, it is theirs.
        raise UserCodeError(f"{path}: {name}: {type(error).__name__}: {error}") from error


def call_for_vector(
    path: str, name: str, length: int, numbers: str, what: str, *arguments: Any, **keywords: Any
) -> NDArray[Any]:
    """The finite numbers, (length,), that a user's function returns.

    Parameters
    ----------
    numbers
        What it returns, in words; "amplitudes" may be complex.
    what
        The vector with its shape, in words.

    Raises
    ------
    UserCodeError
        If it returns something else, raises, or cannot be found.
    """
    returned = call(path, name, *arguments, **keywords)
    where = f"{path}: {name}"
    try:
        values = np.asarray(returned, dtype=np.complex128 if numbers == "amplitudes" else np.float64)
    except (TypeError, ValueError) as error:
        raise UserCodeError(f"{where}: expected {numbers}, got {type(returned).__name__}") from error
    if values.shape != (length,) or not np.isfinite(values).all():
        got = f"shape {values.shape}" if values.shape != (length,) else "values that are not finite"
        raise UserCodeError(f"{where}: expected {what}, got {got}")
    return values
