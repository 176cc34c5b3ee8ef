"""Checking a configuration before any job runs: one clear error that names the file, the key and what was expected."""

from __future__ import annotations

import ast
import difflib
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import psutil
import yaml

from bornscape.artifacts import sha256
from bornscape.datasets import LARGEST_CARDINALITY
from bornscape.formulas import bandwidth_values
from bornscape.hep.images import GRIDS

Config = Mapping[str, Any]
Key = tuple[str | int, ...]

ARRAYS_PER_STATE = 8
"""Arrays of 2**n complex numbers that one draw holds at its peak: the state, q, transforms and temporaries."""

LARGEST_SUPPORT = 20_000
"""Strings of a target in the studies without 2**n vectors, whose cost grows with the square of this number."""


class ConfigurationError(ValueError):
    """A configuration that cannot be run; the message names the file, the key and what was expected."""


@dataclass(frozen=True)
class Source:
    """One layer of a configuration: the file's name and its content."""

    name: str
    content: Any


def read_source(path: str | Path) -> Source:
    """Read one YAML file.

    Raises
    ------
    ConfigurationError
        If it is missing or no YAML mapping.
    """
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: expected YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path}: expected a mapping of keys to values, got {type(content).__name__}")
    return Source(str(path), content)


def _holds(content: Any, key: Key) -> bool:
    for part in key:
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _file_of(key: Key, sources: Sequence[Source]) -> str:
    """The last file that sets the key, or the nearest enclosing key that any file sets."""
    for length in range(len(key), -1, -1):
        for source in reversed(sources):
            if _holds(source.content, key[:length]):
                return source.name
    return sources[-1].name if sources else "configuration"


def _failure(key: Key, message: str, sources: Sequence[Source]) -> ConfigurationError:
    place = ".".join(str(part) for part in key)
    return ConfigurationError(f"{_file_of(key, sources)}: {place + ': ' if place else ''}{message}")


def _as_list(names: str | list[str]) -> list[str]:
    return names if isinstance(names, list) else [names]


def _expectation(error: jsonschema.ValidationError) -> str:
    """What a JSON schema error expected, in words."""
    rule, wanted, got = error.validator, error.validator_value, error.instance
    match rule:
        case "type":
            names = _as_list(wanted)
            hint = ""
            if {"number", "integer"} & set(names) and re.fullmatch(r"[-+.\d]+[eE][-+]?\d+", str(got)):
                hint = " (text to YAML; a number with an exponent is written 1.0e-3)"
            return f"expected {' or '.join(names)}, got {got!r}{hint}"
        case "enum":
            return f"expected one of {wanted}, got {got!r}"
        case "minimum":
            return f"expected at least {wanted}, got {got!r}"
        case "exclusiveMinimum":
            return f"expected a number above {wanted}, got {got!r}"
        case "maximum":
            return f"expected at most {wanted}, got {got!r}"
        case "required":
            missing = [name for name in wanted if name not in got]
            return f"expected the key {missing[0]!r}"
        case "minItems" | "minProperties":
            return "expected at least one entry"
        case "uniqueItems":
            return f"expected no value twice, got {got!r}"
        case "pattern":
            return f"expected text that matches {wanted}, got {got!r}"
        case "anyOf":
            kinds = [kind for part in wanted for kind in _as_list(part.get("type", "another form"))]
            return f"expected {' or '.join(kinds)}, got {got!r}"
    if rule is None:
        return "does not belong here"
    return f"{error.message}"


def _schema_failure(error: jsonschema.ValidationError, content: Any, sources: Sequence[Source]) -> ConfigurationError:
    key = tuple(error.absolute_path)
    if (
        error.validator is None
    ):  # The schema "false": jsonschema names the mapping, not the key that is forbidden in it.
        for part in key:
            content = content[part]
        key += tuple(name for name, value in content.items() if value is error.instance)[:1]
    if error.validator == "additionalProperties" and isinstance(error.schema, dict):
        known = sorted(error.schema.get("properties", {}))
        unknown = next(name for name in error.instance if name not in known)
        close = difflib.get_close_matches(str(unknown), known, n=1)
        meant = f" (did you mean {close[0]!r}?)" if close else ""
        return _failure((*key, unknown), f"unknown key; expected one of {known}{meant}", sources)
    return _failure(key, _expectation(error), sources)


def _is_integer(checker: Any, value: Any) -> bool:
    """Unlike JSON's integers not 1.0, which no range takes."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(checker: Any, value: Any) -> bool:
    """Unlike JSON's numbers not infinite or NaN, which YAML can write."""
    return _is_integer(checker, value) or (isinstance(value, float) and math.isfinite(value))


_Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"integer": _is_integer, "number": _is_number}
    ),
)


def _key_without_quotes(content: Any, place: Key = ()) -> Key | None:
    """A key that is not text, such as the bandwidth label 1: JSON has none, and no schema sees it."""
    parts = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, part in parts:
        if isinstance(content, dict) and not isinstance(key, str):
            return (*place, key)
        if (found := _key_without_quotes(part, (*place, key))) is not None:
            return found
    return None


def check_schema(content: Any, schema_path: str | Path, sources: Sequence[Source]) -> None:
    """Check ``content`` against a JSON schema.

    Raises
    ------
    ConfigurationError
        For the most telling violation.
    """
    if (key := _key_without_quotes(content)) is not None:
        raise _failure(key, f"expected text as a key; write it in quotes: '{key[-1]}'", sources)
    schema = json.loads(Path(schema_path).read_text(encoding="utf-8"))
    errors = list(_Validator(schema).iter_errors(content))
    if errors:
        worst = jsonschema.exceptions.best_match(errors)
        raise _schema_failure(worst, content, sources)


def support_size(dataset: str, n_qubits: int) -> int:
    """Upper limit of the number of strings of a synthetic data set."""
    return {"zero": 1, "ghz": 2, "o_n": n_qubits, "o_n2": n_qubits**2}.get(dataset, 2**n_qubits)


def _check_dataset(dataset: str, n: int, state_vectors: bool) -> str | None:
    """Why a data set does not fit n qubits; None if it does."""
    if dataset in ("jets", "showers"):
        return None if n in GRIDS else f"data set {dataset} has images of {sorted(GRIDS)} pixels, not {n}"
    if dataset == "cardinality" and n > LARGEST_CARDINALITY:
        return f"data set cardinality: expected n_qubits at most {LARGEST_CARDINALITY}, got {n}"
    if not state_vectors and support_size(dataset, n) > LARGEST_SUPPORT:
        return (
            f"data set {dataset} has {support_size(dataset, n)} strings at n = {n}; expected at most {LARGEST_SUPPORT}"
        )
    return None


def _memory_problem(n: int) -> str | None:
    needed, available = ARRAYS_PER_STATE * 16 * 2**n, psutil.virtual_memory().total
    if needed <= available:
        return None
    least = min(needed, 2**1000) / 2**30  # Beyond that it is no float any more.
    return f"{n} qubits need at least {least:.3g} GiB for each draw; this machine has {available / 2**30:.3g} GiB"


def _study_problems(name: str, study: Config) -> Iterator[tuple[Key, str | None]]:
    base: Key = ("variance", name)
    state_vectors = study["kind"] == "line"
    for n in study["n_qubits"]:
        if state_vectors:
            yield (*base, "n_qubits"), _memory_problem(n)
        for dataset in study["datasets"]:
            yield (*base, "datasets"), _check_dataset(dataset, n, state_vectors)
        for label, bandwidth in study["bandwidths"].items():
            yield (*base, "bandwidths", label), _bandwidth_problem(bandwidth, n)
    if state_vectors and not study["n_layers"] and not study["deep"]:
        yield (*base, "n_layers"), "expected at least one depth, or deep: true"
    if state_vectors and study["n_layers"] != sorted(study["n_layers"]):
        yield (*base, "n_layers"), f"expected increasing numbers, got {study['n_layers']}"
    if study["draws"] % study["chunk"]:
        yield (*base, "draws"), f"expected a multiple of chunk ({study['chunk']}), got {study['draws']}"


def _bandwidth_problem(bandwidth: Any, n: int) -> str | None:
    try:
        bandwidth_values(bandwidth, n)
    except ValueError as error:
        return str(error)
    return None


def _training_problems(name: str, training: Config) -> Iterator[tuple[Key, str | None]]:
    base: Key = ("training", name)
    n = training["n_qubits"]
    yield (*base, "n_qubits"), _memory_problem(n)
    yield (*base, "dataset"), _check_dataset(training["dataset"], n, state_vectors=True)
    for loss, settings in training["losses"].items():
        if "bandwidth" in settings:
            yield (*base, "losses", loss, "bandwidth"), _bandwidth_problem(settings["bandwidth"], n)


def _data_problems(data: Config) -> Iterator[tuple[Key, str | None]]:
    jets, showers = data["jets"], data["showers"]
    if jets["jets"] % jets["chunk"]:
        yield ("data", "jets", "jets"), f"expected a multiple of chunk ({jets['chunk']}), got {jets['jets']}"
    for low, high in (("pt_min", "pt_max"), ("pthat_min", "pthat_max")):
        if jets[low] >= jets[high]:
            yield ("data", "jets", high), f"expected a number above {low} ({jets[low]}), got {jets[high]}"
    if showers["energy_min"] > showers["energy_max"]:
        yield ("data", "showers", "energy_max"), f"expected at least energy_min ({showers['energy_min']})"
    if showers["source"] == "clic":
        yield from _file_problems(("data", "showers"), showers["path"], showers["sha256"])


def _file_problems(base: Key, path: str | None, digest: str | None) -> Iterator[tuple[Key, str | None]]:
    if path is None or not Path(path).is_file():
        yield (*base, "path"), f"expected the path of an existing file, got {path!r}"
    elif digest is not None and (found := sha256(path)) != digest:
        yield (*base, "sha256"), f"{path} is damaged or another file: expected {digest}, got {found}"


def notebook_parameters(path: str | Path) -> list[str]:
    """Names assigned in the cell tagged "parameters" of a notebook.

    Raises
    ------
    ConfigurationError
        If the notebook is missing or no JSON.
    """
    try:
        cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(f"{path}: expected a notebook: {error}") from error
    for cell in cells:
        if "parameters" in cell.get("metadata", {}).get("tags", []):
            body = ast.parse("".join(cell["source"])).body
            targets = [t for node in body if isinstance(node, ast.Assign) for t in node.targets]
            return [t.id for t in targets if isinstance(t, ast.Name)]
    return []


def _notebook_problems(notebooks: Config, folder: Path) -> Iterator[tuple[Key, str | None]]:
    for name, given in notebooks.items():
        path = folder / f"{name}.ipynb"
        if not path.is_file():
            yield ("notebooks", name), f"expected a notebook {path}"
            continue
        known = notebook_parameters(path)
        for parameter in given:
            if parameter not in known:
                yield ("notebooks", name, parameter), f"unknown notebook parameter; expected one of {known}"


def check(config: Config, sources: Sequence[Source], schema_path: str | Path, notebook_folder: str | Path) -> None:
    """Check a merged configuration.

    Parameters
    ----------
    config
        All layers merged.
    sources
        The layers, the one that wins last: errors name the one that set the key.
    schema_path, notebook_folder
        JSON schema of the configuration; where the notebooks are.

    Raises
    ------
    ConfigurationError
        At the first problem.
    """
    check_schema(config, schema_path, sources)
    groups: list[Callable[[], Iterator[tuple[Key, str | None]]]] = [
        lambda: _data_problems(config["data"]),
        *[lambda n=n, s=s: _study_problems(n, s) for n, s in config["variance"].items()],  # type: ignore[misc]
        *[lambda n=n, s=s: _training_problems(n, s) for n, s in config["training"].items()],  # type: ignore[misc]
        lambda: _notebook_problems(config["notebooks"], Path(notebook_folder)),
    ]
    for group in groups:
        for key, problem in group():
            if problem is not None:
                raise _failure(key, problem, sources)
