"""Settings of claims, checked before any job: the shipped registers pass; each mistake is one error that names it."""

from __future__ import annotations

import ast
import copy
import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bornscape.claims.measurements import MEASUREMENTS
from bornscape.configuration import ConfigurationError, Source, check_claims, read_claims
from bornscape.configuration.claims import CHECKS, DEFAULTS, check_schemas

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "workflow/schemas/claims.schema.json"
SCHEMAS = check_schemas(SCHEMA.with_name(CHECKS))
FOLDER = ROOT / "config/claims"
OWN = ROOT / "examples/iqp_claims.yaml"
ORDER = list(yaml.safe_load((ROOT / "config/results.yaml").read_text(encoding="utf-8"))["results"])

Claim = dict[str, Any]


SHIPPED = {claim["claim"]: claim for claim in read_claims(FOLDER)}


def error_of(claims: list[Claim]) -> str:
    with pytest.raises(ConfigurationError) as caught:
        check_claims(Source("claims.yaml", {"claims": claims}), SCHEMA)
    message = str(caught.value)
    assert "\n" not in message
    return message


def changed(name: str, change: Callable[[Claim], Any]) -> Claim:
    claim = copy.deepcopy(SHIPPED[name])
    change(claim)
    return claim


def test_shipped_registers_pass() -> None:
    claims = read_claims(FOLDER, ORDER, SCHEMA)
    assert claims == read_claims(FOLDER, ORDER)
    check_claims(Source("claims.yaml", {"claims": claims}), SCHEMA)
    assert len(read_claims(OWN, schema=SCHEMA)) > 0


def test_shipped_claims_stand_in_the_order_of_the_results() -> None:
    results = [claim["result"] for claim in read_claims(FOLDER, ORDER)]
    assert results == sorted(results, key=ORDER.index)
    assert set(results) == {path.stem for path in FOLDER.glob("*.yaml")} - {Path(DEFAULTS).stem}


def test_claims_of_fig_10_are_named_by_it() -> None:
    named = {name for name in SHIPPED if name.startswith("fig_10_")}
    assert named == {name for name, claim in SHIPPED.items() if claim["result"] == "fig_10"}


MISTAKES: list[tuple[str, Callable[[Claim], Any], str]] = [
    ("theorem_2_haar", lambda c: c.update(check="product_varience"), "check: expected one of ['access_matters', "),
    ("theorem_2_haar", lambda c: c.update(check="system"), "check: expected one of ['access_matters', "),
    ("theorem_2_haar", lambda c: c["settings"].update(bandwith="1"), "settings.bandwith: unknown key; expected one of"),
    ("theorem_2_haar", lambda c: c["settings"].pop("bandwidths"), "settings: expected the key 'bandwidths'"),
    ("theorem_2_haar", lambda c: c["settings"].update(bandwidths="1"), "settings.bandwidths: expected array, got '1'"),
    ("theorem_2_haar", lambda c: c["settings"].update(bandwidths=[1]), "settings.bandwidths.0: expected string, got 1"),
    ("theorem_2_haar", lambda c: c["settings"].update(single_qubit="rx"), "settings.single_qubit: expected one of ["),
    ("theorem_2_haar", lambda c: c.update(control={"single": "ry"}), "control.single: unknown key; expected one of ["),
    ("theorem_2_haar", lambda c: c.update(control={"single_qubit": 1}), "control.single_qubit: expected one of ["),
    ("theorem_2_local_regime", lambda c: c["settings"].pop("bandwidth"), "settings: expected the key 'bandwidth'"),
    ("theorem_2_local_regime", lambda c: c["settings"].update(datasets=[]), "settings.datasets: expected at least one"),
]


@pytest.mark.parametrize(("name", "change", "expected"), MISTAKES)
def test_each_mistake_names_file_claim_key_and_expectation(
    name: str, change: Callable[[Claim], Any], expected: str
) -> None:
    assert error_of([changed(name, change)]).startswith(f"claims.yaml: claims.{name}.{expected}")


def by_check(check: str) -> Claim:
    return copy.deepcopy(next(claim for claim in SHIPPED.values() if claim["check"] == check))


@pytest.mark.parametrize("check", sorted({claim["check"] for claim in SHIPPED.values()}))
def test_every_check_refuses_unknown_settings_and_misses_those_that_it_needs(check: str) -> None:
    claim = by_check(check)
    claim["settings"]["no_such_setting"] = 1
    assert "no_such_setting: unknown key" in error_of([claim])
    for key in SCHEMAS[check]["required"]:
        claim = by_check(check)
        del claim["settings"][key]
        assert error_of([claim]) == f"claims.yaml: claims.{claim['claim']}.settings: expected the key {key!r}"


def test_a_misspelt_setting_is_named_and_not_only_missed() -> None:
    claim = copy.deepcopy(SHIPPED["theorem_2_haar"])
    claim["settings"]["bandwiths"] = claim["settings"].pop("bandwidths")
    message = error_of([claim])
    assert message.startswith("claims.yaml: claims.theorem_2_haar.settings.bandwiths: unknown key")
    assert message.endswith("(did you mean 'bandwidths'?)")


def test_what_is_missing_in_one_case_only() -> None:
    """The training mass has no bandwidth; its control asks for the MMD's, which has."""
    name = next(n for n, c in SHIPPED.items() if c["check"] == "scaling_law" and "bandwidth" not in c["settings"])
    claim = changed(name, lambda c: c.update(control={"loss": "mmd"}))
    assert error_of([claim]) == f"claims.yaml: claims.{name}.control: expected the key 'bandwidth'"


def test_a_close_name_is_suggested() -> None:
    claim = changed("theorem_2_haar", lambda c: c.update(check="product_varience"))
    assert error_of([claim]).endswith("got 'product_varience' (did you mean 'product_variance'?)")


def test_two_claims_of_one_name() -> None:
    claim = SHIPPED["theorem_2_haar"]
    message = error_of([claim, claim])
    assert message == "claims.yaml: claims.theorem_2_haar: expected no two claims of one name"


# A folder with a file a result


def claim_in_folder(name: str, **changes: Any) -> Claim:
    """A claim as a file of a folder states it: without a result, and without a tolerance."""
    claim = {key: value for key, value in SHIPPED["theorem_2_haar"].items() if key not in ("result", "tolerance")}
    return copy.deepcopy(claim) | {"claim": name} | changes


def write_folder(folder: Path, **files: list[Claim]) -> Path:
    folder.mkdir()
    for name, claims in files.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump({"claims": claims}), encoding="utf-8")
    defaults = {"tolerance": {"monte_carlo": 0.01, "ordering": 0.05}}
    (folder / DEFAULTS).write_text(yaml.safe_dump(defaults), encoding="utf-8")
    return folder


def folder_error(folder: Path, order: tuple[str, ...] = ()) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_claims(folder, order, SCHEMA)
    message = str(caught.value)
    assert "\n" not in message
    return message.removeprefix(f"{folder}/")


def test_a_folder_is_read_in_the_order_of_the_results(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "claims", fig_2=[claim_in_folder("a"), claim_in_folder("z")], theorem_1=[claim_in_folder("b")]
    )
    ordered = read_claims(folder, ("theorem_1", "fig_3", "fig_2"), SCHEMA)
    assert [(c["claim"], c["result"]) for c in ordered] == [("b", "theorem_1"), ("a", "fig_2"), ("z", "fig_2")]
    assert [c["claim"] for c in read_claims(folder)] == ["a", "z", "b"]
    stated = SHIPPED["theorem_2_haar"]
    assert ordered[0] == stated | {"claim": "b", "result": "theorem_1"}


def test_a_tolerance_that_is_not_stated_is_that_of_the_kind(tmp_path: Path) -> None:
    files = [claim_in_folder("a"), claim_in_folder("b", tolerance=0.2), claim_in_folder("c", kind="ordering")]
    folder = write_folder(tmp_path / "claims", fig_2=files)
    assert [c["tolerance"] for c in read_claims(folder, schema=SCHEMA)] == [0.01, 0.2, 0.05]


@pytest.mark.parametrize("schema", [None, SCHEMA])
def test_a_kind_without_a_default_needs_a_tolerance(tmp_path: Path, schema: Path | None) -> None:
    folder = write_folder(tmp_path / "claims", fig_2=[claim_in_folder("a", kind="bound")])
    with pytest.raises(ConfigurationError, match=r"fig_2\.yaml: claims\.a: expected the key 'tolerance': _defaults"):
        read_claims(folder, schema=schema)


def test_a_file_of_no_result(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "claims", fig_22=[claim_in_folder("a")])
    assert folder_error(folder, ("fig_2", "theorem_1")) == (
        "fig_22.yaml: expected the name of a result (did you mean 'fig_2'?): "
        "rename the file, or add 'fig_22' to the results"
    )


def test_a_name_in_two_files_names_both(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "claims", fig_2=[claim_in_folder("a")], fig_3=[claim_in_folder("a")])
    wanted = f"fig_3.yaml: claims.a: expected no two claims of one name; {folder}/fig_2.yaml has the other"
    assert folder_error(folder) == wanted


def test_a_name_twice_in_a_file_of_a_folder(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "claims", fig_2=[claim_in_folder("a"), claim_in_folder("a")])
    assert folder_error(folder).startswith("fig_2.yaml: claims.a: expected no two claims of one name")


FOLDER_MISTAKES: list[tuple[Callable[[Claim], Any], str]] = [
    (lambda c: c.pop("origin"), "claims.a: expected the key 'origin'"),
    (lambda c: c.update(origin="talk"), "claims.a.origin: expected one of ['paper', 'slides', 'ours'], got 'talk'"),
    (lambda c: c.update(result="fig_2"), "claims.a.result: unknown key"),
    (lambda c: c.update(kind="vibes"), "claims.a.kind: expected one of ['identity', "),
    (lambda c: c.update(tolerence=1), "claims.a.tolerence: unknown key"),
    (lambda c: c.pop("claim"), "claims.0: expected the key 'claim'"),
    (lambda c: c["settings"].update(bandwith="1"), "claims.a.settings.bandwith: unknown key"),
    (lambda c: c["control"].update(single="ry"), "claims.a.control.single: unknown key"),
]


@pytest.mark.parametrize(("change", "expected"), FOLDER_MISTAKES)
def test_mistakes_in_a_folder_name_file_claim_and_key(
    tmp_path: Path, change: Callable[[Claim], Any], expected: str
) -> None:
    claim = claim_in_folder("a")
    change(claim)
    assert folder_error(write_folder(tmp_path / "claims", fig_2=[claim])).startswith(f"fig_2.yaml: {expected}")


def test_mistakes_in_the_defaults_are_named(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "claims", fig_2=[claim_in_folder("a")])
    (folder / DEFAULTS).write_text("tolerance: {montecarlo: 0.01}\n", encoding="utf-8")
    assert folder_error(folder).startswith(f"{DEFAULTS}: tolerance.montecarlo: unknown key")
    (folder / DEFAULTS).write_text("tolerance: {monte_carlo: 2}\n", encoding="utf-8")
    assert folder_error(folder) == f"{DEFAULTS}: tolerance.monte_carlo: expected at most 1, got 2"


@pytest.mark.parametrize(("text", "expected"), [("claims: 5", "claims: expected array, got 5"), ("x: 1", "x: unknown")])
def test_a_file_that_holds_no_claims(tmp_path: Path, text: str, expected: str) -> None:
    folder = write_folder(tmp_path / "claims", fig_2=[])
    assert read_claims(folder, schema=SCHEMA) == []
    (folder / "fig_2.yaml").write_text(text, encoding="utf-8")
    assert folder_error(folder).startswith(f"fig_2.yaml: {expected}")


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"expected a file of claims for each result, RESULT\.yaml"):
        read_claims(tmp_path, schema=SCHEMA)


def test_a_file_of_ones_own_states_result_and_tolerance_and_need_not_say_its_origin(tmp_path: Path) -> None:
    raw = yaml.safe_load(OWN.read_text(encoding="utf-8"))["claims"]
    assert read_claims(OWN, ("fig_2",), SCHEMA) == [claim | {"origin": "ours"} for claim in raw]
    mine = tmp_path / "mine.yaml"
    for key in ("result", "tolerance"):
        mine.write_text(yaml.safe_dump({"claims": [{k: v for k, v in raw[0].items() if k != key}]}), encoding="utf-8")
        with pytest.raises(ConfigurationError, match=rf"mine\.yaml: claims\.0: expected the key '{key}'"):
            read_claims(mine, schema=SCHEMA)
    mine.write_text(yaml.safe_dump({"claims": [raw[0] | {"origin": "paper"}]}), encoding="utf-8")
    assert read_claims(mine, schema=SCHEMA)[0]["origin"] == "paper"


def test_a_register_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.yaml: cannot be read"):
        read_claims(tmp_path / "none.yaml")


# The schemas and the code agree


def test_every_measurement_has_a_schema_and_every_schema_a_measurement() -> None:
    assert set(SCHEMAS) == set(MEASUREMENTS)


@pytest.mark.parametrize("check", sorted(SCHEMAS))
def test_required_settings_are_known(check: str) -> None:
    schema = SCHEMAS[check]
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) <= set(schema["properties"])


def settings_read(source: str) -> set[str]:
    """Names that functions take from their parameters of type Settings: subscripts, get and in."""
    found = set()
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        given = {
            a.arg for a in function.args.args if isinstance(a.annotation, ast.Name) and a.annotation.id == "Settings"
        }
        for node in ast.walk(function):
            match node:
                case (
                    ast.Subscript(value=ast.Name(id=owner), slice=ast.Constant(value=str() as name))
                    | ast.Call(
                        func=ast.Attribute(value=ast.Name(id=owner), attr="get"),
                        args=[ast.Constant(value=str() as name), *_],
                    )
                    | ast.Compare(left=ast.Constant(value=str() as name), comparators=[ast.Name(id=owner)])
                ) if owner in given:
                    found.add(name)
    return found


def modules() -> dict[str, list[str]]:
    """The measurements of each module that has some."""
    found: dict[str, list[str]] = {}
    for name, function in MEASUREMENTS.items():
        found.setdefault(inspect.getsourcefile(function) or "", []).append(name)
    return found


def test_settings_read_are_found() -> None:
    code = """
def measure(tables: Tables, settings: Settings, row: Any):
    x = settings["a"] + settings.get("b", 1) + row["c"]
    return x if "d" in settings else tables["e"]
"""
    assert settings_read(code) == {"a", "b", "d"}


@pytest.mark.parametrize(("path", "checks"), modules().items(), ids=[Path(path).stem for path in modules()])
def test_schemas_name_the_settings_that_the_code_reads(path: str, checks: list[str]) -> None:
    """Module by module: nothing is read that no schema of the module's checks knows."""
    # The register adds the table, which is a claim's first evidence.
    known = {"table"} | {name for check in checks for name in SCHEMAS[check]["properties"]}
    assert settings_read(Path(path).read_text(encoding="utf-8")) <= known


def test_checking_imports_no_measurement() -> None:
    """The Snakefile is read by every job: the measurements and what they import would cost each of them seconds."""
    code = "import sys, bornscape.configuration; print([m for m in sys.modules if 'claims.measurements' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
