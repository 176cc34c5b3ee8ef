"""Which modules of this package a script stands on, and a fingerprint of what they do.

Snakemake does not track what a script imports. A job is given the fingerprint of its script as a parameter, and runs
again when that changes (docs/work/reruns.md). What was found in a file is kept beside this module's compiled code, by
the file's bytes: to read all files takes a second and more at every start of Snakemake.
``python -m bornscape.planning.code_behind SCRIPT`` lists the modules.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from bornscape.artifacts import write_text

PACKAGE = "bornscape"
SCRIPTS = Path("workflow/scripts")
KEPT = Path(__file__).parent / "__pycache__" / f"modules.{sys.implementation.cache_tag}.json"
MOST_KEPT = 5000
"""Files: ten times those of this package; then what was found is dropped."""


class _Module(NamedTuple):
    """Names of this package's modules that a file imports, and the digest of its code."""

    imports: frozenset[str]
    digest: str


_found: dict[str, _Module] = {}
"""What was found since it was kept last, by ``_key``."""


@cache
def _kept(path: Path) -> dict[str, _Module]:
    """What earlier processes found, by ``_key``; nothing if the file is missing or damaged."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {key: _Module(frozenset(imports), digest) for key, (imports, digest) in content.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _keep() -> None:
    """Keep what was found for other processes; where the folder cannot be written they find it again."""
    if not _found:
        return
    kept = _kept(KEPT)
    if len(kept) > MOST_KEPT:
        kept.clear()
    kept |= _found
    _found.clear()
    content = {key: (sorted(module.imports), module.digest) for key, module in kept.items()}
    with suppress(OSError):
        write_text(json.dumps(content), KEPT)


@cache
def _own_code() -> bytes:
    return Path(__file__).read_bytes()


def _key(content: bytes) -> str:
    """Digest of a file and of this module: whatever changes in either, nothing kept is taken for it."""
    return hashlib.sha256(_own_code() + content).hexdigest()


@cache
def _module(path: Path) -> _Module:
    content = path.read_bytes()
    key = _key(content)
    if (kept := _kept(KEPT).get(key)) is not None:
        return kept
    return _found.setdefault(key, _read(content))


def _read(content: bytes) -> _Module:
    tree = ast.parse(content)
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    imports = frozenset(name for name in names if name.split(".")[0] == PACKAGE)
    return _Module(imports, hashlib.sha256(ast.dump(_without_texts(tree)).encode()).hexdigest())


def _without_texts(tree: ast.Module) -> ast.Module:
    """The tree without its docstrings, in place; comments are not in it."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [part for part in body if not _is_text(part)]  # type: ignore[attr-defined]
    return tree


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


@cache
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
        for module in _module(waiting.pop()).imports:
            path = _file_of(module, folder)
            if path is not None and path != entry and path not in seen:
                seen.add(path)
                waiting.append(path)
    return sorted(str(path) for path in seen)


def fingerprint(*scripts: str | Path, root: str | Path = "src") -> str:
    """16 hexadecimal digits that change if what the scripts and the modules behind them do can change.

    Comments, docstrings and layout do not count; names do. Several files stand for a script and what it imports by
    name.
    """
    files = sorted({*map(str, scripts), *(path for script in scripts for path in modules_behind(script, root))})
    lines = [f"{path} {_module(Path(path)).digest}" for path in files]
    _keep()
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def code(script: str, *by_name: str) -> str:
    """Fingerprint of a script of the workflow and of the modules that it imports by name."""
    return fingerprint(SCRIPTS / script, *by_name)


def main(arguments: list[str]) -> int:
    """Print the modules behind each script, each with the first digits of its own fingerprint."""
    for script in arguments:
        print(f"{script}: {fingerprint(script)}")
        for path in [script, *modules_behind(script)]:
            print(f"  {_module(Path(path)).digest[:16]}  {path}")
    return 0 if arguments else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
