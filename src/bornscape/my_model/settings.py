"""Settings of a model with their defaults, and which files they name."""

from __future__ import annotations

from typing import Any

from bornscape.aliases import Settings
from bornscape.formulas import Formula, evaluate, shots_values
from bornscape.my_model.neighbours import neighbours

DEFAULTS: dict[str, Any] = {
    "engine": "auto",
    "initialisation": {"kind": "uniform"},
    "noise": None,
    "path": None,
    "shots": 1000,
    "draws": 100,
    "chunk": None,
    "precision": None,
    "max_draws": None,
}
"""What a model need not say."""

_BY_SIZE = (("data", "columns"), ("circuit", "measured"), ("circuit", "initial"))
"""Keys that may hold an entry for each size."""

CHUNK = 50
"""Draws of a chunk unless a model says another number, or draws fewer."""

SMALL = 12
"""Sizes up to this are drawn in one job: each would cost less than a job's start."""

STATE_VECTORS = 20
"""Wires up to which state vectors are taken unless another engine is asked for."""

LARGEST_STATE_VECTORS = 24
"""Wires up to which they are taken where Z-words give no loss, if memory allows: a draw takes a minute there."""

EPSILON = 1e-6
"""Clipping value of the explicit losses unless a model says another: what training uses (Fig. 4 has 1e-14)."""

EXTRAPOLATED = (20, 50, 100)
"""Sizes for which the shots needed are extrapolated."""

FIDELITIES = ("lqf", "qf")
USER_LOSSES = ("observable", "function")


def complete(settings: Settings) -> dict[str, Any]:
    """The settings with every default filled in.

    Examples
    --------
    >>> settings = complete({"draws": 20})
    >>> settings["draws"], settings["max_draws"], settings["chunk"], settings["shots"]
    (20, 20, 20, 1000)
    """
    filled = {**DEFAULTS, **text_keys(settings)}
    if filled["max_draws"] is None:
        filled["max_draws"] = filled["draws"]
    if filled["chunk"] is None:
        filled["chunk"] = min(CHUNK, filled["draws"])
    return filled


def text_keys(settings: Settings) -> Settings:
    """The settings with the sizes that are keys of ``_BY_SIZE`` as text, which they are to JSON."""
    filled = dict(settings)
    for part, name in _BY_SIZE:
        content = filled.get(part)
        by_size = content.get(name) if isinstance(content, dict) else None
        if isinstance(content, dict) and isinstance(by_size, dict):
            keyed = {str(key) if type(key) is int else key: value for key, value in by_size.items()}
            filled[part] = {**content, name: keyed}
    return filled


def shots_at(formula: Formula, n_qubits: int) -> int:
    """Measurements of each circuit at n qubits: the formula's value, rounded.

    Raises
    ------
    ValueError
        If it is below 2 or above ``bornscape.formulas.LARGEST_SHOTS``.

    Examples
    --------
    >>> shots_at(1000, 4), shots_at("n**2", 4)
    (1000, 16)
    """
    return shots_values([formula], n_qubits)[0]


def scale_at(formula: Formula, n_qubits: int) -> float:
    """Standard deviation of small angles at n qubits, in radians.

    Raises
    ------
    ValueError
        If it is not above 0.
    """
    scale = evaluate(formula, n_qubits)
    if scale <= 0:
        raise ValueError(f"scale {formula!r}: expected a number above 0 at n = {n_qubits}, got {scale}")
    return scale


def samples_file(data: Settings) -> str | None:
    """Path of the file of samples or probabilities that a model's ``data`` name; None if they name none.

    ``csv`` is the older name of the key ``samples``.
    """
    return data.get("samples", data.get("csv"))


def parts(settings: Settings) -> dict[tuple[str, ...], Settings]:
    """The parts of a model that may name files, by their keys: the whole model first."""
    found: dict[tuple[str, ...], Settings] = {
        (): settings,
        ("circuit",): settings["circuit"],
        ("data",): settings["data"],
    }
    found[("initialisation",)] = settings.get("initialisation", {})
    if isinstance(columns := settings["data"].get("columns"), dict):
        found[("data", "columns")] = columns
    if isinstance(initial := settings["circuit"].get("initial"), dict):
        found[("circuit", "initial")] = initial
    return found | {("losses", label): loss for label, loss in settings["losses"].items()}


def python_files(settings: Settings) -> list[str]:
    """Every file of a user's code that a model's settings name, sorted."""
    return sorted({part["file"] for part in parts(settings).values() if str(part.get("file", "")).endswith(".py")})


def named_files(settings: Settings) -> list[str]:
    """Every file that a model's results depend on, sorted: those that its settings name, and the modules beside the
    named ones that they import.
    """
    named = {part[key] for part in parts(settings).values() for key in ("file", "csv", "samples") if key in part}
    named |= {path for part in parts(settings).values() for path in part.get("inputs", [])}
    return sorted(named.union(*(neighbours(path) for path in python_files(settings))))


def size_groups(sizes: list[int]) -> list[list[int]]:
    """The sizes of each job: small ones together, larger ones alone.

    Examples
    --------
    >>> size_groups([4, 8, 12, 14, 16])
    [[4, 8, 12], [14], [16]]
    """
    small = [n for n in sizes if n <= SMALL]
    return ([small] if small else []) + [[n] for n in sizes if n > SMALL]
