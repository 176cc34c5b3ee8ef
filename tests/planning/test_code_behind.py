"""What a script stands on: complete, and no more than that."""

import ast
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bornscape.planning import code_behind
from bornscape.planning.code_behind import fingerprint, main, modules_behind

ROOT = Path(__file__).parents[2]
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


# Tables do not stand on the simulator

TABLES = (
    "variance.py",
    "scaling.py",
    "trainability_table.py",
    "training_table.py",
    "claims.py",
    "report.py",
    "manifest.py",
)
SIMULATION = {"simulators", "circuits", "variance", "training", "experiments", "classical_models", "my_model"}


@pytest.mark.parametrize("script", TABLES)
def test_tables_verdicts_and_the_report_do_not_stand_on_the_simulation(script: str) -> None:
    assert not folders(script) & SIMULATION


def test_draws_do_stand_on_it() -> None:
    """The negative control: the test above would see it."""
    assert folders("line_draws.py") & SIMULATION == {"simulators", "circuits", "variance"}


def test_importing_what_these_scripts_import_loads_no_simulator() -> None:
    """As the list of modules says it, so it is when they run: a package's own imports count too."""
    names = {
        str(node.module)
        for script in TABLES
        for node in imports(ROOT / "workflow/scripts" / script)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("bornscape")
    }
    code = f"import importlib, sys\nfor name in {sorted(names)}: importlib.import_module(name)\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "bornscape.tables.scaling" in loaded
    rooms = {name.split(".")[1] for name in loaded if name.startswith("bornscape.")}
    assert not rooms & SIMULATION
    assert not {"pennylane", "pennylane_lightning", "seaborn", "matplotlib"} & {name.split(".")[0] for name in loaded}


# The fingerprint

SOURCE = '''"""A module."""

from bornscape.b import value

LIMIT = 3
"""A limit."""


def double(x):
    """Twice x."""
    return 2 * x + value  # as it is
'''


def fingerprint_of(folder: Path, source: str, other: str = "value = 1\n") -> str:
    package = folder / "src/bornscape"
    package.mkdir(parents=True, exist_ok=True)
    for name, text in (("__init__.py", ""), ("a.py", source), ("b.py", other)):
        (package / name).write_text(text, encoding="utf-8")
    script = folder / "script.py"
    script.write_text("from bornscape.a import double\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(code_behind, "KEPT", folder / "modules.json")
        forget()
        return fingerprint(script, root=folder / "src")


def forget() -> None:
    """As in a new process."""
    for remembered in (code_behind._module, code_behind._kept, code_behind._own_code):
        remembered.cache_clear()


def test_comments_docstrings_and_layout_are_no_change(tmp_path: Path) -> None:
    plain = fingerprint_of(tmp_path, SOURCE)
    for other in (
        SOURCE.replace("# as it is", "# another comment"),
        SOURCE.replace("Twice x.", "Two times x."),
        SOURCE.replace("A limit.", "No limit.").replace("A module.", "Module."),
        SOURCE.replace("2 * x + value  # as it is", "(\n        2 * x\n        + value\n    )"),
    ):
        assert other != SOURCE
        assert fingerprint_of(tmp_path, other) == plain


@pytest.mark.parametrize(
    ("old", "new"), [("2 * x", "3 * x"), ("LIMIT = 3", "LIMIT = 4"), ("double(x)", "double(x, y=1)")]
)
def test_code_is_a_change(tmp_path: Path, old: str, new: str) -> None:
    assert old in SOURCE
    assert fingerprint_of(tmp_path, SOURCE.replace(old, new)) != fingerprint_of(tmp_path, SOURCE)


def test_a_module_further_behind_counts(tmp_path: Path) -> None:
    assert fingerprint_of(tmp_path, SOURCE, "value = 2\n") != fingerprint_of(tmp_path, SOURCE)


def test_what_is_imported_by_name_counts() -> None:
    script = ROOT / "workflow/scripts/figure.py"
    figures = [ROOT / f"src/bornscape/figures/{name}.py" for name in ("fig_7", "fig_8")]
    found = {fingerprint(script, root=ROOT / "src"), *(fingerprint(script, f, root=ROOT / "src") for f in figures)}
    assert len(found) == 3


def test_the_command_lists_what_is_behind_a_script(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(ROOT)
    assert main(["workflow/scripts/scaling.py"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"workflow/scripts/scaling.py: {fingerprint('workflow/scripts/scaling.py')}"
    assert any(line.endswith("  src/bornscape/tables/scaling.py") for line in lines)
    assert main([]) == 2


# What is kept between processes


def test_what_is_kept_gives_the_same_fingerprint_and_is_dropped_where_it_is_not_this(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second process finds it; a changed file, a changed reader or a damaged file of it gives nothing of it."""
    kept = tmp_path / "modules.json"
    script = ROOT / "workflow/scripts/scaling.py"

    def found() -> str:
        monkeypatch.setattr(code_behind, "KEPT", kept)
        forget()
        return fingerprint(script, root=ROOT / "src")

    first = found()
    content = json.loads(kept.read_text(encoding="utf-8"))
    assert len(content) == 1 + len(modules_behind(script, ROOT / "src"))
    with monkeypatch.context() as patch:
        patch.setattr(code_behind, "_read", None)
        assert found() == first
    # It is what is kept that is taken.
    (key,) = [key for key in content if key == code_behind._key(script.read_bytes())]
    kept.write_text(json.dumps(content | {key: [content[key][0], "other"]}), encoding="utf-8")
    assert found() != first
    for damaged in ("", "[1]", '{"a": 1}', '{"a": [1, 2, 3]}'):
        kept.write_text(damaged, encoding="utf-8")
        assert found() == first
    # Another version of the module that reads them.
    before = set(json.loads(kept.read_text(encoding="utf-8")))
    monkeypatch.setattr(code_behind.Path, "read_bytes", lambda path, read=Path.read_bytes: read(path) + b"\n")
    assert found() == first
    assert not before & (set(json.loads(kept.read_text(encoding="utf-8"))) - before)
    assert len(json.loads(kept.read_text(encoding="utf-8"))) == 2 * len(before)


def test_a_folder_that_cannot_be_written_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(code_behind, "KEPT", tmp_path / "file" / "modules.json")
    code_behind._module.cache_clear()
    assert fingerprint(ROOT / "workflow/scripts/scaling.py", root=ROOT / "src")
