"""Keeping an environment usable where its folder is renamed, copied or named oddly; ``make environment`` calls this.

pip writes the absolute path of an environment into its programs, and that of the checkout into a ``.pth`` file: a
renamed folder cannot start them, and a copied one runs the code of the folder it was copied from.

    python -m bornscape.run.installed --check      is this environment here, whole, and this checkout's?
    python -m bornscape.run.installed --settle     write both paths relative to where they stand

Only the standard library is imported: this runs in environments that are broken.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

_HEAD = re.compile(rb"\A(?:#!/[^\n]*/python[\d.]*[ \t]*\n|#!/bin/sh\n'''exec' [^\n]*\n' '''\n)")
"""What pip writes at the top of a program: short, or the form for paths that are long or hold a space."""

RELATIVE_HEAD = b'#!/bin/sh\n\'\'\'exec\' "$(dirname -- "$(realpath -- "$0")")/python" "$0" "$@"\n\' \'\'\'\n'
"""Both shell and Python: the shell starts the interpreter beside the program, for which the line is a string."""

SOURCE = Path(__file__).resolve().parents[2]

STAMP = ".installed"
"""In a finished environment: the folder that it was made in, which ``bin/activate`` names."""


def settle_programs(folder: Path) -> int:
    """Have every Python program in ``folder`` start the interpreter beside it; return how many were changed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     program = Path(folder, "tool")
    ...     _ = program.write_text("#!/old place/bin/python3.11\\nprint(1)\\n")
    ...     settle_programs(Path(folder)), settle_programs(Path(folder)), program.read_text().splitlines()[-1]
    (1, 0, 'print(1)')
    """
    changed = 0
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        head = _HEAD.match(content)
        if head and head[0] != RELATIVE_HEAD:
            _replace(path, RELATIVE_HEAD + content[head.end() :])
            changed += 1
    return changed


def settle_source(packages: Path, source: Path) -> None:
    """Have the ``.pth`` file of an editable installation name ``source`` relative to ``packages``, where it lies.

    Raises
    ------
    FileNotFoundError
        If there is no editable installation.
    """
    found = sorted(packages.glob("*editable*bornscape*.pth"))
    if not found:
        raise FileNotFoundError(f"{packages}: expected an editable installation of bornscape; run: make environment")
    for path in found:
        _replace(path, os.fsencode(os.path.relpath(source, packages.resolve())) + b"\n")


def settle_activate(path: Path) -> None:
    """Have ``bin/activate`` name this environment, whatever characters its path has; older venvs do not quote it."""
    text = path.read_text(encoding="utf-8", errors="surrogateescape")
    told = f"VIRTUAL_ENV={shlex.quote(sys.prefix)}"
    changed = re.sub(r"^( *)VIRTUAL_ENV=.*$", lambda line: line[1] + told, text, flags=re.MULTILINE)
    _replace(path, changed.encode(errors="surrogateescape"))


def _replace(path: Path, content: bytes) -> None:
    """Whole or not at all; a file that other environments share by a hard link stays theirs."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_bytes(content)
    temporary.chmod(path.stat().st_mode & 0o777)
    temporary.replace(path)


def problem() -> str:
    """Why this environment is not this checkout's, in words; "" if it is.

    It is asked without PYTHONPATH, so that what is found is what the environment itself names.
    """
    here = Path.cwd().resolve()
    if not SOURCE.is_relative_to(here):
        return f"it runs the code of {SOURCE.parent}"
    missing = [name for name in ("pip", "snakemake", "snakemake_logger_plugin_bornscape") if find_spec(name) is None]
    if missing:
        return f"{', '.join(missing)} is missing"
    try:
        settled = Path(sys.prefix, STAMP).read_bytes()
    except OSError:
        return "it is not whole"
    return "" if settled == _place() else "it was made in another folder"


def _place() -> bytes:
    return os.fsencode(os.path.realpath(sys.prefix))


def main(arguments: list[str]) -> int:
    """Settle this environment, or say whether it is usable."""
    if arguments == ["--settle"]:
        settle_programs(Path(sysconfig.get_path("scripts")))
        settle_source(Path(sysconfig.get_path("purelib")), SOURCE)
        settle_activate(Path(sysconfig.get_path("scripts"), "activate"))
        Path(sys.prefix, STAMP).write_bytes(_place())
        return 0
    why = problem()
    if why:
        print(f"{sys.prefix}: {why}")
    return 1 if why or arguments != ["--check"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
