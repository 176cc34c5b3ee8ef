"""Extras: the library works without them, and a missing one is told with the command that installs it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bornscape.extras import extra
from support.missing import without

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def distributions(lines: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in lines} - {"bornscape"}


CORE = distributions(PROJECT["dependencies"])
EXTRAS = {name: distributions(lines) for name, lines in PROJECT["optional-dependencies"].items() if name != "all"}
OWNERS = {module: {canonicalize_name(owner) for owner in owners} for module, owners in packages_distributions().items()}
MODULES = {
    module: name
    for name, wanted in EXTRAS.items()
    for module, owners in OWNERS.items()
    if owners & wanted and not owners & CORE
}
"""Top-level modules of extras, and the extra of each."""
# Matplotlib itself needs Pillow.
MISSING = set(MODULES) - {"PIL"}


def run(code: str, folder: Path, missing: set[str]) -> subprocess.CompletedProcess[str]:
    variables = os.environ | without(missing, folder)
    return subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=False)


# What needs no extra

NAMES = """
import sys
import numpy as np
import bornscape as bs
for name in bs.__all__:
    getattr(bs, name)
circuit = bs.product_circuit(4, "ry")
p = np.full(16, 1 / 16)
theta = np.linspace(0.1, 1, circuit.n_parameters)
loss = bs.MMDLoss(p, 1.0)
print(round(bs.mmd(bs.probabilities(circuit, theta), p, 1.0), 6), bs.gradient(circuit, theta, loss).shape)
n = np.arange(4, 12)
print(bs.scaling_law(n, np.exp(-1.0 * n)).preferred)
traced = bs.from_pennylane(lambda p, wires: __import__("pennylane").RY(p[0], wires[0]), 2, 1)
print(traced.n_parameters)
verdict = bs.trainability("line", "ghz", sizes=[4], draws=20, shots=100, layers=1, progress=False)
verdict.plot()
print(verdict.answer, "<" in verdict._repr_html_())
import bornscape.my_model, bornscape.figures, bornscape.configuration, bornscape.experiments, bornscape.circuits.tracing
from bornscape.datasets.kept_jets import can_generate, kept_sets
print(can_generate(), kept_sets()[0].target(9).n_qubits)
"""


def test_the_public_names_work_without_any_extra(tmp_path: Path) -> None:
    assert {"pythia8mc", "fastjet", "h5py", "snakemake", "plotly", "jinja2", "pyarrow", "cma"} <= MISSING
    done = run(NAMES, tmp_path, MISSING)
    assert done.returncode == 0, done.stderr
    mmd, law, parameters, answer, jets = done.stdout.splitlines()
    assert answer.endswith(" True")
    assert mmd.endswith("(4,)")
    assert (law, parameters, jets) == ("exponential", "1", "False 9")


def test_the_blocker_blocks(tmp_path: Path) -> None:
    done = run("import numpy", tmp_path, {"numpy"})
    assert "No module named 'numpy'" in done.stderr


# What needs one

NEEDS = {
    "fastjet pythia8mc": "from bornscape.datasets.jets import *; generate_jets(JetSettings(), 1, 1)",
    "h5py": "from bornscape.datasets.clic import load_clic; load_clic('pyproject.toml')",
    "cma": "from bornscape.training.evolution import evolve; next(evolve([0.0], None, 1, 0.1, None, 4))",
    "sklearn": "from bornscape.training.discriminators import Discriminator; Discriminator(2, 'network', 2, 0.1, 2, 1)",
    "jinja2": "from bornscape.tables.selection import rows_where; rows_where(None, 'a')",
    "jinja2 markupsafe": "import bornscape.pages.self_contained",
    "latex2mathml": "from bornscape.pages.mathml import take_formulas; take_formulas('', [])",
    "mistune": "from bornscape.pages.mathml import *; markdown_to_html('a')",
    "nbformat": "import bornscape.pages.notebooks",
    "pyarrow": "from bornscape.artifacts import read_draws; read_draws('a.parquet')",
}
"""Modules of one extra, and what needs the first of them."""


@pytest.mark.parametrize("modules", NEEDS)
def test_a_missing_extra_says_what_installs_it(modules: str, tmp_path: Path) -> None:
    missing = set(modules.split())
    (name,) = {MODULES[module] for module in missing}
    done = run(NEEDS[modules], tmp_path, missing)
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ModuleNotFoundError: ")
    assert last.split()[1] in missing
    assert last.endswith(f'is not installed; it comes with: pip install "bornscape[{name}]"')


def test_a_users_parquet_file_without_pyarrow_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "bits.parquet").write_bytes(b"PAR1....PAR1")
    code = f"from bornscape.my_model.data.files import *; read_data({str(tmp_path / 'bits.parquet')!r})"
    last = run(code, tmp_path, {"pyarrow"}).stderr.splitlines()[-1]
    assert last.startswith("ValueError: ")
    assert last.endswith('it comes with: pip install "bornscape[workflow]"; or save it as CSV')


def test_an_error_of_our_own_is_left_alone() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'bornscape\.nothing'$"), extra("hep"):
        import bornscape.nothing  # type: ignore[import-not-found]  # noqa: F401
    with pytest.raises(ValueError, match=r"^other$"), extra("hep"):
        raise ValueError("other")


# Every import of an extra's module says which extra it is.


def imports(tree: ast.AST, around: str | None = None) -> Iterator[tuple[str, str | None]]:
    """Top-level modules imported, each with the extra of the ``with`` around it."""
    for node in ast.iter_child_nodes(tree):
        inside = around
        if isinstance(node, ast.With):
            for item in node.items:
                call = item.context_expr
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "extra":
                    assert isinstance(call.args[0], ast.Constant)
                    inside = str(call.args[0].value)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name.split(".")[0], inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0], inside
        else:
            yield from imports(node, inside)


def unguarded(code: str, modules: Mapping[str, str]) -> list[str]:
    """Modules of extras that code imports without saying so first."""
    guarded: set[str] = set()
    found = []
    for module, around in imports(ast.parse(code)):
        if module in modules and around == modules[module]:
            guarded.add(module)
        elif module in modules and module not in guarded:
            found.append(module)
    return found


def test_imports_of_extras_say_which() -> None:
    paths = sorted((ROOT / "src/bornscape").rglob("*.py"))
    found = {str(path): unguarded(path.read_text(encoding="utf-8"), MODULES) for path in paths}
    assert len(found) > 100
    assert {path: modules for path, modules in found.items() if modules} == {}


def test_an_unguarded_import_is_found() -> None:
    guarded = "from bornscape.extras import extra\nwith extra('hep'):\n    import h5py\n"
    assert unguarded(guarded, MODULES) == []
    assert unguarded(guarded.replace("hep", "report"), MODULES) == ["h5py"]
    assert unguarded("def f():\n    from jinja2.sandbox import x", MODULES) == ["jinja2"]


def test_all_is_all() -> None:
    (everything,) = map(Requirement, PROJECT["optional-dependencies"]["all"])
    assert everything.name == "bornscape"
    assert everything.extras == set(EXTRAS)
