"""The gradient by parameter: sums over the draws of every component's powers, and what each parameter turns."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from bornscape.aliases import Float
from bornscape.circuits import Circuit, primitives

POWERS = ("total", "squares", "fourths", "sixths", "eighths")
COMPONENT_COLUMNS = ["loss", "parameter", "draws", *POWERS]
DESCRIPTION_COLUMNS = ["parameter", "layer", "depth", "gate", "wires", "uses"]

_SHOWN_WIRES = 8
"""Wires of a parameter that are named; of more, their number."""


class ComponentSums:
    """Sums over draws of the powers of every loss's gradient components, for their means and intervals.

    Parameters
    ----------
    losses, n_parameters
        Labels, and entries of the gradient.
    """

    def __init__(self, losses: Iterable[str], n_parameters: int) -> None:
        self._sums = {label: np.zeros((len(POWERS), n_parameters)) for label in losses}
        self._draws = dict.fromkeys(self._sums, 0)

    def add(self, label: str, components: Float, squares: Float | None = None) -> None:
        """One draw of a loss.

        Parameters
        ----------
        components
            (n_parameters,), the exact gradient or an estimate of it without bias.
        squares
            (n_parameters,), estimates without bias of the components' squares; the components' own unless given.
        """
        square = components**2 if squares is None else squares
        # Fourth powers of the squares vanish below 1e-77 each: no interval can be had from such components.
        self._sums[label] += np.stack([components, square, square**2, square**3, square**4])
        self._draws[label] += 1

    def table(self) -> pd.DataFrame:
        """A row for each loss and parameter (``COMPONENT_COLUMNS``)."""
        parts = []
        for label, sums in self._sums.items():
            columns = {"loss": label, "parameter": np.arange(sums.shape[1]), "draws": self._draws[label]}
            parts.append(pd.DataFrame(columns | dict(zip(POWERS, sums, strict=True))))
        return pd.concat(parts, ignore_index=True)[COMPONENT_COLUMNS]


class _Uses(NamedTuple):
    """Every use of an angle, in the order of the gates: lists of one length."""

    angles: list[int]
    gates: list[str]
    wires: list[tuple[int, ...]]
    layers: list[float]
    depths: list[int]


def _uses(circuit: Circuit) -> _Uses:
    ends, levels = circuit.layer_ends, [0] * circuit.n_qubits
    found = _Uses([], [], [], [], [])
    angles, gates, wires, layers, depths = found
    for k, gate in enumerate(circuit.gates):
        depth = 1 + max([levels[wire] for wire in gate.wires])
        for wire in gate.wires:
            levels[wire] = depth
        for part in primitives(gate) if gate.angles else ():
            angles.extend(part.angles)
            gates.append(part.name)
            wires.append(part.wires)
            layers.append(float(bisect_right(ends, k)) if ends else math.nan)
            depths.append(depth)
    return found


def _entered(circuit: Circuit, angles: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Which uses each parameter has, by its angles and then the gates: (parameters, uses), a pair for each."""
    of_angle = np.argsort(angles, kind="stable")
    if circuit.angle_map is None:
        return np.sort(angles), of_angle
    entries = sparse.csc_array(circuit.angle_map.matrix)
    entries.sort_indices()
    counts = np.bincount(np.asarray(angles, dtype=np.int64), minlength=circuit.n_angles)
    firsts, repeats = np.cumsum(counts) - counts, counts[entries.indices]
    parameters = np.repeat(np.arange(circuit.n_parameters), np.diff(entries.indptr))
    within = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return np.repeat(parameters, repeats), of_angle[np.repeat(firsts[entries.indices], repeats) + within]


def _named(wires: Iterable[int]) -> str:
    listed = sorted(set(wires))
    return " ".join(map(str, listed)) if len(listed) <= _SHOWN_WIRES else f"{len(listed)} wires"


def descriptions(circuit: Circuit) -> pd.DataFrame:
    """What each parameter of a circuit turns (``DESCRIPTION_COLUMNS``).

    ``layer`` and ``depth`` are those of the first gate that it enters: the circuit's layer (blank where it has none
    marked), and how many gates deep it lies, from 1. ``gate`` names the gates, ``wires`` all their wires.

    Examples
    --------
    >>> from bornscape.circuits import line_circuit
    >>> descriptions(line_circuit(2, 1))[["layer", "depth", "gate"]].values[6].tolist()
    [1.0, 3, 'RY']
    """
    uses = _uses(circuit)
    parameters, entered = _entered(circuit, uses.angles)
    # The first use of each parameter; all are looked at only where there are several.
    order = np.lexsort((np.array(uses.depths)[entered], parameters))
    used, starts, counts = np.unique(parameters, return_index=True, return_counts=True)
    first = entered[order][starts].tolist()
    gates, wires = [uses.gates[use] for use in first], [_named(uses.wires[use]) for use in first]
    for k in np.flatnonzero(counts > 1):
        several = entered[starts[k] : starts[k] + counts[k]].tolist()
        gates[k] = "+".join(sorted({uses.gates[use] for use in several}))
        wires[k] = _named(wire for use in several for wire in uses.wires[use])
    layers, depths = [uses.layers[use] for use in first], [uses.depths[use] for use in first]
    rows = (used, layers, depths, gates, wires, counts)
    found = pd.DataFrame(dict(zip(DESCRIPTION_COLUMNS, rows, strict=True))).set_index("parameter")
    unused = {"depth": 0, "gate": "", "wires": "", "uses": 0}
    every = found.reindex(pd.RangeIndex(circuit.n_parameters, name="parameter")).fillna(unused)
    return every.astype({"depth": np.int64, "uses": np.int64}).reset_index()[DESCRIPTION_COLUMNS]


def described(sums: pd.DataFrame, circuit: Circuit, active: Mapping[str, Iterable[int]]) -> pd.DataFrame:
    """``COMPONENT_COLUMNS`` with what each parameter turns, and ``dead`` where it cannot move what a loss measures.

    Parameters
    ----------
    active
        Parameters that can, by the loss's label.
    """
    found = sums.merge(descriptions(circuit), on="parameter", how="left")
    dead = np.ones(len(found), dtype=np.bool_)
    for label, parameters in active.items():
        dead &= ~((found["loss"] == label) & found["parameter"].isin(list(parameters))).to_numpy()
    return found.assign(dead=dead)
