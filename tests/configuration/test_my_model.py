"""The configuration's ``models``: the examples pass; each mistake is one error with file, key and expectation."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from bornscape.configuration import ConfigurationError, Source, check_schema
from bornscape.configuration.my_model import check_models, preflight
from bornscape.my_model.preflight import first_problem

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "workflow/schemas/config.schema.json"
EXAMPLES = ("iqp", "hamming_weight", "small_angles", "my_circuit", "my_loss")

MODEL: dict[str, Any] = {
    "circuit": {"family": "line", "layers": "log2(n)"},
    "initialisation": {"kind": "uniform"},
    "losses": {"mmd": {"kind": "mmd", "bandwidth": "n/4"}},
    "data": {"set": "ghz"},
    "sizes": [4, 6],
    "shots": 100,
    "draws": 100,
    "chunk": 50,
}


@cache
def parsed(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def read(name: str) -> dict[str, Any]:
    return copy.deepcopy(parsed(ROOT / name))


def changed(path: str, value: Any) -> dict[str, Any]:
    """The model with one key, "losses/mmd/bandwidth", set; None takes it away."""

    def step(part: dict[str, Any], keys: list[str]) -> dict[str, Any]:
        if len(keys) == 1:
            kept = {key: held for key, held in part.items() if key != keys[0]}
            return kept if value is None else kept | {keys[0]: value}
        return part | {keys[0]: step(part.get(keys[0], {}), keys[1:])}

    return step(MODEL, path.split("/"))


def error_of(model: Any) -> str:
    config = {"models": {"m": model}}
    with pytest.raises(ConfigurationError) as caught:
        check_models(config, [Source("my.yaml", config)], SCHEMA)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.fixture
def at_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of the examples are named from the repository's folder."""
    monkeypatch.chdir(ROOT)


@pytest.mark.usefixtures("at_root")
@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_pass(name: str) -> None:
    example = read(f"examples/{name}.yaml")
    check_models(example, [Source(name, example)], SCHEMA)
    assert first_problem(example["models"], 1) is None
    assert all(max(model["sizes"]) <= 12 and model["draws"] <= 200 for model in example["models"].values())


@pytest.mark.usefixtures("at_root")
def test_claims_of_the_examples_fit_the_schema_and_their_models() -> None:
    claims, models = read("examples/iqp_claims.yaml"), read("examples/iqp.yaml")["models"]
    check_schema(claims, ROOT / "workflow/schemas/claims.schema.json", [Source("iqp_claims.yaml", claims)])
    for claim in claims["claims"]:
        assert {claim["settings"]["model"], claim["control"]["model"]} <= set(models)
        assert claim["settings"]["loss"] in models[claim["settings"]["model"]]["losses"]


def test_shipped_configuration_has_no_models() -> None:
    assert read("config/config.yaml")["models"] == {}


MISTAKES: list[tuple[str, Any, str]] = [
    ("circuit/family", "linear", "circuit.family: expected one of ['product', 'line', "),
    ("circuit/layer", 2, "circuit.layer: unknown key; expected one of "),
    ("circuit/layers", "log3(n)", "circuit.layers: formula 'log3(n)': expected numbers, n, "),
    ("circuit/layers", None, "circuit: expected the key 'layers'"),
    ("circuit", {"family": "product", "layers": 2}, "circuit.layers: expected no layers"),
    ("circuit/file", "a.py", "circuit: expected exactly one of ['family', 'file'], got ['family', 'file']"),
    ("circuit", {}, "circuit: expected exactly one of ['family', 'file'], got none"),
    ("circuit/parameters", 3, "circuit.parameters: expected only beside file"),
    ("circuit", {"file": "a.py", "parameters": "n"}, "circuit: expected file and function together"),
    ("circuit", {"file": "a.py", "function": "f", "parameters": "n"}, "circuit.file: expected the path of an existing"),
    ("initialisation", {"kind": "small"}, "initialisation: expected the key 'scale'"),
    (
        "initialisation",
        {"kind": "small", "scale": "n-6"},
        "initialisation.scale: scale 'n-6': expected a number above 0",
    ),
    ("initialisation/scale", 0.1, "initialisation.scale: expected only with kind: small"),
    ("losses", {}, "losses: expected at least one entry"),
    ("losses/mmd/kind", "mdm", "losses.mmd.kind: expected one of ['mmd', "),
    ("losses/mmd/bandwidth", None, "losses.mmd: expected the key 'bandwidth' with kind mmd"),
    ("losses/mmd/bandwidth", "4-n", "losses.mmd.bandwidth: bandwidth '4-n': expected values above 0 at n = 4"),
    ("losses/mmd/epsilon", 0.1, "losses.mmd.epsilon: does not belong to a loss of kind mmd"),
    ("losses/own", {"kind": "observable"}, "losses.own: expected the key 'file' with kind observable"),
    ("data", {}, "data: expected exactly one of ['set', 'samples', 'csv', 'file'], got none"),
    ("data/set", "gzh", "data.set: expected one of ['zero', "),
    ("data/seed", 3, "data.seed: expected only beside file"),
    ("data", {"csv": "gone.csv"}, "data.csv: expected the path of an existing file, got 'gone.csv'"),
    ("sizes", [], "sizes: expected at least one entry"),
    ("sizes", [1], "sizes.0: expected at least 2, got 1"),
    ("sizes", [4, 90], "sizes: 90 qubits need at least "),
    ("shots", 1, "shots: shots 1: expected at least 2 at n = 4, got 1"),
    ("draws", 70, "draws: expected a multiple of chunk (50), got 70"),
    ("max_draws", 200, "max_draws: expected only with precision"),
    ("precision", 0, "precision: expected a number above 0, got 0"),
]


@pytest.mark.parametrize(("path", "value", "message"), MISTAKES)
def test_mistakes(path: str, value: Any, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert error_of(changed(path, value)).startswith(f"my.yaml: models.m.{message}")


def test_images_of_other_sizes() -> None:
    assert "models.m.data.set: data set jets has images of " in error_of(
        MODEL | {"data": {"set": "jets"}, "sizes": [4, 5]}
    )


def test_budget_below_the_draws() -> None:
    assert "models.m.max_draws: expected at least draws (100), got 50" in error_of(
        MODEL | {"precision": 0.1, "max_draws": 50}
    )


def test_csv_shorter_than_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("bitstring\n01011\n")
    assert "models.m.sizes: a.csv: expected strings of at least 6 characters, got 5" in error_of(
        changed("data", {"csv": "a.csv"})
    )
    Path("b.csv").write_text("bitstring\n010111\n01\n")
    assert "models.m.data.csv: b.csv: row 3: bitstring: " in error_of(changed("data", {"csv": "b.csv"}))


def test_trial_of_users_files_names_file_and_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.py").write_text(
        'import numpy as np\nprint(\'{"not": "the answer"}\')\n\n'
        "def start(n, k, b, p, rng):\n    return np.full(k, np.inf)\n"
    )
    config = {"seed": 1, "models": {"m": MODEL | {"initialisation": {"file": "own.py", "function": "start"}}}}
    with pytest.raises(ConfigurationError) as caught:
        preflight(config, [Source("my.yaml", config)])
    assert str(caught.value).startswith(
        "my.yaml: models.m.initialisation: own.py: start: expected 42 finite parameters"
    )


def test_trial_survives_a_file_that_ends_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.py").write_text("import os\nos._exit(3)\n")
    config = {"seed": 1, "models": {"m": MODEL | {"data": {"file": "own.py", "function": "make"}}}}
    with pytest.raises(ConfigurationError, match=r"models: a file of \['m'\] ended the trial: exit status 3"):
        preflight(config, [Source("my.yaml", config)])


def test_models_without_files_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any, **keywords: Any) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr("subprocess.run", refuse)
    preflight({"seed": 1, "models": {"m": MODEL}}, [])
    preflight({"seed": 1}, [])
    with pytest.raises(AssertionError, match="a process was started"):
        preflight({"seed": 1, "models": {"m": MODEL | {"data": {"file": "own.py", "function": "f"}}}}, [])


def test_no_file_is_run_by_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.py").write_text("raise AssertionError('it was run')\n")
    config = {"models": {"m": MODEL | {"data": {"file": "own.py", "function": "make"}}}}
    check_models(config, [Source("my.yaml", config)], SCHEMA)
    assert first_problem(config["models"], 1) == (
        ["m", "data"],
        "own.py: cannot be imported: AssertionError: it was run",
    )
