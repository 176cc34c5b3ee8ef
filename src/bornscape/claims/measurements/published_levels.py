"""Levels of a run beside those of the paper's own curves, read off its figures.

The interval of each comparison holds the errors of both sides: ours, the paper's reading error, and the scatter of its
own points where they are averages of draws. The paper does not state how many; what is assumed is a claim's setting.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bornscape import theory
from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.orders import selected_rows
from bornscape.published import READING_ERRORS, published_curves
from bornscape.statistics import log_standard_error

Z = 1.96
"""Half of a 95 % interval in standard errors."""


def _level(label: str, ours: np.ndarray, theirs: np.ndarray, error: float, reading: float) -> Comparison:
    """Geometric means of ours and theirs; ``error`` is the standard error of the mean logarithm of their ratio."""
    level, published = (float(np.exp(np.mean(np.log(values)))) for values in (ours, theirs))
    factor = float(np.exp(Z * error + reading))
    deviation = abs(level / published - 1)
    return Comparison(label, level, level / factor, level * factor, published, deviation)


def published_variances(tables: Tables, settings: Settings) -> list[Comparison]:
    """Variances of a study beside a published curve: geometric means over the sizes of both, for each data set.

    ``where`` selects rows of variance.csv and ``published`` those of the figure. ``published_draws`` is how many draws
    a published point is taken to rest on, which scatter as ours do; without it the curve is a formula.
    """
    ours = selected_rows(tables.read("variance"), settings["where"])
    ours = ours[(ours["ci_low"] > 0) & (ours["ci_low"] < ours["ci_high"])]
    theirs = selected_rows(published_curves(settings["figure"]), settings["published"])
    both = ours.merge(theirs[["dataset", "n_qubits", "y"]].dropna(), on=["dataset", "n_qubits"])
    comparisons = []
    for dataset in settings["datasets"]:
        rows = both[both["dataset"] == dataset]
        if rows.empty:
            continue
        own = np.asarray(log_standard_error(*(rows[name] for name in ("variance", "ci_low", "ci_high"))))
        share = rows["draws"] / settings.get("published_draws", np.inf)
        error = float(np.sqrt(np.sum(own**2 * (1 + share)))) / len(rows)
        ratios = rows["variance"] / rows["y"]
        label = (
            f"{dataset}, geometric mean over {len(rows)} sizes from n = {rows['n_qubits'].min()} to "
            f"{rows['n_qubits'].max()}; ours over the paper's at one size: {ratios.min():.2g} to {ratios.max():.2g}"
        )
        sides = rows["variance"].to_numpy(), rows["y"].to_numpy()
        comparisons.append(_level(label, *sides, error, READING_ERRORS[settings["figure"]]))
    return comparisons


def published_product_level(tables: Tables, settings: Settings) -> list[Comparison]:
    """Fig. 6a: Var[MMD] of product circuits in units of Theorem 2's Haar form, ours and the paper's markers.

    The two have few sizes in common, so that means over all sizes of each are compared. The markers' scatter around the
    form is their error.
    """
    rows = selected_rows(tables.read("variance"), {"experiment": settings["experiment"], "loss": "mmd"})
    rows = rows[(rows["dataset"] == "zero") & (rows["ci_low"] > 0)]
    markers = published_curves("6")
    markers = markers[(markers["panel"] == "a") & markers["shots"].notna()]
    comparisons = []
    for label in settings["bandwidths"]:
        ours, theirs = rows[rows["bandwidth"] == label], markers[markers["bandwidth"] == label]
        if ours.empty:
            continue
        sides = (ours["variance"] / _haar_forms(tables, ours, settings["experiment"], label)).to_numpy()
        dots = (theirs["y"] / _haar_forms(tables, theirs, settings["experiment"], label)).to_numpy()
        own = np.asarray(log_standard_error(*(ours[name] for name in ("variance", "ci_low", "ci_high"))))
        error = float(np.hypot(np.sqrt(np.sum(own**2)) / len(own), np.std(np.log(dots), ddof=1) / np.sqrt(len(dots))))
        name = f"s = {label}, over the Haar form, geometric mean of {len(ours)} sizes; {len(dots)} in the paper"
        comparisons.append(_level(name, sides, dots, error, READING_ERRORS["6"]))
    return comparisons


def _haar_forms(tables: Tables, rows: pd.DataFrame, experiment: str, label: str) -> np.ndarray:
    """Theorem 2's closed form for Haar-random gates and the data |0...0>, at the size of every row."""
    sizes = [int(n) for n in rows["n_qubits"]]
    zeros = [np.zeros((1, n), dtype=np.uint8) for n in sizes]
    s = [tables.bandwidth(experiment, label, n) for n in sizes]
    return np.array([theory.product_mmd_variance(*given) for given in zip(sizes, s, zeros, strict=True)])


def published_means(tables: Tables, settings: Settings) -> list[Comparison]:
    """Fig. 4: means of the estimated KLD beside the paper's, at the sizes and numbers of shots that both have.

    A published mean is taken to rest on ``published_draws`` draws, which scatter as ours do.
    """
    ours = tables.read(settings["table"])
    ours = ours[ours["ensemble"] == settings["ensemble"]]
    theirs = published_curves("4")
    theirs = theirs[theirs["quantity"] == "mean"][["n_qubits", "shots", "y"]]
    comparisons = []
    for row in ours.merge(theirs, on=["n_qubits", "shots"]).itertuples():
        own = (row.mean_ci_high - row.mean_ci_low) / (2 * Z)
        half = Z * np.hypot(own, np.sqrt(row.variance / settings["published_draws"])) + READING_ERRORS["4"]
        label, mean, level = f"n = {row.n_qubits}, {row.shots:g} shots", float(row.mean), float(row.y)
        deviation = abs(mean / level - 1)
        comparisons.append(Comparison(label, mean, mean - half, mean + half, level, deviation))
    return comparisons


def published_weights(tables: Tables, settings: Settings) -> list[Comparison]:
    """Fig. 5b: weights of the 2l-body terms beside the paper's; ``bandwidths`` maps our labels to the paper's."""
    ours = tables.read(settings["table"])
    ours = ours[ours["bandwidth"].isin(settings["bandwidths"])]
    theirs = published_curves("5").rename(columns={"x": "wires", "bandwidth": "theirs"})
    both = ours.assign(theirs=ours["bandwidth"].map(settings["bandwidths"])).merge(
        theirs[["theirs", "n_qubits", "wires", "y"]], on=["theirs", "n_qubits", "wires"]
    )
    factor = 1 + READING_ERRORS["5"]
    return [
        Comparison(
            f"s = {row.bandwidth}, n = {row.n_qubits}, l = {row.wires:g}",
            *(row.weight, row.weight / factor, row.weight * factor),
            *(row.y, abs(row.weight / row.y - 1)),
        )
        for row in both.itertuples()
    ]
