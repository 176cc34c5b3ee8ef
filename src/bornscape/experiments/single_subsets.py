"""Theorem 3's formal version: one subset A of the wires whose parity the data hold is enough for its bound.

The data are uniform on the strings of even parity on A, so that z_A = 1 and every other z_B = 0: the linear term is
4 c_s(A)^2 z_A(q)^2 and nothing else, and the bound 4 c_s(A)^2 (1/3)^(average light cone of A). A is a row of wires in
the middle of the line, of as many as a formula of n says. Without layers the light cone is A itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bornscape import theory
from bornscape.aliases import Flags, Float, Row, Settings
from bornscape.bitstrings.walsh import subset_sizes
from bornscape.circuits import line_circuit
from bornscape.circuits.light_cones import random_subset_supports
from bornscape.datasets import Targets
from bornscape.formulas import bandwidth_values, depth_value
from bornscape.simulators.state_vector import layer_probabilities
from bornscape.variance.shallow_terms import CIRCUITS, random_parameters

_PLACE = ["circuit", "subset", "n_layers", "wires"]
_CONES = ["coefficient", "light_cone", "light_cone_error"]
_MOMENTS = ["draws", "moment", "moment_error"]
COLUMNS = [*_PLACE[:2], "n_qubits", *_PLACE[2:], *_CONES, *_MOMENTS, "bound"]


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of one size: light cones of each subset at every depth, and E[z_A^2] where state vectors reach."""
    sizes = {str(formula): depth_value(formula, n_qubits) for formula in settings["subsets"]}
    labels = [label for label, wires in sizes.items() if 1 <= wires <= n_qubits]
    members = np.array([_middle(n_qubits, sizes[label]) for label in labels])
    depths = sorted({depth_value(depth, n_qubits) for depth in settings["depths"]} | {0})
    if n_qubits > settings["linear_up_to"]:
        depths = [depth for depth in depths if depth < n_qubits]
    coefficients = _coefficients(n_qubits, settings, members)
    rows: list[Row] = []
    for name in settings["circuits"]:
        moments = dict(_moments(name, n_qubits, depths, members, settings, rng))
        for depth, cones in _cones(name, n_qubits, depths, members, settings["light_cones"], rng):
            for place, label in enumerate(labels):
                row = {"circuit": name, "subset": label, "n_layers": depth, "wires": sizes[label]}
                row |= dict(zip(_CONES, (coefficients[place], *_mean(cones[:, place])), strict=True))
                if depth in moments:
                    squares = moments[depth][:, place]
                    row |= dict(zip(_MOMENTS, (len(squares), *_mean(squares)), strict=True))
                rows.append(row)
    return pd.DataFrame(rows).reindex(columns=[*_PLACE, *_CONES, *_MOMENTS])


def _middle(n: int, wires: int) -> Flags:
    first = (n - wires) // 2
    return np.asarray((np.arange(n) >= first) & (np.arange(n) < first + wires))


def _coefficients(n: int, settings: Settings, members: Flags) -> Float:
    (s,) = bandwidth_values(settings["bandwidth"], n)
    return theory.linear_coefficients(n, s, members.sum(axis=1), np.ones(len(members)))


def _mean(values: Float) -> tuple[float, float]:
    """The mean and its standard error."""
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def _cones(
    name: str, n: int, depths: list[int], members: Flags, count: int, rng: np.random.Generator
) -> Iterator[tuple[int, Float]]:
    """Sizes of the light cones at random Clifford angles, (count, subsets), depth by depth."""
    sizes: dict[int, list[Float]] = {depth: [] for depth in depths}
    for _ in range(count):
        for depth, found in random_subset_supports(CIRCUITS[name].family, n, depths, members, rng):
            sizes[depth].append(found.sizes.astype(np.float64))
    yield from ((depth, np.array(found)) for depth, found in sizes.items())


def _moments(
    name: str, n: int, depths: list[int], members: Flags, settings: Settings, rng: np.random.Generator
) -> Iterator[tuple[int, Float]]:
    """z_A(q)^2 of random circuits, (draws, subsets), at each depth that state vectors are drawn for."""
    if n > settings["largest_state"]:
        return
    places = 1 << np.arange(n - 1, -1, -1)
    signs = np.array([1 - 2 * (subset_sizes(n)[np.arange(2**n) & int(row @ places)] % 2) for row in members])
    squares: dict[int, list[Float]] = {depth: [] for depth in depths}
    circuit = line_circuit(n, depths[-1])
    for _ in range(settings["draws"]):
        theta = random_parameters(CIRCUITS[name], n, depths[-1], rng)
        for depth, q in layer_probabilities(circuit, theta, depths):
            squares[depth].append((signs @ q) ** 2)
    yield from ((depth, np.array(found)) for depth, found in squares.items())


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Means of the chunks, their errors and the bound, 4 c_s(A)^2 (1/3)^(average light cone)."""
    parts = []
    for key, group in rows.groupby(["n_qubits", *_PLACE], sort=False):
        row: Row = dict(zip(["n_qubits", *_PLACE], key, strict=True)) | {"coefficient": group["coefficient"].iloc[0]}
        for name in ("light_cone", "moment"):
            row[name] = group[name].mean()
            row[f"{name}_error"] = np.sqrt(np.sum(group[f"{name}_error"] ** 2)) / len(group)
        row["draws"] = group["draws"].sum()
        parts.append(row | {"bound": row["coefficient"] * 3.0 ** -row["light_cone"]})
    return pd.DataFrame(parts)[COLUMNS]
