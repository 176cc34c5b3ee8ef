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
from bornscape.configuration import ConfigurationError, Source, check_claims
from bornscape.configuration.claims import CHECKS, check_schemas

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "workflow/schemas/claims.schema.json"
SCHEMAS = check_schemas(SCHEMA.with_name(CHECKS))
REGISTERS = ("config/claims.yaml", "examples/iqp_claims.yaml")

Claim = dict[str, Any]


def register(name: str = REGISTERS[0]) -> dict[str, list[Claim]]:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


SHIPPED = {claim["claim"]: claim for claim in register()["claims"]}


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


@pytest.mark.parametrize("name", REGISTERS)
def test_shipped_registers_pass(name: str) -> None:
    check_claims(Source(name, register(name)), SCHEMA)


MISTAKES: list[tuple[str, Callable[[Claim], Any], str]] = [
    ("theorem_2_haar", lambda c: c.update(check="product_varience"), "check: expected one of ['agreement', "),
    ("theorem_2_haar", lambda c: c.update(check="system"), "check: expected one of ['agreement', "),
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
    known = {name for check in checks for name in SCHEMAS[check]["properties"]}
    assert settings_read(Path(path).read_text(encoding="utf-8")) <= known


def test_checking_imports_no_measurement() -> None:
    """The Snakefile is read by every job: the measurements and what they import would cost each of them seconds."""
    code = "import sys, bornscape.configuration; print([m for m in sys.modules if 'claims.measurements' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
