"""What discriminators of a QGAN can see: the orders of their observables, and their answers beside chance."""

from __future__ import annotations

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.statistics import count_deviate, proportion_interval


def high_order_share(tables: Tables, settings: Settings) -> list[Comparison]:
    """Share of the orders above ``largest`` in a discriminator's observable, beside 0, at every recorded epoch."""
    rows = tables.read(settings["table"])
    rows = rows[(rows["discriminator"] == settings["discriminator"]) & (rows["n_qubits"] > settings["largest"])]
    comparisons = []
    keys = ["phase", "n_qubits", "repetition", "epoch"]
    for (phase, n, repetition, epoch), part in rows[rows["order"] > settings["largest"]].groupby(keys):
        share = float(part["share"].sum())
        label = f"{phase}, n = {n}, repetition {repetition}, epoch {epoch}"
        comparisons.append(Comparison(label, share, share, share, 0.0, share))
    return comparisons


def answers_at_chance(tables: Tables, settings: Settings) -> list[Comparison]:
    """Right answers of the measured observable, beside one half, after the last step against the uniform distribution.

    Data and uniform strings are asked about in equal numbers. At chance the two have complementary rates of right
    answers, so that the variance of their sum is at most the binomial one. Sizes up to ``largest``, where the parity
    is a marginal of that order itself, are left out.
    """
    rows = tables.read(settings["table"])
    rows = rows[(rows["phase"] == "supervised") & (rows["discriminator"] == settings["discriminator"])]
    rows = rows[(rows["epoch"] == rows["epoch"].max()) & (rows["n_qubits"] > settings["largest"])]
    comparisons = []
    for row in rows.drop_duplicates(["n_qubits", "repetition"]).itertuples():
        share, low, high = proportion_interval(row.correct, row.trials)
        deviation = count_deviate(int(row.correct), int(row.trials), row.trials / 2)
        label = f"n = {row.n_qubits}, repetition {row.repetition}, {row.correct} of {row.trials}"
        comparisons.append(Comparison(label, share, low, high, 0.5, deviation))
    return comparisons
