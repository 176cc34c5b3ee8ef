"""The examples in docstrings run, and every package of bornscape has a few for whoever meets it first."""

from __future__ import annotations

import doctest
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

import bornscape

ROOT = Path(bornscape.__file__).parent
LEAST = 3
EXEMPT: frozenset[str] = frozenset()
"""Packages without examples."""

PACKAGES = sorted(path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name not in EXEMPT)


def _modules() -> list[str]:
    """Modules with an example in their text: importing all others, to find none, would take seconds."""
    paths = [path for path in ROOT.rglob("*.py") if not path.name.startswith("compiled_")]
    parts = [path.relative_to(ROOT.parent).with_suffix("").parts for path in paths if ">>> " in path.read_text("utf-8")]
    return sorted(".".join(names).removesuffix(".__init__") for names in parts)


MODULES = _modules()


@cache
def _examples(module: str) -> list[doctest.DocTest]:
    docstrings = doctest.DocTestFinder().find(import_module(module), module)
    return [docstring for docstring in docstrings if docstring.examples]


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_module_run(module: str) -> None:
    examples = _examples(module)
    assert examples, f"{module}: its examples stand in no docstring that is found"
    for example in examples:
        report: list[str] = []
        results = doctest.DocTestRunner().run(example, out=report.append, clear_globs=False)
        assert results.failed == 0, "".join(report)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_shows_how_its_first_functions_are_called(package: str) -> None:
    home = f"bornscape.{package}"
    modules = [module for module in MODULES if module == home or module.startswith(f"{home}.")]
    named = {(module, example.name.removeprefix(f"{module}.")) for module in modules for example in _examples(module)}
    # A module's own docstring is no function, and what starts with an underscore is for nobody to call.
    shown = {(module, name) for module, name in named if name != module and not name.startswith("_")}
    assert len(shown) >= LEAST, f"{home}: expected examples in at least {LEAST} public functions, got {sorted(shown)}"
