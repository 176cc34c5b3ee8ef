"""Settings of a model with their defaults, and which files they name."""

from __future__ import annotations

from typing import Any

from bornscape.aliases import Settings
from bornscape.formulas import Formula, evaluate

DEFAULTS: dict[str, Any] = {
    "initialisation": {"kind": "uniform"},
    "shots": 1000,
    "draws": 100,
    "chunk": 50,
    "precision": None,
    "max_draws": None,
}
"""What a model need not say."""

SMALL = 12
"""Sizes up to this are drawn in one job: each would cost less than a job's start."""

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
    >>> settings["draws"], settings["max_draws"], settings["shots"]
    (20, 20, 1000)
    """
    filled = {**DEFAULTS, **settings}
    if filled["max_draws"] is None:
        filled["max_draws"] = filled["draws"]
    return filled


def shots_at(formula: Formula, n_qubits: int) -> int:
    """Measurements of each circuit at n qubits: the formula's value, rounded.

    Raises
    ------
    ValueError
        If it is below 2.

    Examples
    --------
    >>> shots_at(1000, 4), shots_at("n**2", 4)
    (1000, 16)
    """
    shots = round(evaluate(formula, n_qubits))
    if shots < 2:
        raise ValueError(f"shots {formula!r}: expected at least 2 at n = {n_qubits}, got {shots}")
    return shots


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


def named_files(settings: Settings) -> list[str]:
    """Every file that a model's settings name, sorted: its results depend on them."""
    parts = [settings["circuit"], settings.get("initialisation", {}), settings["data"], *settings["losses"].values()]
    return sorted({part[key] for part in parts for key in ("file", "csv") if key in part})


def size_groups(sizes: list[int]) -> list[list[int]]:
    """The sizes of each job: small ones together, larger ones alone.

    Examples
    --------
    >>> size_groups([4, 8, 12, 14, 16])
    [[4, 8, 12], [14], [16]]
    """
    small = [n for n in sizes if n <= SMALL]
    return ([small] if small else []) + [[n] for n in sizes if n > SMALL]
