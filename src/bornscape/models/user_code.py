"""Functions from Python files that a configuration names by their path; nothing else of a user's is ever run."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any


class UserCodeError(ValueError):
    """A user's file, function or answer that cannot be used; the message names the file and what was expected."""


@cache
def _module(path: str) -> ModuleType:
    digest = hashlib.sha256(str(Path(path).resolve()).encode()).hexdigest()[:16]
    spec = importlib.util.spec_from_file_location(f"bornscape_user_{digest}", path)
    if spec is None or spec.loader is None:
        raise UserCodeError(f"{path}: expected a Python file, whose name ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except FileNotFoundError as error:
        raise UserCodeError(f"{path}: expected an existing Python file: {error}") from error
    except SyntaxError as error:
        raise UserCodeError(f"{path}: line {error.lineno}: expected Python: {error.msg}") from error
    except Exception as error:  # Anything can happen in a user's file, and it is the file that has to be named.
        raise UserCodeError(f"{path}: cannot be imported: {type(error).__name__}: {error}") from error
    return module


def user_function(path: str, name: str) -> Callable[..., Any]:
    """The function ``name`` of the file ``path``, of a file that is imported once.

    Raises
    ------
    UserCodeError
        If there is no such file or function, or the file cannot be imported.
    """
    found = getattr(_module(path), name, None)
    if not callable(found):
        known = sorted(k for k, v in vars(_module(path)).items() if callable(v) and not k.startswith("_"))
        raise UserCodeError(f"{path}: expected a function {name!r}; it has {known}")
    return found


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
