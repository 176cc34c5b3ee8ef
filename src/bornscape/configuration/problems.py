"""What no schema can say of a configuration: sizes, data sets, bandwidths and files that fit each other."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from bornscape.aliases import Config
from bornscape.artifacts import sha256
from bornscape.configuration.sources import ConfigurationError, Key, as_list
from bornscape.datasets import LARGEST_CARDINALITY, SYNTHETIC
from bornscape.datasets.images import GRIDS, IMAGE_SETS
from bornscape.datasets.published import PUBLISHED
from bornscape.formulas import bandwidth_values, depth_value, shots_values

Problems = Iterator[tuple[Key, str | None]]
"""Keys, each with what is wrong with its value; None where nothing is."""

ARRAYS_PER_STATE = 8
"""Arrays of 2**n complex numbers that one draw holds at its peak: the state, q, transforms and temporaries."""

LARGEST_DEPTH = 9
"""Layers of a study of kind tensor: the work grows as 8**layers (bornscape.simulators.line)."""

LARGEST_SUPPORT = 20_000
"""Strings of a target in the studies without 2**n vectors, whose cost grows with the square of this number."""


LARGEST_CHUNKS = 10_000
"""Jobs of a study or an experiment at one size: each has a file, and Snakemake holds them all in memory."""


def support_size(dataset: str, n_qubits: int) -> int:
    """The number of strings of a synthetic data set; of another one, the largest that there could be.

    Examples
    --------
    >>> support_size("ghz", 10), support_size("cardinality", 4), support_size("jets", 4)
    (2, 6, 16)
    """
    return SYNTHETIC[dataset].strings(n_qubits) if dataset in SYNTHETIC else 2**n_qubits


def check_dataset(dataset: str, n: int, state_vectors: bool) -> str | None:
    """Why a data set does not fit n qubits; None if it does.

    Examples
    --------
    >>> check_dataset("ghz", 8, state_vectors=True) is None
    True
    >>> print(check_dataset("jets", 8, state_vectors=True))
    data set jets has images of [4, 6, 9, 10, 12, 15, 16, 18] pixels, not 8
    """
    if dataset in IMAGE_SETS:
        return None if n in GRIDS else f"data set {dataset} has images of {sorted(GRIDS)} pixels, not {n}"
    if dataset in PUBLISHED and n not in PUBLISHED[dataset]:
        return f"data set {dataset} has strings of {sorted(PUBLISHED[dataset])} bits, not {n}"
    if dataset == "cardinality" and n > LARGEST_CARDINALITY:
        return f"data set cardinality: expected n_qubits at most {LARGEST_CARDINALITY}, got {n}"
    if not state_vectors and support_size(dataset, n) > LARGEST_SUPPORT:
        return (
            f"data set {dataset} has {support_size(dataset, n)} strings at n = {n}; expected at most {LARGEST_SUPPORT}"
        )
    return None


def memory_problem(n: int, arrays: int = ARRAYS_PER_STATE) -> str | None:
    """Why n qubits, with so many arrays of 2**n complex numbers, do not fit this machine; None if they do."""
    needed, available = arrays * 16 * 2**n, psutil.virtual_memory().total
    if needed <= available:
        return None
    least = min(needed, 2**1000) / 2**30  # Beyond that it is no float any more.
    fits = (available // (arrays * 16)).bit_length() - 1
    return (
        f"{n} qubits need at least {least:.3g} GiB for each draw, {arrays} vectors of 2^{n} complex numbers; this "
        f"machine has {available / 2**30:.3g} GiB, room for {fits} qubits"
    )


def chunks_problem(draws: int, chunk: int) -> str | None:
    """Why a number of draws does not come in chunks of a size; None if it does.

    Examples
    --------
    >>> chunks_problem(100, 50) is None
    True
    >>> print(chunks_problem(70, 50))
    expected a multiple of chunk (50), got 70; draws: 100 is one
    """
    if draws % chunk:
        return f"expected a multiple of chunk ({chunk}), got {draws}; draws: {(draws // chunk + 1) * chunk} is one"
    if draws // chunk > LARGEST_CHUNKS:
        return f"expected at most {LARGEST_CHUNKS} chunks of {chunk}, got {draws} draws; a larger chunk makes fewer"
    return None


def study_problems(name: str, study: Config) -> Problems:
    """What is wrong with a study of variances."""
    base: Key = ("variance", name)
    state_vectors = study["kind"] in ("line", "fidelity")
    for n in study["n_qubits"]:
        if state_vectors:
            yield (*base, "n_qubits"), memory_problem(n)
        for dataset in study["datasets"]:
            if (study["kind"], dataset) != ("tensor", "cardinality"):  # Which has a formula there, and is not listed.
                yield (*base, "datasets"), check_dataset(dataset, n, state_vectors)
        for label, bandwidth in study.get("bandwidths", {}).items():
            yield (*base, "bandwidths", label), bandwidth_problem(bandwidth, n)
        yield (*base, "shots"), shots_problem(study.get("shots", []), n)
        for depth in study.get("depths", []):
            yield (*base, "depths"), depth_problem(depth, n)
            if study["kind"] == "tensor" and not depth_problem(depth, n) and depth_value(depth, n) > LARGEST_DEPTH:
                yield (*base, "depths"), f"{depth!r}: expected at most {LARGEST_DEPTH} layers at n = {n}"
    if state_vectors and not study["n_layers"] and not study["deep"]:
        yield (*base, "n_layers"), "expected at least one depth, or deep: true"
    if state_vectors and study["n_layers"] != sorted(study["n_layers"]):
        yield (*base, "n_layers"), f"expected increasing numbers, got {study['n_layers']}"
    yield (*base, "draws"), chunks_problem(study["draws"], study["chunk"])


def depth_problem(depth: Any, n: int) -> str | None:
    """Why a number of layers has no value at n qubits; None if it has."""
    try:
        depth_value(depth, n)
    except ValueError as error:
        return str(error)
    return None


def bandwidth_problem(bandwidth: Any, n: int) -> str | None:
    """Why a bandwidth has no value at n qubits; None if it has.

    Examples
    --------
    >>> bandwidth_problem("n/4", 8) is None
    True
    >>> print(bandwidth_problem("n-8", 8))
    bandwidth 'n-8': expected values above 0 at n = 8, got [0.0]
    """
    try:
        bandwidth_values(bandwidth, n)
    except ValueError as error:
        return str(error)
    return None


def shots_problem(shots: Any, n: int) -> str | None:
    """Why numbers of measurements have no value at n qubits; None if they have."""
    try:
        shots_values(shots, n)
    except ValueError as error:
        return str(error)
    return None


def training_problems(name: str, training: Config) -> Problems:
    """What is wrong with an entry of ``training``."""
    base: Key = ("training", name)
    if training.get("shift") == "loss":
        if training.get("ansatz", "line") != "line":
            yield (*base, "ansatz"), "expected line with shift: loss"
        for loss, settings in training["losses"].items():
            if settings["kind"] not in ("mmd", "kld", "lqf"):
                yield (*base, "losses", loss, "kind"), "shift: loss is for mmd, kld and lqf"
        if training.get("batch", 1) > 1:
            yield (*base, "batch"), "expected 1 with shift: loss"
    for n in as_list(training["n_qubits"]):
        yield (*base, "n_qubits"), memory_problem(n)
        yield (*base, "dataset"), check_dataset(training["dataset"], n, state_vectors=True)
        if training.get("wires") == "columns" and n not in GRIDS:
            yield (*base, "wires"), f"columns are of images of {sorted(GRIDS)} pixels, not {n}"
        for layers in as_list(training["n_layers"]):
            yield (*base, "n_layers"), depth_problem(layers, n)
        for loss, settings in training["losses"].items():
            if "bandwidth" in settings:
                yield (*base, "losses", loss, "bandwidth"), bandwidth_problem(settings["bandwidth"], n)


def data_problems(data: Config) -> Problems:
    """What is wrong with ``data``."""
    jets, showers = data["jets"], data["showers"]
    yield ("data", "jets", "jets"), chunks_problem(jets["jets"], jets["chunk"])
    for low, high in (("pt_min", "pt_max"), ("pthat_min", "pthat_max")):
        if jets[low] >= jets[high]:
            yield ("data", "jets", high), f"expected a number above {low} ({jets[low]}), got {jets[high]}"
    if showers["energy_min"] > showers["energy_max"]:
        yield ("data", "showers", "energy_max"), f"expected at least energy_min ({showers['energy_min']})"
    if showers["source"] == "clic":
        yield from _file_problems(("data", "showers"), showers["path"], showers["sha256"])


def _file_problems(base: Key, path: str | None, digest: str | None) -> Problems:
    if path is None or not Path(path).is_file():
        yield (*base, "path"), f"expected the path of an existing file, got {path!r}"
    elif digest is not None and (actual := sha256(path)) != digest:
        yield (*base, "sha256"), f"{path} is damaged or another file: expected {digest}, got {actual}"


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


def notebook_problems(notebooks: Config, folder: Path) -> Problems:
    """Notebooks that do not exist, and parameters that they do not have; null leaves one out of a run."""
    for name, given in notebooks.items():
        path = folder / f"{name}.ipynb"
        if not path.is_file():
            yield ("notebooks", name), f"expected a notebook {path}"
            continue
        known = [parameter for parameter in notebook_parameters(path) if parameter != "captions"]  # The run fills it.
        for parameter in given or {}:
            if parameter not in known:
                yield ("notebooks", name, parameter), f"unknown notebook parameter; expected one of {known}"
