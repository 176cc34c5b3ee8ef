"""The wheel: what it holds, and that it works from an environment that is not this checkout's."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from bornscape.datasets.kept_jets import KEPT

ROOT = Path(__file__).parents[2]


def done(*command: str | Path, folder: Path) -> str:
    variables = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    answer = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, folder=ROOT)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def python(wheel: Path) -> Path:
    """The interpreter of a fresh environment that has the wheel, and this one's other packages behind it."""
    folder = wheel.parent / "venv"
    done(sys.executable, "-m", "venv", "--without-pip", folder, folder=ROOT)
    found = folder / "bin/python"
    quiet = ("--quiet", "--no-input", "--disable-pip-version-check")
    done(sys.executable, "-m", "pip", *quiet, "--python", found, "install", "--no-deps", wheel, folder=ROOT)
    (site,) = folder.glob("lib/python*/site-packages")
    # A path alone: the .pth file that leads from there to this checkout is not followed.
    (site / "packages.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return found


def test_the_wheel_holds_the_packages_and_the_kept_jets(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    folders = {name.split("/")[0] for name in names}
    assert {name for name in folders if not name.endswith(".dist-info")} == {
        "bornscape",
        "snakemake_logger_plugin_bornscape",
    }
    kept = {f"bornscape/datasets/kept/{path.relative_to(KEPT)}" for path in KEPT.rglob("*.*")}
    assert kept
    assert kept <= names
    modules = {str(path.relative_to(ROOT / "src")) for path in (ROOT / "src/bornscape").rglob("*.py")}
    assert modules <= names
    assert not [name for name in names if name.endswith(".pyc")]


def test_the_wheel_says_what_it_needs(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = [name for name in archive.namelist() if name.endswith("METADATA")]
    lines = archive.read(name).decode().splitlines()
    unconditional = [line for line in lines if line.startswith("Requires-Dist:") and "extra ==" not in line]
    assert 10 < len(unconditional) < 20
    assert not [line for line in unconditional if any(word in line for word in ("snakemake", "pythia", "jupyter"))]
    extras = {line.split()[1] for line in lines if line.startswith("Provides-Extra:")}
    assert extras == {"all", "experiments", "hep", "networks", "report", "workflow"}


# Nothing that Numba compiles: for another folder that is done anew, which takes half a minute.
CODE = """
import numpy as np
import bornscape as bs
from bornscape.datasets.kept_jets import kept_sets
sizes = np.arange(4, 12)
print(bs.__file__)
print(bs.scaling_law(sizes, np.exp(-1.0 * sizes)).preferred, bs.line_circuit(3, 1).n_qubits, len(kept_sets()))
"""


def test_the_wheel_works_on_its_own(python: Path, tmp_path: Path) -> None:
    where, numbers = done(python, "-c", CODE, folder=tmp_path).splitlines()
    assert Path(where).is_relative_to(python.parents[1])
    assert numbers == f"exponential 3 {len(list(KEPT.iterdir()))}"
