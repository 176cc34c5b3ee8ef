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
EXAMPLES = ("iqp", "hamming_weight", "small_angles", "my_circuit", "my_loss", "noise_and_path")
BEYOND = ("brickwork_100", "iqp_1000")

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
@pytest.mark.parametrize("name", EXAMPLES + BEYOND)
def test_examples_pass(name: str) -> None:
    example = read(f"examples/{name}.yaml")
    check_models(example, [Source(name, example)], SCHEMA)
    assert first_problem(example["models"], 1) is None
    # Those beyond state vectors skip the sizes at which these take longest.
    beyond = {size for model in example["models"].values() for size in model["sizes"] if size > 12}
    assert not any(size <= 20 for size in beyond)
    assert bool(beyond) is (name in BEYOND)
    assert all(model["draws"] <= 200 for model in example["models"].values())


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
    ("shots", 1, "shots: shots 1: expected at least 2 at n = 4, got 1"),
    ("draws", 70, "draws: expected a multiple of chunk (50), got 70"),
    ("draws", 10**12, "draws: expected at most 1000000, got 1000000000000"),
    ("draws", 600_000, "draws: expected at most 10000 chunks of 50, got 600000 draws; a larger chunk makes fewer"),
    ("shots", 1e16, "shots: shots 1e+16: expected at most 1e+15 at n = 4, got 1e+16"),
    ("circuit/layers", -1, "circuit.layers: layers -1: expected at least 0 at n = 4, got -1"),
    ("circuit/layers", "n-6", "circuit.layers: layers 'n-6': expected at least 0 at n = 4, got -2"),
    ("circuit/keywords", {"L": 4}, "circuit.keywords: expected only beside file"),
    ("losses/mmd/bandwidth", 1e300, "losses.mmd.bandwidth: bandwidth 1e+300: expected values up to 1e+09 at n = 4"),
    ("losses/mmd/keywords", {"L": 4}, "losses.mmd.keywords: does not belong to a loss of kind mmd"),
    ("inputs", ["gone.txt"], "inputs.0: expected the path of an existing file, got 'gone.txt'"),
    ("data/inputs", ["gone.txt"], "data.inputs.0: expected the path of an existing file, got 'gone.txt'"),
    ("data/columns", [0, 1], "data.columns: expected only beside samples"),
    ("data", {"samples": "gone.csv"}, "data.samples: expected the path of an existing file, got 'gone.csv'"),
    (
        "data",
        {"samples": "a", "csv": "b"},
        "data: expected exactly one of ['set', 'samples', 'csv', 'file'], got ['samp",
    ),
    ("max_draws", 200, "max_draws: expected only with precision"),
    ("precision", 0, "precision: expected a number above 0, got 0"),
    ("noise/readout", 0.5, "noise.readout: at n = 4: expected a chance from 0 to below 0.5, got 0.5; 0.01 is one"),
    ("noise/depolarising", "n/5", "noise.depolarising: at n = 4: expected a chance from 0 to below 0.75, got 0.8"),
    ("noise/flip", 0.1, "noise.flip: unknown key; expected one of ['amplitude_damping', "),
    ("noise", {}, "noise: expected at least one entry"),
    ("path", {}, "path: expected the key 'steps'"),
    ("path/steps", 0, "path.steps: expected at least 1, got 0"),
    (
        "path",
        {"steps": 5, "optimiser": "sgd"},
        "path.optimiser: expected one of ['adam', 'gradient_descent'], got 'sgd'",
    ),
    ("path", {"steps": 5, "starts": 1}, "path.starts: expected at least 3, got 1"),
]


@pytest.mark.parametrize(("path", "value", "message"), MISTAKES)
def test_mistakes(path: str, value: Any, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert error_of(changed(path, value)).startswith(f"my.yaml: models.m.{message}")


def test_noisy_gates_at_sizes_that_mixed_states_do_not_reach() -> None:
    model = MODEL | {"sizes": [4, 12]}
    assert "models.m.noise.amplitude_damping: such noise of gates is simulated on at most 10 wires" in error_of(
        model | {"noise": {"amplitude_damping": 0.01}}
    )
    config = {"models": {"m": model | {"noise": {"readout": 0.01}}}}
    check_models(config, [Source("my.yaml", config)], SCHEMA)


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


COLUMNS: list[tuple[Any, str]] = [
    ("n", "data.columns: expected array or object, got 'n'"),
    ({}, "data.columns: expected a list of columns, a list for each size as {4: [0, 1, 4, 5]}, {lattice: [4, 4]}, or"),
    ({"grid": [4, 4]}, "data.columns: expected a list of columns, a list for each size as"),
    ({"lattice": [4]}, "data.columns.lattice: expected [rows, columns], as [4, 4], got [4]"),
    ({"lattice": [2, 4]}, "data.columns: a.csv: no part of a lattice of 2 x 4 has 9 sites; these sizes have: [1, 2, "),
    ({4: [0, 1, 4, 5]}, "data.columns: a.csv: expected columns for n = 9, as 9: [0, 1, 2, 3, 4, 5, 6, 7, 8]"),
    ({4: [0, 1, 4]}, "data.columns: a.csv: columns of n = 4: expected 4 different numbers of columns from 0, as "),
    ({4: [0, 1, 4, 16], 9: [1]}, "data.columns: a.csv: expected numbers of columns from 0 to 15, got 16"),
    ([0, 1, 2, 3, "4"], "data.columns: expected a list of columns, as [0, 1, 4, 5], got [0, 1, 2, 3, '4']"),
    ([0, 1, 2, 3, 4], "data.columns: a.csv: columns: expected 9 different numbers of columns"),
]


@pytest.mark.parametrize(("columns", "message"), COLUMNS)
def test_columns_that_do_not_fit(columns: Any, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("0 1 " * 8 + "\n")
    model = MODEL | {"sizes": [4, 9]}
    assert error_of(model | {"data": {"samples": "a.csv", "columns": columns}}).startswith(
        f"my.yaml: models.m.{message}"
    )


@pytest.mark.parametrize(
    "columns", [{"lattice": [4, 4]}, list(range(16)), {4: [0, 1, 4, 5], 9: [0, 1, 2, 4, 5, 6, 8, 9, 10]}]
)
def test_columns_that_fit(columns: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("0 1 " * 8 + "\n")
    config = {"models": {"m": MODEL | {"sizes": [4, 9], "data": {"samples": "a.csv", "columns": columns}}}}
    check_models(config, [Source("my.yaml", config)], SCHEMA)
    assert first_problem(config["models"], 1) is None


@pytest.mark.parametrize("name", ["a<word>.csv", "a{n}.csv"])
def test_paths_that_snakemake_would_read_otherwise(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).write_text("bitstring\n010111\n")
    assert "which mean something to Snakemake; rename it" in error_of(changed("data", {"csv": name}))


OWN = """
import pennylane as qml

def circuit(parameters, wires, {keyword}=1):
    if len(wires) == 5:
        raise ValueError("five")
    for k, wire in enumerate(wires):
        qml.RY(parameters[k], wires=wire)

def square(q, p, power=2):
    return sum(abs(q - p) ** power)

def slope(q, p, power=2):
    return {slope}
"""


def own_problem(sizes: list[int], slope: str = "2 * (q - p)", keyword: str = "L", **circuit: Any) -> Any:
    Path("own.py").write_text(OWN.format(slope=slope, keyword=keyword))
    model = MODEL | {
        "sizes": sizes,
        "circuit": {"file": "own.py", "function": "circuit", "parameters": "n"} | circuit,
        "losses": {"own": {"kind": "function", "file": "own.py", "function": "square", "derivative": "slope"}},
    }
    return first_problem({"m": model}, 1)


def test_every_cheap_size_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert own_problem([4, 6]) is None
    key, message = own_problem([4, 5])
    assert key == ["m", "circuit"]
    assert message.startswith("own.py: circuit: at n = 5")
    assert "ValueError: five" in message


def test_fixed_keywords_of_a_circuit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "unexpected keyword argument 'L'" in own_problem([4], keyword="M", keywords={"L": 4})[1]


@pytest.mark.parametrize("slope", ["-2 * (q - p)", "4 * (q - p)", "q", "0 * q", "2 * (q - p) + q[0] * (p > 0)"])
def test_a_wrong_derivative_is_refused(slope: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    key, message = own_problem([4], slope=slope)
    assert key == ["m", "losses", "own", "derivative"]
    assert message.startswith(
        "own.py: slope: at n = 4: expected the derivative of 'square': along one direction it says"
    )
    assert message.endswith("if the key 'derivative' is left out")


@pytest.mark.parametrize("slope", ["2 * (q - p)", "2 * (q - p) + 7"])
def test_a_right_derivative_is_not(slope: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A constant more is no difference: the probabilities sum to 1."""
    monkeypatch.chdir(tmp_path)
    assert own_problem([4, 6, 8], slope=slope) is None


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
