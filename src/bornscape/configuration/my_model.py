"""Checking the configuration's ``models``: what a schema cannot say, and a trial of the files that they name."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bornscape.aliases import Config, Settings
from bornscape.configuration.problems import (
    Problems,
    bandwidth_problem,
    check_dataset,
    chunks_problem,
    depth_problem,
    memory_problem,
)
from bornscape.configuration.sources import ConfigurationError, Key, Source, check_schema, failure
from bornscape.losses.explicit import DEFINITIONS
from bornscape.losses.word_observable import written_terms
from bornscape.my_model.circuits import QASM, shape_at
from bornscape.my_model.data.files import read_data
from bornscape.my_model.data.model_data import columns_problem
from bornscape.my_model.noise import noise_problem
from bornscape.my_model.path import path_settings
from bornscape.my_model.register import DRAW_VECTORS, register_problem, wires_at
from bornscape.my_model.settings import USER_LOSSES, complete, parts, samples_file, scale_at, shots_at, text_keys
from bornscape.my_model.user_code import FromPython
from bornscape.my_model.word_losses import by_words, state_vectors_help

BASE = "models"

UNUSUAL = "<>{}"
"""Characters of a path that Snakemake reads as variables and wildcards."""


def check_models(config: Config, sources: Sequence[Source], schema_path: str | Path) -> None:
    """Check every model against ``model.schema.json`` beside the configuration's schema, and its parts for sense.

    No file of a user's is run here: see ``preflight``.

    Raises
    ------
    ConfigurationError
        At the first problem.
    """
    for name, written in config.get(BASE, {}).items():
        settings = text_keys(written)
        check_schema(settings, Path(schema_path).parent / "model.schema.json", sources, (BASE, name))
        for key, problem in model_problems((BASE, name), complete(settings)):
            if problem is not None:
                raise failure(key, problem, sources)


def model_problems(base: Key, settings: Settings) -> Problems:
    """What is wrong with a model that fits its schema."""
    yield from _circuit_problems((*base, "circuit"), settings["circuit"])
    kinds = {label: loss["kind"] for label, loss in settings["losses"].items()}
    if found := register_problem(settings["circuit"], kinds, sorted(settings["sizes"])):
        yield (*base, "circuit", found[0]), found[1]
    yield from _start_problems((*base, "initialisation"), settings["initialisation"])
    for label, loss in settings["losses"].items():
        yield from _loss_problems((*base, "losses", label), loss)
    yield from _data_problems((*base, "data"), settings["data"])
    yield from _count_problems(base, settings)
    yield from _path_problems(base, settings)
    for part, content in parts(settings).items():
        yield from _file_problems((*base, *part), content)
    for n in sorted(settings["sizes"]):
        yield from _size_problems(base, settings, n)


def _choice(key: Key, part: Settings, names: tuple[str, ...]) -> Problems:
    """Exactly one of the names, and file together with function."""
    given = [name for name in names if name in part]
    if len(given) != 1:
        yield key, f"expected exactly one of {list(names)}, got {given or 'none'}"
    yield from _pair(key, part)


def _pair(key: Key, part: Settings) -> Problems:
    if ("file" in part) != ("function" in part):
        yield key, "expected file and function together"


def _circuit_problems(key: Key, circuit: Settings) -> Problems:
    from_file = "file" in circuit
    if str(circuit.get("file", "")).endswith(QASM):
        for name in ("family", "function", "parameters", "layers", "generators", "keywords"):
            if name in circuit:
                yield (*key, name), "does not belong to a file of OpenQASM, whose angles are the parameters"
        return
    yield from _choice(key, circuit, ("family", "file"))
    if not from_file and "parameters" in circuit:
        yield (*key, "parameters"), "expected only beside file: a family knows its number of parameters"
    if "generators" in circuit and circuit.get("family") != "iqp":
        yield (*key, "generators"), "expected only with family: iqp, as in {family: iqp, generators: line}"
    if not from_file and circuit["family"] == "product" and "layers" in circuit:
        yield (*key, "layers"), "expected no layers: a product circuit is one layer of single-qubit gates"
    if not from_file and circuit["family"] not in ("product", "iqp") and "layers" not in circuit:
        yield key, "expected the key 'layers': a number or a formula of n"


def _start_problems(key: Key, start: Settings) -> Problems:
    yield from _choice(key, start, ("kind", "file"))
    small = start.get("kind") == "small"
    if small and "scale" not in start:
        yield key, "expected the key 'scale': the angles' standard deviation, a number or a formula of n"
    if not small and "scale" in start:
        yield (*key, "scale"), "expected only with kind: small"


def _data_problems(key: Key, data: Settings) -> Problems:
    yield from _choice(key, data, ("set", "samples", "csv", "file"))
    if "seed" in data and "file" not in data:
        yield (*key, "seed"), "expected only beside file: nothing else is random"
    if "columns" not in data:
        return
    columns, key = data["columns"], (*key, "columns")
    if samples_file(data) is None:
        yield key, "expected only beside samples: other data have as many columns as there are qubits"
    names = set(columns) if isinstance(columns, dict) else set()
    if names == {"lattice"}:
        lattice = columns["lattice"]
        if not _whole_numbers(lattice) or len(lattice) != 2 or min(lattice) < 1:
            yield (*key, "lattice"), f"expected [rows, columns], as [4, 4], got {lattice!r}"
    elif names != {"file", "function"}:
        if not isinstance(columns, list) and (not names or not all(name.isdecimal() for name in names)):
            forms = (
                "a list of columns, a list for each size as {4: [0, 1, 4, 5]}, {lattice: [4, 4]}, or file and function"
            )
            yield key, f"expected {forms}, got {columns!r}"
        for name, held in columns.items() if isinstance(columns, dict) else [("", columns)]:
            if not _whole_numbers(held):
                yield (*key, *([name] if name else [])), f"expected a list of columns, as [0, 1, 4, 5], got {held!r}"


def _whole_numbers(found: Any) -> bool:
    return isinstance(found, list) and len(found) > 0 and all(type(value) is int and value >= 0 for value in found)


def _loss_problems(key: Key, loss: Settings) -> Problems:
    kind = loss["kind"]
    allowed = {
        "bandwidth": kind == "mmd",
        "epsilon": kind in DEFINITIONS,
        "words": kind == "observable",
        "file": kind in USER_LOSSES,
        "function": kind in USER_LOSSES,
        "derivative": kind == "function",
        "keywords": kind in USER_LOSSES,
    }
    for name, fits in allowed.items():
        if name in loss and not fits:
            yield (*key, name), f"does not belong to a loss of kind {kind}"
    if "words" in loss:
        yield from _words_problems(key, loss)
        return
    for name in ("bandwidth", "file", "function"):
        if allowed[name] and name not in loss:
            yield key, f"expected the key {name!r} with kind {kind}" + (" (or 'words')" if kind == "observable" else "")


def _words_problems(key: Key, loss: Settings) -> Problems:
    words = loss["words"]
    if "function" in loss:
        yield (*key, "words"), "expected words or function, not both: each says what the observable is"
    if isinstance(words, str) and "file" not in loss:
        yield (*key, "words"), f'expected a file beside it that has the function {words!r}, or {{"0,1": -0.5}}'
    if not isinstance(words, str):
        if "file" in loss:
            yield (*key, "file"), "expected the name of its function in words, as words: my_terms"
        try:
            written_terms(words)
        except ValueError as error:
            yield (*key, "words"), str(error)


def _count_problems(base: Key, settings: Settings) -> Problems:
    draws = settings["draws"]
    yield (*base, "draws"), chunks_problem(draws, settings["chunk"])
    if settings["precision"] is None and settings["max_draws"] != draws:
        yield (*base, "max_draws"), "expected only with precision, which says when to stop before"
    if settings["max_draws"] < draws:
        yield (*base, "max_draws"), f"expected at least draws ({draws}), got {settings['max_draws']}"


def _file_problems(key: Key, part: Settings) -> Problems:
    named: list[tuple[Key, str]] = [((*key, name), part[name]) for name in ("file", "samples", "csv") if name in part]
    named += [((*key, "inputs", place), path) for place, path in enumerate(part.get("inputs", []))]
    for place, path in named:
        if isinstance(path, FromPython):
            continue
        if not Path(path).is_file():
            yield place, f"expected the path of an existing file, got {path!r}"
        if unusual := sorted(set(path) & set(UNUSUAL)):
            yield place, f"expected a path without {' '.join(unusual)}, which mean something to Snakemake; rename it"
    if "keywords" in part:
        if "file" not in part:
            yield (*key, "keywords"), "expected only beside file: they are for a function of your own"
        if "layers" in part and "layers" in part["keywords"]:
            yield (*key, "keywords", "layers"), "expected layers once, here or as the key beside it"
    if (samples := samples_file(part)) is not None:
        name = "samples" if "samples" in part else "csv"
        try:
            read_data(samples)
        except ValueError as error:
            yield (*key, name), str(error)


def _value_problem(function: Callable[[Any, int], Any], formula: Any, n: int) -> str | None:
    try:
        function(formula, n)
    except ValueError as error:
        return str(error)
    return None


def _noise_problems(base: Key, settings: Settings, n: int) -> Problems:
    if problem := noise_problem(settings, n):
        yield (*base, "noise", problem[0]), problem[1]


def _path_problems(base: Key, settings: Settings) -> Problems:
    if settings["path"] is not None:
        try:
            path_settings(settings["path"])
        except ValueError as error:
            yield (*base, "path"), str(error)


def _size_problems(base: Key, settings: Settings, n: int) -> Problems:
    yield from _noise_problems(base, settings, n)
    circuit, start, data = settings["circuit"], settings["initialisation"], settings["data"]
    words = by_words(settings, n)
    if not words or state_vectors_help(settings, n):
        yield (*base, "sizes"), memory_problem(wires_at(circuit, n), DRAW_VECTORS)
    if "layers" in circuit:
        yield (*base, "circuit", "layers"), depth_problem(circuit["layers"], n)
    if "parameters" in circuit and not isinstance(circuit["parameters"], dict):
        yield (*base, "circuit", "parameters"), _value_problem(shape_at, circuit["parameters"], n)
    if "scale" in start:
        yield (*base, "initialisation", "scale"), _value_problem(scale_at, start["scale"], n)
    yield (*base, "shots"), _value_problem(shots_at, settings["shots"], n)
    for label, loss in settings["losses"].items():
        if "bandwidth" in loss:
            yield (*base, "losses", label, "bandwidth"), bandwidth_problem(loss["bandwidth"], n)
    if "set" in data:
        unlisted = words and data["set"] == "cardinality"
        yield (*base, "data", "set"), None if unlisted else check_dataset(data["set"], n, state_vectors=not words)
    if (path := samples_file(data)) is not None:
        problem = columns_problem(data.get("columns"), read_data(path).n_qubits, n)
        yield (*base, *(("data", "columns") if "columns" in data else ("sizes",))), problem and f"{path}: {problem}"


def _to_be_tried(models: Config) -> dict[str, Any]:
    """Models that name a file of code, or have sizes at which an engine for words has to be found."""
    return {
        name: settings
        for name, settings in models.items()
        if any("file" in part for part in parts(settings).values())
        or any(by_words(complete(settings), n) for n in settings["sizes"])
    }


def preflight(config: Config, sources: Sequence[Source]) -> None:
    """Run the Python files that the models name, and look for the engines of large sizes, in a process of its own.

    Models without files and large sizes cost nothing.

    Raises
    ------
    ConfigurationError
        At the first problem, which names the file, the key and what was expected.
    """
    models = _to_be_tried(config.get(BASE, {}))
    if not models:
        return
    job = json.dumps({"models": models, "seed": config["seed"]})
    # -P as in the jobs: a file of the current folder is run if it is named, not because it is called numpy.py.
    command = [sys.executable, "-P", "-m", "bornscape.my_model.preflight"]
    done = subprocess.run(command, input=job, capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        told = " ".join(done.stderr.strip().splitlines()[-1:]) or f"exit status {done.returncode}"
        raise ConfigurationError(f"models: a file of {sorted(models)} ended the trial: {told}")
    problem = json.loads(lines[-1])
    if problem is not None:
        raise failure((BASE, *problem[0]), problem[1], sources)
