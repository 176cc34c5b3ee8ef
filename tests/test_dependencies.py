"""What a script stands on: complete, and no more than that."""

import ast
import importlib
from pathlib import Path

import pytest

from bornscape.planning.code_behind import modules_behind

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted((ROOT / "workflow/scripts").glob("*.py"))
MODULES = sorted((ROOT / "src/bornscape").rglob("*.py"))


def behind(script: str) -> set[str]:
    """Modules behind a workflow script, as paths inside the package."""
    package = ROOT / "src/bornscape"
    found = modules_behind(ROOT / "workflow/scripts" / script, ROOT / "src")
    return {Path(path).relative_to(package).as_posix() for path in found}


def folders(script: str) -> set[str]:
    return {path.split("/")[0] for path in behind(script)}


# The real scripts


@pytest.mark.parametrize("script", ["line_draws.py", "product_draws.py", "product_shot_draws.py", "train.py"])
def test_editing_figures_judges_or_theory_never_invalidates_draws_or_training(script: str) -> None:
    unrelated = {
        "figures",
        "theory",
        "statistics",
        "claims",
        "experiments",
        "pages",
        "planning",
        "my_model",
        "configuration",
    }
    assert not folders(script) & unrelated
    assert {path for path in behind(script) if path.startswith("run/")} == {"run/job_log.py"}
    tables = {"tables/names.py", "tables/columns.py"}
    assert {path for path in behind(script) if path.startswith("tables/")} <= tables


@pytest.mark.parametrize(
    ("script", "needed"),
    [
        (
            "line_draws.py",
            {
                "variance/draws.py",
                "simulators/state_vector/states.py",
                "circuits/gates.py",
                "bitstrings/walsh.py",
                "bitstrings/sampling.py",
                "losses/mmd.py",
            },
        ),
        ("product_draws.py", {"variance/draws.py", "simulators/product.py", "formulas.py", "seeds.py", "artifacts.py"}),
        (
            "train.py",
            {
                "training/runs.py",
                "training/estimated_gradients.py",
                "simulators/state_vector/tangents.py",
                "losses/fidelity.py",
                "losses/explicit.py",
            },
        ),
        ("variance.py", {"tables/variance.py", "statistics/variances.py", "statistics/__init__.py"}),
        (
            "claims.py",
            {
                "claims/register.py",
                "claims/measurements/variances.py",
                "theory/product.py",
                "statistics/comparisons.py",
            },
        ),
        ("figure.py", {"figures/look/style.py", "artifacts.py"}),
        ("measure.py", {"experiments/__init__.py", "seeds.py", "datasets/targets.py"}),
        ("jet_chunk.py", {"datasets/jets.py"}),
        ("shower_targets.py", {"datasets/showers.py", "datasets/clic.py", "datasets/images.py"}),
    ],
)
def test_what_a_script_needs_is_behind_it(script: str, needed: set[str]) -> None:
    assert needed <= behind(script)


FIGURES = sorted(path.stem for path in (ROOT / "src/bornscape/figures").glob("*.py"))
KINDS = sorted(path.stem for path in (ROOT / "src/bornscape/experiments").glob("*.py"))


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_does_not_stand_on_another(name: str) -> None:
    found = modules_behind(ROOT / f"src/bornscape/figures/{name}.py", ROOT / "src")
    assert not {Path(path).stem for path in found if "figures/" in path} & ({*FIGURES} - {name})


@pytest.mark.parametrize("script", ["figure.py", "measure.py", "tabulate.py"])
def test_scripts_that_import_by_name_stand_on_no_figure_and_no_kind_of_their_own(script: str) -> None:
    """The workflow adds the one that is meant: otherwise an edit of one would rerun all."""
    assert not {Path(path).stem for path in behind(script)} & ({*FIGURES, *KINDS} - {"__init__"})


def test_the_package_itself_is_left_out() -> None:
    for script in SCRIPTS:
        assert "__init__.py" not in behind(script.name)


def test_paths_are_sorted_and_exist() -> None:
    for script in SCRIPTS:
        found = modules_behind(script, ROOT / "src")
        assert found == sorted(set(found))
        assert all(Path(path).is_file() for path in found)


def imports(path: Path) -> list[ast.Import | ast.ImportFrom]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_import_of_a_script_resolves(script: Path) -> None:
    for node in imports(script):
        if isinstance(node, ast.Import):
            for alias in node.names:
                importlib.import_module(alias.name)
        elif node.module != "__future__":
            module = importlib.import_module(str(node.module))
            missing = [alias.name for alias in node.names if not hasattr(module, alias.name)]
            assert not missing, f"{node.module} has no {missing}"


@pytest.mark.parametrize("path", [*SCRIPTS, *MODULES], ids=lambda path: path.name)
def test_imports_are_of_a_kind_that_is_followed(path: Path) -> None:
    """Absolute, and of modules: a name that the package only forwards would hide the module behind it."""
    for node in imports(path):
        if isinstance(node, ast.Import):
            assert "bornscape" not in [alias.name for alias in node.names]
            continue
        assert node.level == 0, f"relative import in line {node.lineno}"
        if node.module == "bornscape":
            places = [ROOT / "src/bornscape" / alias.name for alias in node.names]
            assert all(place.is_dir() or place.with_suffix(".py").is_file() for place in places)


# A package made for the purpose


FILES = {
    "__init__.py": "from bornscape.unused import x\n",
    "a.py": "import numpy\nfrom bornscape.b import name\n",
    "b.py": "def late():\n    from bornscape.sub.c import other\n",
    "sub/__init__.py": "",
    "sub/c.py": "import bornscape.d\n",
    "d.py": "from bornscape import a, sub\n",
    "unused.py": "from bornscape import a\n",
}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        path = tmp_path / "src/bornscape" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path


def found_behind(package: Path, script: str) -> list[str]:
    (package / "script.py").write_text(script, encoding="utf-8")
    found = modules_behind(package / "script.py", package / "src")
    return [Path(path).relative_to(package / "src/bornscape").as_posix() for path in found]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("from bornscape.a import name", ["a.py", "b.py", "d.py", "sub/__init__.py", "sub/c.py"]),
        ("import bornscape.sub.c as c", ["a.py", "b.py", "d.py", "sub/__init__.py", "sub/c.py"]),
        ("from bornscape import sub", ["sub/__init__.py"]),
        ("def f():\n    from bornscape.sub import c", ["a.py", "b.py", "d.py", "sub/__init__.py", "sub/c.py"]),
        ("import bornscape\nfrom numpy import array", []),
        ("from bornscape.unknown import x", []),
        ("import bornscape_other.a\nfrom other.bornscape import a", []),
        ("# from bornscape.a import name\ntext = 'import bornscape.a'", []),
    ],
)
def test_the_closure_of_imports(package: Path, script: str, expected: list[str]) -> None:
    assert found_behind(package, script) == expected


def test_paths_are_relative_as_the_root_is(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (package / "own.py").write_text("from bornscape import sub\n", encoding="utf-8")
    monkeypatch.chdir(package)
    assert modules_behind("own.py") == ["src/bornscape/sub/__init__.py"]


def test_a_script_that_does_not_parse_is_an_error(package: Path) -> None:
    with pytest.raises(SyntaxError):
        found_behind(package, "from bornscape import\n")
