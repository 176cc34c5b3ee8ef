"""Which modules of this package a script stands on: Snakemake does not track what a script imports."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

PACKAGE = "bornscape"


@cache
def _imports(path: Path) -> frozenset[str]:
    """Names of this package's modules imported anywhere in a file, and of the names imported from them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(name for name in found if name.split(".")[0] == PACKAGE)


def _file_of(module: str, root: Path) -> Path | None:
    base = root.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


def modules_behind(script: str | Path, root: str | Path = "src") -> list[str]:
    """Files of the package that ``script`` imports, directly or through others, sorted, relative as ``root`` is.

    The package's own ``__init__`` is left out: it only forwards names and imports nothing by itself.
    """
    folder = Path(root)
    entry = folder / PACKAGE / "__init__.py"
    waiting, seen = [Path(script)], set[Path]()
    while waiting:
        for module in _imports(waiting.pop()):
            path = _file_of(module, folder)
            if path is not None and path != entry and path not in seen:
                seen.add(path)
                waiting.append(path)
    return sorted(str(path) for path in seen)
