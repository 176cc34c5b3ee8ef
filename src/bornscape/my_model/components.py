"""The gradient by parameter: sums over the draws of every component's powers, and what each parameter turns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

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


class _Use(NamedTuple):
    gate: str
    wires: tuple[int, ...]
    layer: float
    depth: int


def _uses(circuit: Circuit) -> list[list[_Use]]:
    """Of each angle, the gates that it enters, in their order."""
    ends, levels = np.array(circuit.layer_ends), np.zeros(circuit.n_qubits, dtype=np.int64)
    found: list[list[_Use]] = [[] for _ in range(circuit.n_angles)]
    for k, gate in enumerate(circuit.gates):
        wires = list(gate.wires)
        depth = int(levels[wires].max()) + 1
        levels[wires] = depth
        layer = float(np.searchsorted(ends, k, side="right")) if len(ends) else np.nan
        for part in primitives(gate):
            for angle in part.angles:
                found[angle].append(_Use(part.name, part.wires, layer, depth))
    return found


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
    mapped = circuit.angle_map
    columns = None if mapped is None else mapped.matrix.tocsc()
    rows = []
    for k in range(circuit.n_parameters):
        angles = [k] if columns is None else sorted(columns.indices[columns.indptr[k] : columns.indptr[k + 1]])
        entered = [use for angle in angles for use in uses[angle]]
        wires = sorted({wire for use in entered for wire in use.wires})
        first = min(entered, key=lambda use: use.depth, default=_Use("", (), np.nan, 0))
        named = " ".join(map(str, wires)) if len(wires) <= _SHOWN_WIRES else f"{len(wires)} wires"
        gates = "+".join(sorted({use.gate for use in entered}))
        rows.append((k, first.layer, first.depth, gates, named, len(entered)))
    return pd.DataFrame(rows, columns=DESCRIPTION_COLUMNS)


def described(sums: pd.DataFrame, circuit: Circuit, active: Mapping[str, Iterable[int]]) -> pd.DataFrame:
    """``COMPONENT_COLUMNS`` with what each parameter turns, and ``dead`` where it cannot move what a loss measures.

    Parameters
    ----------
    active
        Parameters that can, by the loss's label.
    """
    found = sums.merge(descriptions(circuit), on="parameter", how="left")
    alive = {label: set(parameters) for label, parameters in active.items()}
    dead = [k not in alive[label] for label, k in zip(found["loss"], found["parameter"], strict=True)]
    return found.assign(dead=dead)
