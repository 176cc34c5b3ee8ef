"""Squares of IQP circuits' words and of their first gradients beside ranks over GF(2), bounds and laws."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import stats

from bornscape import theory
from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.laws import as_comparison, law_comparison
from bornscape.statistics import normal_deviate_of_t, scaling_law
from bornscape.tables.scaling import FEWEST_SIZES

ROUNDING = 1e-9
"""Of closed forms."""


def _beside(row: dict, mean: float, error: float, expected: float, deviation: float) -> Comparison:
    """A mean over the draws beside what it should be."""
    label = f"{row['generators']}, n = {row['n_qubits']}, word of {row['word']}"
    return Comparison(label, mean, mean - 2 * error, mean + 2 * error, expected, deviation)


def _mean_square_beside(row: dict, expected: float) -> Comparison:
    """The mean square of a row; the deviation is the normal deviate of Student's t."""
    mean, error = row["mean_square"], row["mean_square_error"]
    return _beside(row, mean, error, expected, normal_deviate_of_t((mean - expected) / error, row["draws"] - 1))


def iqp_mean_square(tables: Tables, settings: Settings) -> list[Comparison]:
    """E[z_A^2] at uniform angles beside 2^-rank, of the words whose rank is at most ``largest_rank``.

    With ``exponent`` "wires" the number of the word's wires stands for the rank (a broken variant).
    """
    rows = tables.read(settings["table"])
    rows = rows[(rows["part"] == "words") & (rows["rank"] <= settings["largest_rank"])]
    return [
        _mean_square_beside(row, float(theory.iqp_mean_square(row[settings["exponent"]])))
        for row in rows.to_dict("records")
    ]


def iqp_typical_square(tables: Tables, settings: Settings) -> list[Comparison]:
    """E[log z_A^2] of words of one wire beside -2 ln(2) rank: such a word is a product of so many cosines.

    The standard error is the closed form's: the logarithm has a long tail downwards, so that a sample that lacks it has
    a mean too large and a spread too small at once. With ``exponent`` "wires" the number of the word's wires stands for
    the rank (a broken variant).
    """
    rows = tables.read(settings["table"])
    rows = rows[(rows["part"] == "words") & (rows["word"] == "one")]
    comparisons = []
    for row in rows.to_dict("records"):
        expected, variance = theory.iqp_log_square(row[settings["exponent"]])
        error, mean = math.sqrt(variance / row["draws"]), row["log_mean"]
        comparisons.append(_beside(row, mean, error, expected, (mean - expected) / error))
    return comparisons


def iqp_gradient_bound(tables: Tables, settings: Settings) -> list[Comparison]:
    """The mean square of a gradient's component at uniform angles above its closed lower bound and below its upper one.

    Of components that move a word of rank ``largest_rank`` or less: others are made by draws too rare to be seen.
    ``lower`` names the column of the lower bound; "lower_wires" takes the word's wires for its rank (a broken variant).
    """
    rows = tables.read(settings["table"])
    rows = rows[(rows["part"] == "gradient") & (rows["start"] == "full_range")]
    rows = rows[(rows["rank"] <= settings["largest_rank"]) & (rows["draws"] > 1)]
    comparisons = []
    for row in rows.to_dict("records"):
        value, error = row["mean_square"], row["mean_square_error"]
        for name, sign in ((settings["lower"], -1), ("upper", 1)):
            deviation = normal_deviate_of_t(sign * (value - row[name]) / error, row["draws"] - 1)
            label = f"{row['generators']}, n = {row['n_qubits']}, angle of a {row['word']}, {name.split('_')[0]} bound"
            comparisons.append(Comparison(label, value, value - 2 * error, value + 2 * error, row[name], deviation))
    return comparisons


def iqp_gradient_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """The law of a gradient's squared component, at each of ``generators`` and ``starts``.

    ``angle`` is that of a "qubit" or of a "pair". ``mean`` is the mean over the draws ("square") or, where the mean is
    made by rare draws, the geometric one ("typical").
    """
    rows = tables.read(settings["table"])
    rows = rows[(rows["part"] == "gradient") & (rows["word"] == settings["angle"])]
    comparisons = []
    for kind in settings["generators"]:
        for start in settings["starts"]:
            part = rows[(rows["generators"] == kind) & (rows["start"] == start)]
            center, error = part["log_mean"], part["log_error"]
            if settings["mean"] == "square":
                center, error = np.log(part["mean_square"]), part["mean_square_error"] / part["mean_square"]
            half = stats.t.ppf(0.975, part["draws"] - 1) * error
            logs = {"value": center, "ci_low": center - half, "ci_high": center + half}
            law = pd.DataFrame({"n_qubits": part["n_qubits"]} | {name: np.exp(each) for name, each in logs.items()})
            comparisons += law_comparison(f"{kind}, {start}", law)
    return comparisons


def iqp_collisions(tables: Tables, settings: Settings) -> list[Comparison]:
    """2^n sum_x q(x)^2 at uniform angles, measured, beside sum_A 2^-r_A over all words.

    With ``exponent`` "wires" the number of a word's wires stands for its rank (a broken variant).
    """
    rows = tables.read(settings["table"])
    rows = rows[(rows["part"] == "collisions") & (rows["draws"] > 1)]
    column = "expected" if settings["exponent"] == "rank" else "lower_wires"
    return [_mean_square_beside(row, row[column]) for row in rows.to_dict("records")]


def iqp_anticoncentration(tables: Tables, settings: Settings) -> list[Comparison]:
    """2^n sum_x q(x)^2 in closed form at every size, at most ``most``, of each of ``generators``."""
    rows = tables.read(settings["table"])
    rows = rows[(rows["part"] == "collisions") & rows["generators"].isin(settings["generators"])]
    most = settings["most"]
    return [
        Comparison.of_exact(
            f"{row.generators}, n = {row.n_qubits}", row.expected, most, (row.expected - most) / ROUNDING
        )
        for row in rows[rows["expected"].notna()].itertuples()
    ]


def iqp_closed_law(tables: Tables, settings: Settings) -> list[Comparison]:
    """The law of a closed form at uniform angles, at each of ``generators``.

    ``of`` is "gradient", whose mean square by a qubit's angle has the bounds "lower" and "upper" (``bound``), or
    "collisions", of which one over the lower bound is taken.
    """
    rows = tables.read(settings["table"])
    rows = rows[(rows["part"] == settings["of"]) & (rows["start"] == "full_range") & (rows["word"] != "pair")]
    comparisons = []
    for kind in settings["generators"]:
        part = rows[rows["generators"] == kind]
        if part["n_qubits"].nunique() < FEWEST_SIZES:
            continue
        values = part[settings["bound"]].to_numpy(dtype=np.float64)
        law = scaling_law(part["n_qubits"].to_numpy(), 1 / values if settings["of"] == "collisions" else values)
        comparisons.append(as_comparison(f"{kind},", law))
    return comparisons
