"""Files of others: configurations and data run nothing, and Python only where a configuration names it by its path."""

from __future__ import annotations

import hashlib
import pickle
import py_compile
import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
from snakemake.common.configfile import load_configfile

from bornscape.configuration import ConfigurationError, Source, read_source
from bornscape.configuration.my_model import preflight
from bornscape.configuration.problems import data_problems
from bornscape.datasets.clic import load_clic
from bornscape.my_model.data.model_data import read_data
from bornscape.my_model.user_code import UserCodeError, user_function
from bornscape.training.checkpoints import restore
from snakemake_logger_plugin_bornscape.configfiles import check_configuration_files, configuration_files
from support.executed import Executed, template

ROOT = Path(__file__).parents[2]


@pytest.fixture
def executed(tmp_path: Path) -> Executed:
    return Executed(tmp_path)


# Configurations


def test_a_template_is_refused_and_not_run(executed: Executed, tmp_path: Path) -> None:
    path = template(executed, tmp_path / "template.yaml")
    with pytest.raises(ConfigurationError, match=r"template\.yaml: __use_yte__: expected no template"):
        read_source(path)
    with pytest.raises(SystemExit, match=r"^Error: .*template\.yaml: __use_yte__"):
        check_configuration_files(["--cores", "1", "--configfile", "config/smoke.yaml", str(path)])
    assert not executed


def test_snakemake_itself_would_run_it(executed: Executed, tmp_path: Path) -> None:
    """Why the file has to be refused before Snakemake reads it."""
    load_configfile(str(template(executed, tmp_path / "template.yaml")))
    assert executed


def test_a_tag_that_makes_objects_is_refused(executed: Executed, tmp_path: Path) -> None:
    path = tmp_path / "tag.yaml"
    path.write_text(f'run: !!python/object/apply:eval ["{executed.code}"]\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"tag\.yaml: expected YAML"):
        read_source(path)
    assert not executed


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("--cores 2 fig_7 --configfile a.yaml", ["a.yaml"]),
        ("--configfile a.yaml b.yaml --cores 2", ["a.yaml", "b.yaml"]),
        ("--configfiles a.yaml -n b.yaml", ["a.yaml"]),
        ("--configfile=a.yaml fig_7", ["a.yaml"]),
        ("--configfi a.yaml", ["a.yaml"]),
        ("--configfile a.yaml --config seed=3 --configfile b.yaml", ["a.yaml", "b.yaml"]),
        ("--config a=b fig_7 -n", []),
        ("", []),
    ],
)
def test_configuration_files_of_a_command_line(arguments: str, expected: list[str]) -> None:
    assert list(configuration_files(arguments.split())) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "cannot be read: No such file or directory"),
        ("a: [1,\n", "expected YAML: "),
        ("- 1\n", "expected a mapping of keys to values, got list"),
    ],
)
def test_bad_files_are_one_line_that_names_the_file(content: str | None, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(SystemExit) as caught:
        check_configuration_files(["-n", "--configfile", "config/smoke.yaml", str(path)])
    assert str(caught.value).startswith(f"Error: {path}: {expected}")
    assert "\n" not in str(caught.value)


def test_good_files_pass() -> None:
    check_configuration_files(["--configfile", str(ROOT / "config/smoke.yaml"), str(ROOT / "examples/iqp.yaml")])


# Python files of a user's


def test_a_file_is_run_by_its_path(executed: Executed, tmp_path: Path) -> None:
    """Wherever it lies: the path says so."""
    (tmp_path / "sub").mkdir()
    path = tmp_path / "own.py"
    path.write_text(f"{executed.code}\n\ndef f():\n    return 3\n", encoding="utf-8")
    assert user_function(str(tmp_path / "sub" / ".." / "own.py"), "f")() == 3
    assert executed


@pytest.mark.parametrize(
    "path", ["os", "os:system", "os.system", "json", "bornscape.formulas", "own", "own.pyc", "own.so"]
)
def test_nothing_is_imported_by_a_name(path: str, executed: Executed, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("own.py", "own"):
        Path(name).write_text(f"{executed.code}\ndef system(*a): pass\n", encoding="utf-8")
    py_compile.compile("own.py", cfile="own.pyc")
    with pytest.raises(UserCodeError, match=r"expected a Python file, whose name ends in \.py"):
        user_function(path, "system")
    assert not executed


@pytest.mark.parametrize(
    "name", ["__class__", "__init__", "__import__", "eval", "g.h", "os.system", "missing", "number"]
)
def test_only_functions_that_the_file_holds(name: str, tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text("import os\nnumber = 1\n\ndef g():\n    pass\n\ng.h = g\n", encoding="utf-8")
    with pytest.raises(UserCodeError, match="expected a function "):
        user_function(str(path), name)
    assert callable(user_function(str(path), "g"))


def test_a_cached_compilation_is_not_run(executed: Executed, tmp_path: Path) -> None:
    """Python itself runs a cache that says it need not be compared with its source."""
    path, other = tmp_path / "own.py", tmp_path / "other.py"
    other.write_text(f"{executed.code}\n\ndef f():\n    return 'cached'\n", encoding="utf-8")
    path.write_text("def f():\n    return 'written'\n", encoding="utf-8")
    cache = f"{tmp_path}/__pycache__/own.{sys.implementation.cache_tag}.pyc"
    py_compile.compile(str(other), cfile=cache, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    assert user_function(str(path), "f")() == "written"
    assert not executed
    done = subprocess.run(
        [sys.executable, "-c", "import own; print(own.f())"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "cached"
    assert executed


def test_the_trial_imports_nothing_of_the_current_folder(executed: Executed, tmp_path: Path, monkeypatch: Any) -> None:
    """A file beside the configuration that is called like a library is not one."""
    monkeypatch.chdir(tmp_path)
    for name in ("numpy.py", "json.py", "pandas.py", "helper.py"):
        Path(name).write_text(f"{executed.code}\n", encoding="utf-8")
    Path("own.py").write_text("def make(n, rng):\n    return rng.integers(2, size=(50, n))\n", encoding="utf-8")
    model: dict[str, Any] = {
        "circuit": {"family": "line", "layers": 1},
        "losses": {"kld": {"kind": "kld"}},
        "data": {"file": "own.py", "function": "make"},
        "sizes": [4],
    }
    # Only beside the file itself is a module found, and only one that the file imports by name. The first model, which
    # is in order, is tried in the same process: a start takes seconds.
    Path("folder").mkdir()
    other = model | {"data": {"file": "folder/own.py", "function": "make"}}
    config = {"seed": 1, "models": {"first": model, "m": other}}
    for text in ("import helper\n", "import importlib\nimportlib.import_module('helper')\n"):
        Path("folder/own.py").write_text(text, encoding="utf-8")
        with pytest.raises(ConfigurationError, match=r"models\.m\..*No module named 'helper'"):
            preflight(config, [Source("my.yaml", config)])
    Path("helper.py").rename("folder/helper.py")
    with pytest.raises(ConfigurationError, match="No module named 'helper'"):
        preflight(config, [Source("my.yaml", config)])
    assert not executed
    Path("folder/own.py").write_text("import helper\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="expected a function 'make'"):
        preflight(config, [Source("my.yaml", config)])
    assert executed


# Data files


class Bomb:
    """Pickled, it leaves the mark when it is read."""

    def __init__(self, executed: Executed) -> None:
        self.executed = executed

    def __reduce__(self) -> tuple[Any, ...]:
        return (exec, (self.executed.code,))


def test_the_bomb_goes_off_where_pickles_are_read(executed: Executed) -> None:
    pickle.loads(pickle.dumps(Bomb(executed)))
    assert executed


def test_no_data_file_is_unpickled(executed: Executed, tmp_path: Path) -> None:
    bomb = pickle.dumps(Bomb(executed))
    for name in ("data.csv", "data.h5", "data.parquet", "data.npz"):
        (tmp_path / name).write_bytes(bomb)
    with pytest.raises(ValueError, match=r"data\.csv: "):
        read_data(tmp_path / "data.csv")
    with pytest.raises(ValueError, match=r"data\.h5: "):
        load_clic(tmp_path / "data.h5")
    with pytest.raises(ValueError, match=r"[Pp]arquet"):
        pd.read_parquet(tmp_path / "data.parquet")
    assert restore("any", 10, tmp_path / "data.npz") is None
    assert not executed


def test_objects_inside_of_good_containers_are_not_unpickled(executed: Executed, tmp_path: Path) -> None:
    objects = np.array([Bomb(executed)], dtype=object)
    np.savez(tmp_path / "checkpoint.npz", run=objects, theta=objects)
    assert restore("any", 10, tmp_path / "checkpoint.npz") is None
    with h5py.File(tmp_path / "showers.h5", "w") as file:
        bytes_of = np.frombuffer(pickle.dumps(Bomb(executed)), dtype=np.uint8)
        file["ECAL"] = np.void(bytes_of.tobytes())
        file["energy"] = np.zeros(1)
    with pytest.raises(ValueError, match=r"showers\.h5: ECAL: "):
        load_clic(tmp_path / "showers.h5")
    assert not executed


def test_a_file_of_another_sum_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: Any) -> None:
    path = tmp_path / "showers.h5"
    path.write_bytes(b"content")
    data = {
        "jets": {"jets": 1, "chunk": 1, "pt_min": 0, "pt_max": 1, "pthat_min": 0, "pthat_max": 1},
        "showers": {"source": "clic", "path": str(path), "energy_min": 1, "energy_max": 2},
    }
    right = hashlib.sha256(b"content").hexdigest()
    monkeypatch.setattr(h5py, "File", lambda *a, **k: pytest.fail("the file was read"))
    for digest, bad in ((right, False), ("0" * 64, True), (right[:-1], True), (None, False)):
        data["showers"]["sha256"] = digest
        found = [(key, problem) for key, problem in data_problems(data) if problem]
        assert bool(found) == bad
        assert all(key == ("data", "showers", "sha256") for key, _ in found)
