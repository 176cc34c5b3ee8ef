"""One environment: pyproject.toml, requirements.lock, environment.yml and what is installed agree."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
CONDA_NAMES = {"matplotlib-base": "matplotlib"}
NOT_DEPENDENCIES = {"python", "pip"}
LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
MACOS = {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"}
PYTHON_OF_CONDA = {
    "python_version": "3.11",
    "python_full_version": "3.11.14",
    "platform_machine": "x86_64",
    **LINUX,
}


def direct_requirements(pyproject: str) -> dict[str, Requirement]:
    """Runtime and development requirements by name."""
    return {
        canonicalize_name(requirement.name): requirement
        for requirement in map(Requirement, [*runtime_lines(pyproject), *development_lines(pyproject)])
    }


def runtime_lines(pyproject: str) -> list[str]:
    """Requirements of the library and of every extra."""
    project = tomllib.loads(pyproject)["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    return [*project["dependencies"], *(line for line in extras if Requirement(line).name != project["name"])]


def development_lines(pyproject: str) -> list[str]:
    """Requirements for development."""
    return list(tomllib.loads(pyproject)["dependency-groups"]["dev"])


def lock_entries(lock: str) -> list[tuple[Requirement, list[str]]]:
    """Requirement and hashes of each entry of a lock file."""
    entries = []
    for line in lock.replace("\\\n", " ").splitlines():
        if line.strip() and not line.startswith("#"):
            requirement, *hashes = line.split("--hash=")
            entries.append((Requirement(requirement), [text.strip() for text in hashes]))
    return entries


def locked_versions(lock: str, python: dict[str, str] | None = None) -> dict[str, str]:
    """Version by name, of the entries whose markers hold for ``python`` (by default the running one)."""
    versions: dict[str, str] = {}
    for requirement, _ in lock_entries(lock):
        if requirement.marker is None or requirement.marker.evaluate(python):
            name = canonicalize_name(requirement.name)
            (pin,) = requirement.specifier
            assert pin.operator == "==", f"{name}: {pin} is not a pin"
            assert name not in versions, f"{name}: two entries of the lock hold at once"
            versions[name] = pin.version
    return versions


def conda_versions(environment: str) -> dict[str, str]:
    """Version by name of everything that environment.yml pins, its pip section included."""
    dependencies = yaml.safe_load(environment)["dependencies"]
    lines = [line for line in dependencies if isinstance(line, str)]
    lines += [line for part in dependencies if isinstance(part, dict) for line in part["pip"]]
    versions = {}
    for line in lines:
        # pip's lines may say where they hold.
        name, *pin = re.split("==?", line.split(";")[0].strip())
        if name not in NOT_DEPENDENCIES:
            assert len(pin) == 1, f"{line}: not a pin"
            versions[canonicalize_name(CONDA_NAMES.get(name, name))] = pin[0]
    return versions


def disagreements(
    pyproject: str, lock: str, environment: str, python: dict[str, str] | None = PYTHON_OF_CONDA
) -> list[str]:
    """Everything in which the three files differ; empty if they agree."""
    required = direct_requirements(pyproject)
    locked, conda = locked_versions(lock, python), conda_versions(environment)
    found = [f"{name}: not in the lock" for name in sorted(required.keys() - locked.keys())]
    found += [f"{name}: not in environment.yml" for name in sorted(required.keys() - conda.keys())]
    found += [f"{name}: only in environment.yml" for name in sorted(conda.keys() - required.keys())]
    for name in sorted(required.keys() & locked.keys()):
        if not required[name].specifier.contains(locked[name]):
            found.append(f"{name}: {locked[name]} locked, {required[name].specifier} required")
        if conda.get(name, locked[name]) != locked[name]:
            found.append(f"{name}: {locked[name]} locked, {conda[name]} in environment.yml")
    return found


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


PYPROJECT, LOCK, ENVIRONMENT = read("pyproject.toml"), read("requirements.lock"), read("environment.yml")


def test_the_three_files_agree() -> None:
    assert disagreements(PYPROJECT, LOCK, ENVIRONMENT) == []


def test_the_lock_serves_the_running_python() -> None:
    required, locked = direct_requirements(PYPROJECT), locked_versions(LOCK)
    assert {name for name in required if name not in locked} == set()
    assert [name for name in required if not required[name].specifier.contains(locked[name])] == []


@pytest.mark.parametrize(
    ("name", "old", "new", "found"),
    [
        ("environment.yml", "scipy=1.17.1", "scipy=1.17.2", "scipy: 1.17.1 locked, 1.17.2 in environment.yml"),
        ("environment.yml", "  - seaborn=0.13.2\n", "", "seaborn: not in environment.yml"),
        ("environment.yml", "  - pip:", "  - tqdm=4.70.1\n  - pip:", "tqdm: only in environment.yml"),
        ("requirements.lock", "fastjet==3.5.2.0", "fastjet==3.5.1.0", "fastjet: 3.5.1.0 locked, ==3.5.2.0 required"),
        ("pyproject.toml", '"numpy>=2.0"', '"numpy>=2.9"', "numpy: 2.4.6 locked, >=2.9 required"),
        ("pyproject.toml", '"h5py>=3.11"', '"h5py>=3.11", "dask>=2026"', "dask: not in the lock"),
    ],
)
def test_a_changed_pin_is_found(name: str, old: str, new: str, found: str) -> None:
    files = {"pyproject.toml": PYPROJECT, "requirements.lock": LOCK, "environment.yml": ENVIRONMENT}
    assert files[name].count(old) == 1
    files[name] = files[name].replace(old, new)
    assert found in disagreements(*files.values())


def test_conditions_are_the_same_everywhere() -> None:
    """What is left out on a machine is left out by pip, by the lock, and by conda's file."""
    lines = [*runtime_lines(PYPROJECT), *development_lines(PYPROJECT)]
    conditional = {canonicalize_name(found.name): found.marker for found in map(Requirement, lines) if found.marker}
    assert set(conditional) == {"monoprop", "pythia8mc", "stim"}
    (pip,) = [part["pip"] for part in yaml.safe_load(ENVIRONMENT)["dependencies"] if isinstance(part, dict)]
    conda = {canonicalize_name(found.name): found.marker for found in map(Requirement, pip)}
    assert {name for name, marker in conda.items() if marker} == set(conditional)
    for machine in (LINUX | {"platform_machine": "x86_64"}, LINUX | {"platform_machine": "aarch64"}, MACOS):
        python = machine | {"python_version": "3.11", "python_full_version": "3.11.14"}
        python.setdefault("platform_machine", "arm64")
        locked = locked_versions(LOCK, python)
        for name, marker in conditional.items():
            assert (name in locked) == marker.evaluate(python)
            assert conda[name].evaluate(python) == marker.evaluate(python)  # type: ignore[union-attr]


def test_every_locked_package_has_hashes() -> None:
    entries = lock_entries(LOCK)
    assert len(entries) > 100
    bad = [
        requirement.name
        for requirement, hashes in entries
        if not hashes or not all(re.fullmatch("sha256:[0-9a-f]{64}", text) for text in hashes)
    ]
    assert bad == []


@pytest.mark.parametrize("name", ["requirements.lock", "environment.yml", "pyproject.toml"])
def test_no_addresses(name: str) -> None:
    assert "://" not in read(name)


def test_what_is_installed_is_what_is_locked() -> None:
    locked = locked_versions(LOCK)
    assert {name: version(name) for name in direct_requirements(PYPROJECT)} == {
        name: locked[name] for name in direct_requirements(PYPROJECT)
    }


# What is imported is declared, and what nothing imports is not

WITHOUT_IMPORT = {
    "ipykernel": "runs notebooks",
    "jupyter": "opens notebooks",
    "plotly": "its script goes into the report page",
    "snakemake": "runs the workflow",
    "snakemake-executor-plugin-slurm": "runs the workflow on a cluster",
}
WHERE_INSTALLED = {"qiskit": "its circuits are converted, and tested, where a user has it"}
TOOLS = {
    "codespell",
    "editables",
    "hatchling",
    "mkdocs-material",
    "mypy",
    "pytest-xdist",
    "ruff",
    "snakefmt",
    "types-pyyaml",
}
"""Development requirements that are commands or plugins."""
OWN = {"bornscape", "snakemake_logger_plugin_bornscape", "support", "benchmarks"}


def code_of(path: Path) -> str:
    """The Python of a module, a notebook, or the import lines of a rule file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return (
        "\n".join(re.findall(r"^(?:from|import) [^(\n]+$", text, re.MULTILINE)) if path.suffix in (".smk", "") else text
    )


def imported(code: str) -> set[str]:
    """Top-level modules of other packages that code imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.importorskip":
            names.add(ast.literal_eval(node.args[0]))
    return {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - OWN


@cache
def owners_of_modules() -> Mapping[str, list[str]]:
    """Installed distributions by module; every file of each is looked at."""
    return packages_distributions()


def requirements_behind(*patterns: str) -> set[str]:
    """Names of the installed distributions that the files of these patterns import."""
    owners = owners_of_modules()
    modules = {name for pattern in patterns for path in ROOT.glob(pattern) for name in imported(code_of(path))}
    return {canonicalize_name(owner) for module in modules for owner in owners.get(module, [module])}


def declared(section: str) -> set[str]:
    lines = runtime_lines(PYPROJECT) if section == "runtime" else development_lines(PYPROJECT)
    return {canonicalize_name(Requirement(line).name) for line in lines}


def test_runtime_requirements_are_what_is_imported() -> None:
    behind = requirements_behind(
        "src/**/*.py", "workflow/**/*.py", "workflow/**/*.smk", "Snakefile", "notebooks/*.ipynb", "examples/*.py"
    )
    assert behind - declared("runtime") == set()
    assert declared("runtime") - behind - set(WITHOUT_IMPORT) == set()
    assert set(WITHOUT_IMPORT) <= declared("runtime")


def test_development_requirements_are_what_tests_import() -> None:
    behind = requirements_behind("tests/**/*.py", ".ci/*.py", "docs/*.py")
    assert behind - declared("runtime") - declared("dev") - set(WHERE_INSTALLED) == set()
    assert declared("dev") - behind - TOOLS == set()


def test_imports_are_seen() -> None:
    assert imported(
        "import numpy.linalg as l, os\nfrom yaml import x\ndef f():\n    from hypothesis.extra import y"
    ) == {
        "numpy",
        "yaml",
        "hypothesis",
    }
    assert imported("import pytest\nstim = pytest.importorskip('stim', reason='none')") == {"pytest", "stim"}
    assert imported("from bornscape.a import b\nfrom __future__ import annotations") == set()
