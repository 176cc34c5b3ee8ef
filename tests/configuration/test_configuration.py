"""Configurations: the shipped ones pass; each mistake gives one error: the file, the key and what was expected."""

import copy
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bornscape.claims.judges import JUDGES
from bornscape.configuration import (
    ConfigurationError,
    Source,
    check,
    check_schema,
    notebook_parameters,
    read_source,
    support_size,
    take_away,
)
from bornscape.configuration.sources import read_schema
from bornscape.datasets import SYNTHETIC
from bornscape.datasets.published import PUBLISHED
from bornscape.losses.explicit import DEFINITIONS
from bornscape.losses.fidelity import LOSS_KINDS
from bornscape.planning.shown import Shown
from support.shipped import CATALOGUE, shipped_claims, shipped_configuration

ROOT = Path(__file__).parents[2]
BASE = "config/config.yaml"
OVERLAY = "my.yaml"
SCHEMA = ROOT / "workflow/schemas/config.schema.json"
CLAIMS_SCHEMA = ROOT / "workflow/schemas/claims.schema.json"
NOTEBOOKS = ROOT / "notebooks"

Config = dict[str, Any]


def shipped(name: str) -> Config:
    return shipped_configuration(name)


def merged(*layers: Any) -> Config:
    """As Snakemake merges configuration files: mappings recursively, everything else replaced."""
    result: Config = {}
    for layer in layers:
        for key, value in layer.items():
            both = isinstance(value, dict) and isinstance(result.get(key), dict)
            result[key] = merged(result[key], value) if both else copy.deepcopy(value)
    return result


def check_layers(*layers: tuple[str, Any], notebooks: Path = NOTEBOOKS) -> None:
    sources = [Source(name, content) for name, content in layers]
    config = merged(*(content for _, content in layers))
    take_away(config, sources)
    check(config, sources, SCHEMA, notebooks)


def error_of(overlay: Any, name: str = OVERLAY, base: Config | None = None) -> str:
    """The message about the shipped configuration with an overlay."""
    with pytest.raises(ConfigurationError) as caught:
        check_layers((BASE, base or shipped("config.yaml")), (name, overlay))
    message = str(caught.value)
    assert "\n" not in message
    return message


def nested(path: str, value: Any) -> Config:
    first, _, rest = path.partition("/")
    return {first: nested(rest, value) if rest else value}


@pytest.mark.parametrize(
    "overlays", [[], ["smoke.yaml"], ["quick.yaml"], ["paper.yaml"], ["paper.yaml", "paper_part.yaml"]]
)
def test_shipped_configurations_pass(overlays: list[str]) -> None:
    check_layers((BASE, shipped("config.yaml")), *[(overlay, shipped(overlay)) for overlay in overlays])


def test_shipped_runs_do_not_overwrite_each_other() -> None:
    names = [shipped(f"{name}.yaml")["run"] for name in ("config", "smoke", "quick", "paper")]
    assert len(set(names)) == 4


def test_the_quick_configuration_makes_what_make_quick_asks_for() -> None:
    layers = [shipped("config.yaml"), shipped("quick.yaml")]
    config = merged(*layers)
    take_away(config, [Source(BASE, layers[0]), Source("config/quick.yaml", layers[1])])
    asked = re.search(
        r"^\t\$\(SNAKEMAKE\) (.*) --configfile config/quick\.yaml$", (ROOT / "Makefile").read_text(), re.M
    )
    assert asked
    figures = Shown(CATALOGUE, frozenset({"variance", *config["experiments"]}), config, "results/quick").figures
    assert asked[1].split() == ["fig_5", "fig_6", "trainability_table", "my_model"]
    assert {"fig_5", "fig_6"} <= set(figures)
    assert (ROOT / config["models"]["ring"]["circuit"]["file"]).is_file()
    # What it leaves out it leaves out.
    assert "fig_7" not in figures


def test_merging_replaces_lists() -> None:
    assert merged({"a": {"b": [1, 2], "c": 3}}, {"a": {"b": [4]}}) == {"a": {"b": [4], "c": 3}}


MISTAKES: list[tuple[str, Any, str]] = [
    # Unknown keys
    ("sed", 1, "sed: unknown key; expected one of ['bodyness', 'claims', "),
    ("variance/line/layers", [1], "variance.line.layers: unknown key; expected one of ['bandwidths', "),
    ("data/jets/radus", 1, "data.jets.radus: unknown key; expected one of ['check_radii', "),
    ("training/jets_16/losses/kld/gamma", 1, "training.jets_16.losses.kld.gamma: unknown key"),
    ("training/jets_16/losses/kld/epsilon", 1, "training.jets_16.losses.kld.epsilon: expected at most 0.01"),
    ("training/jets_16/losses/lqf/epsilon", 1e-6, "training.jets_16.losses.lqf.epsilon: does not belong here"),
    ("training/jets_16/losses/kld/form", "soft", "training.jets_16.losses.kld.form: expected one of"),
    ("training/jets_16/rate", 0, "training.jets_16.rate: expected"),
    ("training/jets_16/wires", "snake", "training.jets_16.wires: expected one of"),
    ("variance/product_haar/shots", [2], "variance.product_haar.shots: unknown key"),
    # Wrong types and forms
    ("seed", "1", "seed: expected integer, got '1'"),
    ("seed", 1.5, "seed: expected integer, got 1.5"),
    ("seed", True, "seed: expected integer, got True"),
    ("seed", None, "seed: expected integer, got None"),
    ("seed", -1, "seed: expected at least 0, got -1"),
    ("run", "abc\n", "run: expected text that matches ^[A-Za-z0-9_-]+$, got 'abc\\n'"),
    ("seed", 2**64, "seed: expected at most 18446744073709551615, got 18446744073709551616"),
    ("variance/line/draws", 10**12, "variance.line.draws: expected at most 100000000, got 1000000000000"),
    (
        "experiments/scaling",
        {"kind": "exceptions"},
        "experiments.scaling: expected another name: scaling.csv is a table",
    ),
    ("experiments/claims", {"kind": "exceptions"}, "experiments.claims: expected another name: claims.csv is a table"),
    ("experiments/proposition_5/chunks", 10**12, "experiments.proposition_5.chunks: expected at most 10000, got 1000"),
    ("variance/line_tensor/depths", ["1-n"], "variance.line_tensor.depths: layers '1-n': expected at least 0 at n = "),
    ("run", "a/b", "run: expected text that matches ^[A-Za-z0-9_-]+$, got 'a/b'"),
    ("variance", None, "variance: expected object, got None"),
    ("variance/line/draws", 1000.0, "variance.line.draws: expected integer, got 1000.0"),
    ("variance/line/epsilon", "1e-3", "variance.line.epsilon: expected number, got '1e-3' (text to YAML; "),
    ("variance/line/epsilon", 0, "variance.line.epsilon: expected a number above 0, got 0"),
    ("variance/line/epsilon", 0.5, "variance.line.epsilon: expected at most 0.01, got 0.5"),
    ("data/jets/cut", float("inf"), "data.jets.cut: expected number, got inf"),
    ("data/jets/radius", float("nan"), "data.jets.radius: expected number, got nan"),
    (
        "variance/line/kind",
        "lin",
        "variance.line.kind: expected one of ['line', 'product', 'product_shots', ",
    ),
    ("variance/line/n_qubits", 4, "variance.line.n_qubits: expected array, got 4"),
    ("variance/line/n_qubits", [4, 5.0], "variance.line.n_qubits.1: expected integer, got 5.0"),
    ("variance/line/n_qubits", [0], "variance.line.n_qubits.0: expected at least 1, got 0"),
    ("variance/line/shots", [1], "variance.line.shots.0: expected at least 2, got 1"),
    ("variance/new", {"n_qubits": [4]}, "variance.new: expected the key 'kind'"),
    ("variance/Bad-Name", {"kind": "line"}, "variance: expected text that matches ^[a-z0-9_]+$, got 'Bad-Name'"),
    ("data/showers/window", 8, "data.showers.window: expected one of [5, 7, "),
    # Empty lists and values twice
    ("variance/line/n_qubits", [], "variance.line.n_qubits: expected at least one entry"),
    ("variance/line/datasets", [], "variance.line.datasets: expected at least one entry"),
    ("variance/product_shots/shots", [], "variance.product_shots.shots: expected at least one entry"),
    ("data/cuts", [], "data.cuts: expected at least one entry"),
    ("variance/line/bandwidths/x", [], "variance.line.bandwidths.x: expected at least one entry"),
    ("variance/line/datasets", ["ghz", "ghz"], "variance.line.datasets: expected no value twice, got ['ghz', 'ghz']"),
    # Bandwidths
    ("variance/line/bandwidths/x", 0, "variance.line.bandwidths.x: bandwidth 0: expected values above 0"),
    ("variance/line/bandwidths/x", -1.5, "variance.line.bandwidths.x: bandwidth -1.5: expected values above 0"),
    (
        "variance/line/bandwidths/x",
        "n-2",
        "variance.line.bandwidths.x: bandwidth 'n-2': expected values above 0 at n = 2",
    ),
    ("variance/line/bandwidths/x", "m/4", "variance.line.bandwidths.x: formula 'm/4': expected numbers, n, + -"),
    ("variance/line/bandwidths/x", [1, 0], "variance.line.bandwidths.x: bandwidth [1, 0]: expected values above 0"),
    ("variance/line/bandwidths/x", None, "variance.line.bandwidths.x: expected number or string or array, got None"),
    ("variance/line/bandwidths", {1: 1}, "variance.line.bandwidths.1: expected text as a key; write it in quotes: '1'"),
    (
        "variance/product_haar/bandwidths/x",
        [1, 2],
        "variance.product_haar.bandwidths.x: expected number or string, got [1, 2]",
    ),
    ("training/fig_10/losses/mmd_n4/bandwidth", 0, "training.fig_10.losses.mmd_n4.bandwidth: bandwidth 0: expected"),
    ("training/jets_16/losses/new", {"kind": "mmd"}, "training.jets_16.losses.new: expected the key 'bandwidth'"),
    ("training/jets_16/losses/kld/bandwidth", 1, "training.jets_16.losses.kld.bandwidth: does not belong here"),
    (
        "training/jets_16/losses/new",
        {"kind": "kdl"},
        "training.jets_16.losses.new.kind: expected one of ['mmd', 'lqf', 'lqf_free', ",
    ),
    # Sizes
    ("variance/line/n_qubits", [4, 60], "variance.line.n_qubits: 60 qubits need at least 1.37e+11 GiB for each draw"),
    ("variance/line/n_qubits", [3000], "variance.line.n_qubits: 3000 qubits need at least"),
    ("training/jets_16/n_qubits", 60, "training.jets_16.n_qubits: 60 qubits need at least"),
    (
        "variance/line/datasets",
        ["jets"],
        "variance.line.datasets: data set jets has images of [4, 6, 9, 10, 12, 15, 16, 18] pixels, not 2",
    ),
    ("variance/line/datasets", ["gzh"], "variance.line.datasets.0: expected one of ['zero', 'ghz', "),
    (
        "variance/product_haar/datasets",
        ["o_n2"],
        "variance.product_haar.datasets: data set o_n2 has 40000 strings at n = 200",
    ),
    ("variance/product_shots/datasets", ["cardinality"], "variance.product_shots.datasets: data set cardinality"),
    ("variance/line/draws", 301, "variance.line.draws: expected a multiple of chunk (150), got 301"),
    ("variance/line/draws", 3, "variance.line.draws: expected at least 4, got 3"),
    ("variance/line/n_layers", [3, 1], "variance.line.n_layers: expected increasing numbers, got [3, 1]"),
    ("data/jets/jets", 100, "data.jets.jets: expected a multiple of chunk (250), got 100"),
    ("data/jets/pt_max", 400, "data.jets.pt_max: expected a number above pt_min (500), got 400"),
    ("data/jets/pthat_max", 400, "data.jets.pthat_max: expected a number above pthat_min (400), got 400"),
    ("data/showers/energy_max", 5, "data.showers.energy_max: expected at least energy_min (10)"),
    # Files
    ("data/showers/sha256", "abc", "data.showers.sha256: expected text that matches ^[0-9a-f]{64}$, got 'abc'"),
    ("notebooks/nope", {}, "notebooks.nope: expected a notebook "),
    ("notebooks/nope", None, "notebooks.nope: expected a notebook "),
    (
        "notebooks/data",
        {"resluts": "x"},
        "notebooks.data.resluts: unknown notebook parameter; expected one of ['results']",
    ),
]


@pytest.mark.parametrize(
    ("path", "value", "expected"), MISTAKES, ids=[f"{path}={value}" for path, value, _ in MISTAKES]
)
def test_each_mistake_names_the_overlay_the_key_and_the_expectation(path: str, value: Any, expected: str) -> None:
    assert error_of(nested(path, value)).startswith(f"{OVERLAY}: {expected}")


BAD: dict[str, tuple[Config, str]] = {
    "unknown key": (
        {"data": {"jets": {"jetz": 10}}},
        "data.jets.jetz: unknown key; expected one of .* (did you mean 'jets'?)",
    ),
    "wrong type": ({"seed": "twelve"}, "seed: expected integer, got 'twelve'"),
    "exponent without a dot": (
        {"variance": {"line": {"epsilon": "1e-3"}}},
        "variance.line.epsilon: .* written 1.0e-3)",
    ),
    "bandwidth 0": (
        {"variance": {"line": {"bandwidths": {"1": 0}}}},
        "variance.line.bandwidths.1: .* above 0 at n = 2, got [0.0]",
    ),
    "too many qubits": (
        {"variance": {"line": {"n_qubits": [4, 60]}}},
        "variance.line.n_qubits: 60 qubits need .* GiB, room for .* qubits",
    ),
    "unknown kind of experiment": (
        {"experiments": {"proposition_5": {"kind": "guess"}}},
        "experiments.proposition_5.kind: expected one of .* 'guess'",
    ),
    "typo in an experiment": (
        {"experiments": {"proposition_5": {"pair": 3}}},
        "experiments.proposition_5.pair: unknown key; expected one of .* (did you mean 'pairs'?)",
    ),
    "images of another size": (
        {"training": {"jets_16": {"dataset": "jets", "n_qubits": 5}}},
        "training.jets_16.dataset: .* [4, 6, 9, 10, 12, 15, 16, 18] pixels, not 5",
    ),
    "missing data file": (
        {"data": {"showers": {"source": "clic", "path": "missing.h5"}}},
        "data.showers.path: expected the path of an existing file, got 'missing.h5'",
    ),
    "unknown notebook parameter": (
        {"notebooks": {"fig_7": {"siz": 3}}},
        "notebooks.fig_7.siz: unknown notebook parameter; expected one of ['results']",
    ),
}
"""Overlays, and their whole messages; " .* " stands for what a message lists."""


@pytest.mark.parametrize("case", BAD)
def test_a_bad_overlay_is_one_clear_error(case: str) -> None:
    overlay, expected = BAD[case]
    pattern = " .*".join(re.escape(part) for part in expected.split(" .* "))
    assert re.fullmatch(f"{re.escape(OVERLAY)}: {pattern}", error_of(overlay))


@pytest.mark.parametrize(("path", "value", "expected"), MISTAKES[:10])
def test_the_command_line_is_named(path: str, value: Any, expected: str) -> None:
    assert error_of(nested(path, value), "--config").startswith(f"--config: {expected}")


@pytest.mark.parametrize(("path", "value", "expected"), MISTAKES[:10])
def test_mistakes_of_the_base_name_the_base(path: str, value: Any, expected: str) -> None:
    base = merged(shipped("config.yaml"), nested(path, value))
    assert error_of({"run": "mine"}, base=base).startswith(f"{BASE}: {expected}")


def test_the_last_layer_that_sets_the_key_is_named() -> None:
    layers = [
        (BASE, shipped("config.yaml")),
        ("one.yaml", {"seed": -1}),
        ("two.yaml", {"seed": -2}),
        ("three.yaml", {}),
    ]
    with pytest.raises(ConfigurationError, match=r"^two\.yaml: seed: expected at least 0, got -2$"):
        check_layers(*layers)


def test_a_key_that_the_overlay_does_not_set_names_the_base() -> None:
    """The overlay changes n, the base sets the data set that does not fit it."""
    message = error_of(nested("training/jets_16/n_qubits", 8))
    problem = "data set jets has images of [4, 6, 9, 10, 12, 15, 16, 18] pixels, not 8"
    assert message == f"{BASE}: training.jets_16.dataset: {problem}"


@pytest.mark.parametrize(
    ("path", "meant"),
    [("sed", "seed"), ("variance/line/layers", "n_layers"), ("data/jets/radus", "radius"), ("trainings", "training")],
)
def test_unknown_keys_come_with_a_suggestion(path: str, meant: str) -> None:
    assert error_of(nested(path, 1)).endswith(f" (did you mean '{meant}'?)")


def test_an_unknown_key_unlike_any_other_has_no_suggestion() -> None:
    assert "did you mean" not in error_of({"zzz": 1})


@pytest.mark.parametrize("key", ["run", "seed", "claims", "data", "variance", "training", "bodyness"])
def test_missing_keys_are_named(key: str) -> None:
    base = shipped("config.yaml")
    del base[key]
    with pytest.raises(ConfigurationError, match=f"^{BASE}: expected the key '{key}'$"):
        check_layers((BASE, base))


def test_no_depth_at_all_is_an_error() -> None:
    overlay = {"variance": {"line": {"n_layers": [], "deep": False}}}
    assert error_of(overlay) == f"{OVERLAY}: variance.line.n_layers: expected at least one depth, or deep: true"
    overlay["variance"]["line"]["deep"] = True
    check_layers((BASE, shipped("config.yaml")), (OVERLAY, overlay))


def test_good_overlays_pass() -> None:
    """The checks above do not refuse everything."""
    for path, value in (
        ("variance/line/n_qubits", [4]),
        ("variance/line/bandwidths", {"x": [1, "n/4"], "y": "sqrt(n)", "z": 1.0e-3}),
        ("training/jets_16/shots", None),
        ("training/jets_16/losses/new", {"kind": "renyi_2"}),
        ("variance/line/draws", 450),
        ("data/showers/sha256", None),
    ):
        check_layers((BASE, shipped("config.yaml")), (OVERLAY, nested(path, value)))


def test_null_takes_an_entry_away() -> None:
    layers = [("a", {"training": {"x": {"shots": None}, "y": {}}}), ("b", {"training": {"y": None}})]
    config = merged(*(content for _, content in layers))
    take_away(config, [Source(*layer) for layer in layers])
    assert config == {"training": {"x": {"shots": None}}}


@pytest.mark.parametrize("section", ["variance", "training", "experiments", "models"])
def test_null_for_an_entry_that_is_not_there(section: str) -> None:
    layers = [(BASE, shipped("config.yaml")), (OVERLAY, {section: {"fig_99": None}})]
    with pytest.raises(ConfigurationError) as caught:
        take_away(merged(*(content for _, content in layers)), [Source(*layer) for layer in layers])
    message = f"{OVERLAY}: {section}.fig_99: expected an entry that null takes away; there is none"
    assert str(caught.value) == message


def test_the_image_sets_fit_their_grids() -> None:
    overlay = {"variance": {"line": {"n_qubits": [4, 9, 16], "datasets": ["jets", "showers"]}}}
    check_layers((BASE, shipped("config.yaml")), (OVERLAY, overlay))


def test_the_cardinality_set_beyond_24_qubits() -> None:
    overlay = {"variance": {"line": {"n_qubits": [25], "datasets": ["cardinality"]}}}
    assert "data set cardinality: expected n_qubits at most 24, got 25" in error_of(overlay)


def test_support_sizes() -> None:
    for name in SYNTHETIC:
        for n in (1, 3, 6):
            strings = len(SYNTHETIC[name].make(n, np.random.default_rng(0)).probabilities)
            assert strings == support_size(name, n), name


# Files that a configuration names


def clic(path: Any, digest: str | None = None) -> Config:
    return {"data": {"showers": {"source": "clic", "path": path, "sha256": digest}}}


def test_a_missing_clic_file(tmp_path: Path) -> None:
    missing = str(tmp_path / "showers.h5")
    start = f"{OVERLAY}: data.showers.path: expected the path of an existing file, got "
    assert error_of(clic(missing)) == f"{start}{missing!r}"
    assert error_of(clic(None)) == f"{start}None"
    assert error_of(clic(str(tmp_path))) == f"{start}{str(tmp_path)!r}"


def test_a_clic_file_of_another_sum(tmp_path: Path) -> None:
    file = tmp_path / "showers.h5"
    file.write_bytes(b"content")
    right = hashlib.sha256(b"content").hexdigest()
    for digest in (right, None):
        check_layers((BASE, shipped("config.yaml")), (OVERLAY, clic(str(file), digest)))
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    message = error_of(clic(str(file), wrong))
    assert (
        message == f"{OVERLAY}: data.showers.sha256: {file} is damaged or another file: expected {wrong}, got {right}"
    )


def notebook(path: Path, *cells: tuple[list[str], str]) -> Path:
    content = [{"cell_type": "code", "metadata": {"tags": tags}, "source": [source]} for tags, source in cells]
    path.write_text(json.dumps({"cells": content}), encoding="utf-8")
    return path


def test_notebook_parameters(tmp_path: Path) -> None:
    path = notebook(tmp_path / "a.ipynb", ([], "x = 1"), (["parameters"], "a = 1\nb = c = 'x'\n# d = 3"))
    assert notebook_parameters(path) == ["a", "b", "c"]
    assert notebook_parameters(notebook(tmp_path / "b.ipynb", ([], "x = 1"))) == []


def test_notebooks_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "data.ipynb").write_text("no JSON", encoding="utf-8")
    config = merged(shipped("config.yaml"), {})
    config["notebooks"] = {"data": {}}
    with pytest.raises(ConfigurationError, match=r"data\.ipynb: expected a notebook"):
        check_layers((BASE, config), notebooks=tmp_path)


# Reading YAML


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a: [1, 2", "expected YAML: "),
        (b"a: 1\n b: 2", "expected YAML: "),
        (b"a: \xff", "expected YAML: "),
        (b"", "expected a mapping of keys to values, got NoneType"),
        (b"- 1\n- 2", "expected a mapping of keys to values, got list"),
        (b"text", "expected a mapping of keys to values, got str"),
        (b"a: !!python/object/apply:os.system ['true']", "expected YAML: "),
    ],
)
def test_broken_yaml_names_the_file(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        read_source(path)
    assert str(caught.value).startswith(f"{path}: {expected}")
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no\.yaml: cannot be read: No such file"):
        read_source(tmp_path / "no.yaml")


def test_a_good_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: {b: 1.0e-3}\n", encoding="utf-8")
    source = read_source(tmp_path / "a.yaml")
    assert source.content == {"a": {"b": 1e-3}}
    assert source.name == str(tmp_path / "a.yaml")


# The claims register


CLAIMS = "my_claims.yaml"


def claims_error(change: Callable[[list[Config]], Any]) -> str:
    content = {"claims": shipped_claims()}
    change(content["claims"])
    with pytest.raises(ConfigurationError) as caught:
        check_schema(content, CLAIMS_SCHEMA, [Source(CLAIMS, content)])
    return str(caught.value)


def test_the_shipped_claims_pass() -> None:
    content = {"claims": shipped_claims()}
    check_schema(content, CLAIMS_SCHEMA, [Source(CLAIMS, content)])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda c: c[0].update(kind="vibes"), "claims.0.kind: expected one of ['identity', "),
        (lambda c: c[1].update(tolerence=1), "claims.1.tolerence: unknown key"),
        (lambda c: c[1].update(tolerance="1e-9"), "claims.1.tolerance: expected number, got '1e-9' (text to YAML"),
        (lambda c: c[1].update(tolerance=0), "claims.1.tolerance: expected a number above 0, got 0"),
        (lambda c: c[2].pop("control"), "claims.2: expected the key 'control'"),
        (lambda c: c[2].update(control={}), "claims.2.control: expected at least one entry"),
        (lambda c: c[2].update(evidence=[]), "claims.2.evidence: expected at least one entry"),
        (lambda c: c[3].update(claim="Has Spaces"), "claims.3.claim: expected text that matches"),
        (lambda c: c[3].update(settings={1: 2}), "claims.3.settings.1: expected text as a key"),
    ],
)
def test_mistakes_in_claims_are_named(change: Callable[[list[Config]], Any], expected: str) -> None:
    assert claims_error(change).startswith(f"{CLAIMS}: {expected}")


# The schemas and the code agree


def test_schemas_name_what_the_code_knows() -> None:
    schema = read_schema(SCHEMA)
    losses = schema["properties"]["training"]["additionalProperties"]["properties"]["losses"]
    assert set(losses["additionalProperties"]["properties"]["kind"]["enum"]) == {*LOSS_KINDS, *DEFINITIONS}
    assert set(schema["$defs"]["dataset"]["enum"]) == {*SYNTHETIC, "jets", "showers", *PUBLISHED}
    claims = json.loads(CLAIMS_SCHEMA.read_text(encoding="utf-8"))
    kinds = claims["properties"]["claims"]["items"]["properties"]["kind"]["enum"]
    assert set(kinds) == set(JUDGES)


def objects(schema: Any) -> list[Config]:
    """Every schema of an object with named keys, at any depth."""
    found = [schema] if isinstance(schema, dict) and len(schema.get("required", [])) > 1 else []
    parts = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else []
    return found + [inner for part in parts for inner in objects(part)]


@pytest.mark.parametrize("path", [SCHEMA, CLAIMS_SCHEMA], ids=["config", "claims"])
def test_schemas_let_no_typo_through(path: Path) -> None:
    found = objects(json.loads(path.read_text(encoding="utf-8")))
    assert len(found) >= 1
    for schema in found:
        assert schema["additionalProperties"] is False
        assert set(schema["required"]) <= set(schema["properties"])
