"""Explicit and implicit models with explicit and implicit losses: what training reaches, what share of it is frozen."""

from __future__ import annotations

import pandas as pd

from bornscape.aliases import Settings
from bornscape.claims.comparison import Comparison, Tables
from bornscape.claims.measurements.orders import Sides, order_comparison

KEYS = ["model", "dataset", "repetition"]


def ends(rows: pd.DataFrame, loss: str, explicit: bool, datasets: list[str], size: str) -> pd.DataFrame:
    """First and last step of the runs with a loss at the ``largest`` or ``smallest`` n of each model and data set.

    One row a run, indexed by model, dataset and repetition, with the columns ``start`` and ``end`` (exact TVDs) and
    ``zeros``.
    """
    chosen = (rows["loss"] == loss) & (rows["explicit"] == explicit) & rows["dataset"].isin(datasets)
    part = rows[chosen].copy()
    extreme = "max" if size == "largest" else "min"
    part = part[part["n_qubits"] == part.groupby(["model", "dataset"])["n_qubits"].transform(extreme)]
    runs = part.sort_values("step").groupby(KEYS)
    last = runs.last()
    return pd.DataFrame({"start": runs["tvd"].first(), "end": last["tvd"], "zeros": last["zeros"]})


def training_halves(tables: Tables, settings: Settings) -> list[Comparison]:
    """Exact TVD at the end of training beside half of that at the start, at each model's largest n.

    A pair is a model with a repetition, of all models that are ``explicit`` or not. The end lies below, or above where
    ``missed`` is set. One comparison a data set.
    """
    comparisons = []
    for dataset in settings["datasets"]:
        found = ends(tables.read("model_classes"), settings["loss"], settings["explicit"], [dataset], "largest")
        if len(found) < 2:
            return []
        sides = [found["end"], found["start"] / 2]
        low, high = sides[::-1] if settings.get("missed", False) else sides
        label = f"{dataset}: median TVD {found['end'].median():.3g} after {found['start'].median():.3g}"
        comparisons.append(order_comparison(Sides(label, low, high)))
    return comparisons


def frozen_shares(tables: Tables, settings: Settings) -> list[Comparison]:
    """Share of exact zeros in the gradients at each model's smallest n below that at its largest.

    A pair is a model with a repetition, of all models that are ``explicit`` or not. One comparison a data set.
    """
    comparisons = []
    for dataset in settings["datasets"]:
        chosen = settings["loss"], settings["explicit"], [dataset]
        rows = tables.read("model_classes")
        small, large = (ends(rows, *chosen, size)["zeros"] for size in ("smallest", "largest"))
        if len(small) < 2:
            return []
        label = f"{dataset}: median share {small.median():.3g} against {large.median():.3g}"
        comparisons.append(order_comparison(Sides(label, small, large)))
    return comparisons


def access_matters(tables: Tables, settings: Settings) -> list[Comparison]:
    """Exact TVD at the end with the ``lower`` loss below that with the ``higher`` one, from the same starts.

    Of all models that are ``explicit`` or not, at each one's largest n; one comparison a data set.
    """
    comparisons = []
    for dataset in settings["datasets"]:
        rows = tables.read("model_classes")
        low, high = (
            ends(rows, settings[side], settings["explicit"], [dataset], "largest")["end"]
            for side in ("lower", "higher")
        )
        if min(len(low), len(high)) < 2:
            return []
        label = f"{dataset}: median TVD {low.median():.3g} ({settings['lower']}), {high.median():.3g} ("
        comparisons.append(order_comparison(Sides(f"{label}{settings['higher']})", low, high)))
    return comparisons
