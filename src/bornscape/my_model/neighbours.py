"""Modules beside a user's file: they can be imported by it, and its results depend on them."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType


class AsWritten(SourceFileLoader):
    """Runs what the file says now: never a cached compilation beside it, which may be older, or not of this file."""

    def get_code(self, fullname: str) -> CodeType:
        """The file's own code."""
        return self.source_to_code(self.get_data(self.path), self.path)


def _imported(tree: ast.AST) -> Iterator[str]:
    """First parts of the names that a file imports, anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def neighbours(path: str) -> list[str]:
    """Modules ``NAME.py`` beside a Python file that it imports by name, directly or through one of them, sorted.

    Nothing is run. A file that is missing or no Python has none: who imports it says so.
    """
    folder, found, left = Path(path).parent, set[str](), [path]
    while left:
        try:
            tree = ast.parse(Path(left.pop()).read_bytes())
        except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for name in set(_imported(tree)):
            beside = str(folder / f"{name}.py")
            if beside not in found and beside != path and Path(beside).is_file():
                found.add(beside)
                left.append(beside)
    return sorted(found)


class _Beside:
    """Finds the modules beside a file that it imports, where nothing that is installed has their name."""

    def __init__(self, path: str) -> None:
        self.files = {Path(file).stem: Path(file).resolve() for file in neighbours(path)}
        self.found: list[str] = []

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What imports the module, or None."""
        if path is not None or name not in self.files:
            return None
        self.found.append(name)
        return spec_from_file_location(name, self.files[name], loader=AsWritten(name, str(self.files[name])))


@contextmanager
def importing_beside(path: str) -> Iterator[None]:
    """While this lasts, the ``neighbours`` of a file can be imported; they are forgotten after it, as are their names.

    Another file's neighbours of the same name are other modules.
    """
    finder = _Beside(path)
    sys.meta_path.append(finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in finder.found:
            sys.modules.pop(name, None)
