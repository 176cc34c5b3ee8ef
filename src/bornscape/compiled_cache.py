"""Where Numba keeps compiled code if neither this package's folder nor the user's cache can be written."""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping


def _can_write(path: str) -> bool:
    """Whether a folder can be written, or made where it is missing."""
    while not os.path.exists(path) and path != (parent := os.path.dirname(path)):
        path = parent
    return os.path.isdir(path) and os.access(path, os.W_OK | os.X_OK)


def _own_folder(base: str) -> str | None:
    """A folder of this user alone, made if need be; None where somebody else might have put code into it."""
    path = os.path.join(base, f"bornscape-numba-{os.getuid()}")
    try:
        os.makedirs(path, mode=0o700, exist_ok=True)
        found = os.lstat(path)
    except OSError:
        return None
    private = not os.path.islink(path) and found.st_uid == os.getuid() and not found.st_mode & 0o077
    return path if private else None


def choose_cache(package: str, environment: MutableMapping[str, str]) -> None:
    """Set NUMBA_CACHE_DIR to a folder for temporary files where Numba would find no place and stop with an error.

    Parameters
    ----------
    package
        Folder of this package, beside whose sources Numba keeps compiled code first.
    environment
        Variables of the process; one that is set stays.
    """
    home = environment.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    if sys.platform == "win32" or "NUMBA_CACHE_DIR" in environment or _can_write(package) or _can_write(home):
        return
    import tempfile

    if (folder := _own_folder(tempfile.gettempdir())) is not None:
        environment["NUMBA_CACHE_DIR"] = folder
