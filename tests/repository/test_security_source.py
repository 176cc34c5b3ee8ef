"""The source holds nothing that runs or unpacks code out of data; the scan shows that it can find."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

FORBIDDEN_MODULES = {
    *("pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "jsonpickle", "torch"),
    *("code", "runpy", "pty"),
}
FORBIDDEN_NAMES = {"eval", "exec", "compile", "__import__"}
FORBIDDEN_ATTRIBUTES = {
    *("read_pickle", "to_pickle", "system", "popen", "unsafe_load", "full_load", "load_all", "full_load_all"),
    *("unsafe_load_all", "eval", "query", "getoutput", "getstatusoutput", "create_subprocess_shell"),
}
UNSAFE_YAML = {"load", "Loader", "FullLoader", "UnsafeLoader", "CLoader"}
IMPORTERS = {"import_module", "exec_module", "spec_from_file_location", "SourceFileLoader"}
MAY_IMPORT = {
    "benchmarks/peers/__init__.py": "names of a table of its own",
    "src/bornscape/__init__.py": "names of a table of its own",
    "src/bornscape/circuits/converters.py": "Qiskit's packages, which need not be installed, by names in the code",
    "src/bornscape/experiments/__init__.py": "kinds that have a schema",
    "src/bornscape/run/combine.py": "figures of the checked catalogue",
    "src/bornscape/my_model/neighbours.py": "modules beside files that a configuration names by their path",
    "src/bornscape/my_model/user_code.py": "files that a configuration names by their path",
    "src/bornscape/simulators/words/choice.py": "names of a table of its own",
    "workflow/scripts/figure.py": "figures of the checked catalogue",
}
"""Files that import what has no fixed name, and what names they can be given."""
MAY_RUN = {
    "benchmarks/peers/flagquantum_torch.py": ["torch"],
    "src/bornscape/run/forked_jobs.py": ["runpy"],
}
"""Files that run others: scripts of rules, written by Snakemake, as it runs them in an interpreter of their own.
PyTorch could unpack a file, but a rival's tensors come from none.
"""


def sources() -> list[Path]:
    """Python of the package, the workflow, the notebooks' folder, the benchmarks, the examples and CI."""
    folders = ("src", "workflow", "benchmarks", "examples", ".ci")
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def violations(code: str) -> Iterator[str]:
    """Uses of what runs or unpacks code; one word each."""
    for node in ast.walk(ast.parse(code)):
        for module in _imported(node):
            yield from {module.split(".")[0], module.split(".")[-1]} & (FORBIDDEN_MODULES | FORBIDDEN_ATTRIBUTES)
        if isinstance(node, ast.Name) and node.id in FORBIDDEN_NAMES:
            yield node.id
        if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_ATTRIBUTES:
            yield node.attr
        match node:
            case ast.Attribute(value=ast.Name(id="yaml"), attr=name) if name in UNSAFE_YAML:
                yield f"yaml.{name}"
            case ast.keyword(arg="shell" | "allow_pickle" as name, value=value):
                if not (isinstance(value, ast.Constant) and value.value is False):
                    yield name


def importers(code: str) -> set[str]:
    """Ways in which the code imports what has no fixed name."""
    nodes = list(ast.walk(ast.parse(code)))
    found = {node.id for node in nodes if isinstance(node, ast.Name)}
    found |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return (found | {name.split(".")[-1] for node in nodes for name in _imported(node)}) & IMPORTERS


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from joblib import dump",
        "import torch",
        "from os import system",
        "eval('1')",
        "f = exec",
        "__import__('os')",
        "compile('1', 'a', 'eval')",
        "os.system('true')",
        "pd.read_pickle('a')",
        "table.eval('a + b')",
        "yaml.load(text)",
        "yaml.load(text, Loader=yaml.FullLoader)",
        "yaml.unsafe_load(text)",
        "np.load('a', allow_pickle=True)",
        "np.save('a', x, allow_pickle=flag)",
        "subprocess.run('true', shell=True)",
        "subprocess.run('true', shell=flag)",
    ],
)
def test_the_scan_finds(code: str) -> None:
    assert list(violations(code))


@pytest.mark.parametrize(
    "code", ["yaml.safe_load(text)", "np.load('a', allow_pickle=False)", "re.compile('a')", "run(['a'], shell=False)"]
)
def test_the_scan_lets_pass(code: str) -> None:
    assert list(violations(code)) == []


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_code_out_of_data(path: Path) -> None:
    code, name = path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))
    assert list(violations(code)) == MAY_RUN.get(name, [])
    assert not importers(code) or name in MAY_IMPORT


def test_importers_are_found() -> None:
    assert importers("import importlib\nimportlib.import_module(name)") == {"import_module"}
    assert importers("from importlib.machinery import SourceFileLoader as S\nS(a, b)") == {"SourceFileLoader"}
    assert all(importers((ROOT / path).read_text(encoding="utf-8")) for path in MAY_IMPORT)


def test_no_code_out_of_data_in_notebooks() -> None:
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert notebooks
    for path in notebooks:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        assert list(violations(code)) == [], path.name


IN_RULES = re.compile(r"\b(eval|exec|shell|run|system|popen)\s*[(:]|\b(pickle|joblib|yaml\.load)\b")
"""In files that are not quite Python: what runs strings, and bodies of rules that no test reaches."""


@pytest.mark.parametrize("text", ["shell: 'true'", "    run:", "x = eval(text)", "import pickle", "shell('true')"])
def test_the_scan_of_rules_finds(text: str) -> None:
    assert IN_RULES.search(text)


def test_no_code_out_of_data_in_rules() -> None:
    paths = [ROOT / "Snakefile", *sorted((ROOT / "workflow/rules").glob("*.smk"))]
    assert len(paths) > 5
    for path in paths:
        lines = [line.split("#")[0] for line in path.read_text(encoding="utf-8").splitlines()]
        assert [line for line in lines if IN_RULES.search(line)] == [], path.name
