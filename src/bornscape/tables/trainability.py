"""The trainability table (the paper's Table I), computed from evidence; the paper's answer is never an input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

import pandas as pd

from bornscape.tables.names import MASS

TABLE_COLUMNS = ["circuit_depth", "strategy", "verdict", "paper", "agrees", "evidence"]
DEPTHS = ("product", "shallow", "deep")
STRATEGIES = ("conventional", "quantum", "mmd")

PAPER = {
    ("product", "conventional"): "no",
    ("product", "quantum"): "yes",
    ("product", "mmd"): "yes",
    ("shallow", "conventional"): "no",
    ("shallow", "quantum"): "yes",
    ("shallow", "mmd"): "yes",
    ("deep", "conventional"): "no",
    ("deep", "quantum"): "no",
    ("deep", "mmd"): "no",
}
"""Table I of the paper. "Yes" there means that a regime with a guarantee exists."""

STRATEGY_TITLES = {
    "conventional": "Explicit loss, conventional strategy",
    "quantum": "Explicit loss, quantum strategy",
    "mmd": "Implicit loss (MMD)",
}

POLYNOMIAL_SETS = ("zero", "ghz", "o_n", "o_n2")
"""Training sets of poly(n) strings, as Theorem 1 asks for; the cardinality set has exponentially many."""


class Rests(NamedTuple):
    """What a depth's cells rest on.

    Attributes
    ----------
    studies
        Those that hold its evidence.
    longer
        A study -> one of the same circuits at more sizes: its law of a loss, data set and bandwidth stands for both.
    """

    studies: Sequence[str]
    longer: Mapping[str, str]


class Answer(NamedTuple):
    """yes, no, inconclusive or not_run, and why."""

    verdict: str
    evidence: str


def _laws(scaling: pd.DataFrame, rests: Rests, depth: str, loss: str) -> pd.DataFrame:
    rows = scaling[(scaling["loss"] == loss) & (scaling["depth"] == depth)]
    rows = rows[rows["experiment"].isin(rests.studies)]
    keys = rows["dataset"].astype(str) + "|" + rows["bandwidth"].astype(str)
    shorter = pd.Series(False, index=rows.index)
    for short, long in rests.longer.items():
        shorter |= (rows["experiment"] == short) & keys.isin(set(keys[rows["experiment"] == long]))
    return rows[~shorter]


def _count(rows: pd.DataFrame, law: str) -> str:
    return f"{int((rows['preferred'] == law).sum())} of {len(rows)} {law}"


def conventional(scaling: pd.DataFrame, fixed_points: pd.DataFrame, rests: Rests, depth: str) -> Answer:
    """No if the chance that a shot hits the training set falls exponentially for every training set of poly(n) strings.

    An estimate equals its fixed point unless a shot hits, so with poly(n) shots it then tells nothing.
    """
    rows = _laws(scaling, rests, depth, MASS)
    rows = rows[rows["dataset"].isin(POLYNOMIAL_SETS)]
    if rows.empty:
        return Answer("not_run", "no scaling of the training mass in this run")
    layers = {"product": 0.0, "deep": float("inf")}.get(depth)
    text = f"chance that a shot hits the training set: {_count(rows, 'exponential')}"
    if layers is not None and not fixed_points.empty:
        seen = fixed_points[(fixed_points["n_layers"] == layers) & (fixed_points["loss"] == "kld")]
        seen = seen[seen["dataset"] == "ghz"]
        if not seen.empty:
            last = seen.sort_values(["n_qubits", "shots"]).iloc[-1]
            text += (
                f"; at n = {last['n_qubits']} the KLD estimated from {last['shots']:g} shots equals its fixed point at "
                f"{last['fraction']:.1%} of draws (GHZ)"
            )
    if (rows["preferred"] == "exponential").all():
        return Answer("no", text)
    return Answer("yes" if (rows["preferred"] == "polynomial").all() else "inconclusive", text)


def quantum(scaling: pd.DataFrame, rests: Rests, depth: str) -> Answer:
    """Yes if the local quantum fidelity's variance falls polynomially on every data set, no if exponentially."""
    return _by_law(_laws(scaling, rests, depth, "lqf"), "Var[LQF]")


def mmd(scaling: pd.DataFrame, rests: Rests, depth: str) -> Answer:
    """Yes if at some bandwidth the variance falls polynomially on every data set; no if at none on any."""
    rows = _laws(scaling, rests, depth, "mmd")
    if rows.empty:
        return Answer("not_run", "no scaling of the MMD in this run")
    parts = {str(label): group for label, group in rows.groupby("bandwidth", sort=False)}
    text = "Var[MMD]: " + "; ".join(
        f"s = {label}: {_count(g, 'polynomial')}, {_count(g, 'exponential')}" for label, g in parts.items()
    )
    if any((group["preferred"] == "polynomial").all() for group in parts.values()):
        return Answer("yes", text)
    if (rows["preferred"] == "exponential").all():
        return Answer("no", text)
    return Answer("inconclusive", text)


def _by_law(rows: pd.DataFrame, name: str) -> Answer:
    if rows.empty:
        return Answer("not_run", f"no scaling of {name} in this run")
    text = f"{name}: {_count(rows, 'polynomial')}, {_count(rows, 'exponential')}"
    flat = rows.loc[rows["exp_rate"].isna(), "dataset"]
    if len(flat):
        text += f"; the same at every draw: {', '.join(flat)}"
    if (rows["preferred"] == "polynomial").all():
        return Answer("yes", text)
    return Answer("no" if (rows["preferred"] == "exponential").all() else "inconclusive", text)


def trainability_table(scaling: pd.DataFrame, fixed_points: pd.DataFrame, rests_on: Mapping[str, Any]) -> pd.DataFrame:
    """trainability_table.csv from scaling.csv and fixed_points.csv.

    ``rests_on`` is the catalogue's: ``depths`` names the studies of each depth, ``longer`` those that stand for others.
    """
    rows = []
    for depth in DEPTHS:
        rests = Rests(rests_on["depths"][depth]["studies"], rests_on["longer"])
        answers = {
            "conventional": conventional(scaling, fixed_points, rests, depth),
            "quantum": quantum(scaling, rests, depth),
            "mmd": mmd(scaling, rests, depth),
        }
        for strategy, answer in answers.items():
            paper = PAPER[depth, strategy]
            agrees = "" if answer.verdict not in ("yes", "no") else "yes" if answer.verdict == paper else "no"
            rows.append((depth, strategy, answer.verdict, paper, agrees, answer.evidence))
    return pd.DataFrame(rows, columns=TABLE_COLUMNS)


def _cells(table: pd.DataFrame) -> list[list[str]]:
    lookup = table.set_index(["circuit_depth", "strategy"])
    return [
        [depth]
        + [f"{lookup.loc[(depth, s), 'verdict']} (paper: {lookup.loc[(depth, s), 'paper']})" for s in STRATEGIES]
        for depth in DEPTHS
    ]


def as_markdown(table: pd.DataFrame) -> str:
    """The table as Markdown: one row a depth, one column a strategy, then the evidence."""
    header = ["circuit depth", *STRATEGY_TITLES.values()]
    lines = [f"| {' | '.join(header)} |", "|" + " --- |" * len(header)]
    lines += [f"| {' | '.join(cells)} |" for cells in _cells(table)]
    lines += ["", "Evidence:", ""]
    lines += [
        f"- {row.circuit_depth}, {row.strategy}: {row.verdict}. {escape(row.evidence, quote=False)}."
        for row in table.itertuples()
    ]
    return "\n".join(lines) + "\n"


def as_html(table: pd.DataFrame) -> str:
    """The table as an HTML fragment; each cell's evidence is its title."""
    lookup = table.set_index(["circuit_depth", "strategy"])
    head = "".join(f"<th scope='col'>{escape(title)}</th>" for title in STRATEGY_TITLES.values())
    body = ""
    for depth in DEPTHS:
        body += f"<tr><th scope='row'>{depth}</th>"
        for strategy in STRATEGIES:
            row = lookup.loc[(depth, strategy)]
            body += (
                f"<td class='{row['verdict']}' title='{escape(row['evidence'], quote=True)}'>"
                f"<b>{row['verdict'].replace('_', ' ')}</b><br><small>paper: {row['paper']}</small></td>"
            )
        body += "</tr>\n"
    return (
        f"<table class='trainability'>\n<thead><tr><th scope='col'>circuit depth</th>{head}</tr></thead>\n"
        f"<tbody>\n{body}</tbody>\n</table>\n"
    )
