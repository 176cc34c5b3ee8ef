"""Second frame potentials of random states beside their closed forms."""

from __future__ import annotations

from collections.abc import Callable

from bornscape import theory
from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.statistics import normal_deviate_of_t

CLOSED_FORMS: dict[str, Callable[[int, float], float]] = {
    "own": lambda n, layers: theory.product_frame_potential(n, round(layers)) / theory.haar_frame_potential(n),
    "haar": lambda n, layers: 1.0,
}
"""E[F^2] over Haar's, of n qubits and so many layers: without entanglers, and of Haar-random states."""


def frame_potential(tables: Tables, settings: Settings) -> list[Comparison]:
    """Mean E[F^2] over Haar's of Haar-random states and of circuits without entanglers beside their closed forms.

    Of the line circuit only no layers, which have no entanglers either. ``form`` "haar" takes all of them for
    Haar-random (a broken variant). The deviation is the normal deviate of Student's t over the repetitions.
    """
    rows = tables.read(settings["table"])
    rows = rows[(rows["circuit"] != "line") | (rows["n_layers"] == 0)]
    comparisons = []
    for (circuit, n, layers), part in rows.groupby(["circuit", "n_qubits", "n_layers"], sort=False):
        mean, error = part["ratio"].mean(), part["ratio"].sem()
        form = "haar" if circuit == "haar" else settings["form"]
        expected = CLOSED_FORMS[form](n, layers)
        deviation = normal_deviate_of_t((mean - expected) / error, len(part) - 1)
        label = f"{circuit}, n = {n}, {layers:g} layers"
        comparisons.append(Comparison(label, mean, mean - 2 * error, mean + 2 * error, expected, deviation))
    return comparisons
