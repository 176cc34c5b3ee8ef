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


def training_reaches(tables: Tables, settings: Settings) -> list[Comparison]:
    """Exact TVD at the end of training beside the level at which a model counts as trained, at its largest n.

    The level of kld_exact is 3/4 of the TVD at the start. That of another loss lies two thirds of the way from the
    start to what the same start reached with kld_exact, or with its best loss where that was not run. A pair is a
    model with a repetition, of all models that are ``explicit`` or not. The end lies below, or above where ``missed``
    is set. One comparison a data set.
    """
    rows, comparisons = tables.read("model_classes"), []
    losses = list(dict.fromkeys(rows["loss"]))
    for dataset in settings["datasets"]:
        chosen = {loss: ends(rows, loss, settings["explicit"], [dataset], "largest") for loss in losses}
        found = chosen[settings["loss"]]
        if len(found) < 2:
            return []
        best = pd.concat([runs["end"] for runs in chosen.values()]).groupby(KEYS).min()
        goal = chosen["kld_exact"]["end"].reindex(found.index).fillna(best.reindex(found.index))
        level = found["start"] - 2 / 3 * (found["start"] - goal)
        if settings["loss"] == "kld_exact":
            level = 0.75 * found["start"]
        low, high = (level, found["end"]) if settings.get("missed", False) else (found["end"], level)
        label = f"{dataset}: median TVD {found['end'].median():.3g} after {found['start'].median():.3g}"
        comparisons.append(order_comparison(Sides(f"{label}, level {level.median():.3g}", low, high)))
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
