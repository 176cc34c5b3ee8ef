"""The page on the architecture says what the code does: a package imports what its row says, and that stands above."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/bornscape"
FOUNDATIONS = {"aliases", "artifacts", "formulas", "seeds"}


def table() -> dict[str, set[str]]:
    """Packages in the page's order, and what each imports as the page has it."""
    page = (ROOT / "docs/work/architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (.+) \|$", page.split("## The packages")[1], re.MULTILINE)
    return {name: set(re.findall(r"`(\w+)`", others)) for name, others in rows}


def imported(package: str) -> set[str]:
    """Packages of bornscape that the modules of one import, anywhere in a module."""
    names: set[str] = set()
    for path in (PACKAGE / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "bornscape":
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and str(node.module).startswith("bornscape."):
                names.add(str(node.module).split(".")[1])
    return names - {package} - FOUNDATIONS


TABLE = table()


def test_every_package_has_its_row() -> None:
    assert set(TABLE) == {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


def test_few_modules_stand_at_the_root() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} == FOUNDATIONS | {"__init__"}


@pytest.mark.parametrize("package", TABLE)
def test_a_package_imports_what_its_row_says(package: str) -> None:
    assert imported(package) == TABLE[package]


@pytest.mark.parametrize("package", TABLE)
def test_arrows_run_one_way(package: str) -> None:
    above = list(TABLE)[: list(TABLE).index(package)]
    assert TABLE[package] <= set(above)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_is_long(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", sorted((ROOT / "workflow/scripts").glob("*.py")), ids=lambda path: path.name)
def test_scripts_are_thin(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 30
    assert not re.search(r"^\s*(def|class) ", text, re.MULTILINE)


@pytest.mark.parametrize("path", sorted((ROOT / "workflow/rules").glob("*.smk")), ids=lambda path: path.name)
def test_rule_files_hold_rules(path: Path) -> None:
    assert not re.search(r"^\s*(def|class) ", path.read_text(encoding="utf-8"), re.MULTILINE)
