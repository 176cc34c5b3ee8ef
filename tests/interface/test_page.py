"""The page about Python and the shell says what is so: its examples run, and its command lines are understood."""

from __future__ import annotations

import doctest
import inspect
import re
import shlex
from pathlib import Path

import bornscape as bs
from bornscape.interface.answer import Trainability
from bornscape.interface.command import parser

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/use/python-and-shell.md"
TEXT = PAGE.read_text(encoding="utf-8")


def command_lines(text: str) -> list[str]:
    return re.findall(r"^    bornscape (.+)$", text, re.MULTILINE)


def test_its_examples_run() -> None:
    found = doctest.testfile(str(PAGE), module_relative=False)
    assert found.attempted > 10
    assert found.failed == 0


def test_its_command_lines_and_those_of_the_readme_are_understood() -> None:
    lines = command_lines(TEXT) + command_lines((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(lines) > 4
    for line in lines:
        parser().parse_args(shlex.split(line, comments=True))


def test_its_tables_name_what_there_is() -> None:
    rows = re.findall(r"^\| (`.+?) \| ", TEXT, re.MULTILINE)
    named = {name.removesuffix("()") for row in rows for name in re.findall(r"`([\w()]+)`", row)}
    arguments = set(inspect.signature(bs.trainability).parameters)
    assert arguments - named == {"function", "layers", "columns"}
    assert named - arguments <= {name for name in dir(Trainability) if not name.startswith("_")} | {"tables"}
