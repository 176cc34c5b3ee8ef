"""The trainability table (the paper's Table I), computed from evidence; the paper's answer is never an input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from bornscape.statistics import log_standard_error
from bornscape.tables.names import DEEP, MASS
from bornscape.theory import deep_mmd_variance_bound

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
    """yes, no, depends, inconclusive or not_run, and why."""

    verdict: str
    evidence: str


VERDICTS = ("yes", "no", "depends", "inconclusive", "not_run")

LEGEND = (
    'The paper\'s "yes" means that a regime with guarantees exists. "depends": yes on a condition on the data, '
    "which the evidence states."
)

CONDITIONS = {
    "product": (
        "Var[LQF] = (1/4n^2) sum_i (r_x^2/4 + r_z^2/2), with the Bloch vector r of each wire of the data state, is "
        "polynomial where the sum of |r|^2 is, and 0 where all single wires are maximally mixed"
    )
}
"""On what the quantum strategy depends, where a closed form says it; elsewhere data sets are named alone."""

FALSE_ALARM = 0.01
"""Chance that the check of the deep MMD's bound fails where every variance lies at the bound."""


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
    """Yes if the local quantum fidelity's variance falls polynomially on every data set, no if exponentially.

    A loss that is the same at every draw has no gradient at all: that counts as no. With such data and others on which
    the variance falls polynomially the answer depends on the data, whatever laws of further sets are not decided.
    """
    rows = _laws(scaling, rests, depth, "lqf")
    if rows.empty:
        return Answer("not_run", "no scaling of Var[LQF] in this run")
    text = f"Var[LQF]: {_count(rows, 'polynomial')}, {_count(rows, 'exponential')}"
    flat = rows["exp_rate"].isna()
    if flat.any():
        text += f"; the same at every draw: {_names(rows[flat])}"
    found = set(rows.loc[~flat, "preferred"])
    if flat.any() and "polynomial" in found and "exponential" not in found:
        for law in ("polynomial", "inconclusive"):
            named = rows[~flat & (rows["preferred"] == law)]
            text += f"; {law}: {_names(named)}" if len(named) else ""
        return Answer("depends", text + (f"; {CONDITIONS[depth]}" if depth in CONDITIONS else ""))
    if found == {"polynomial"}:
        return Answer("yes", text)
    return Answer("no" if found <= {"exponential"} else "inconclusive", text)


def _names(rows: pd.DataFrame) -> str:
    return ", ".join(rows["dataset"].drop_duplicates())


def mmd(scaling: pd.DataFrame, variance: pd.DataFrame, rests: Rests, depth: str) -> Answer:
    """Yes if at some bandwidth the variance falls polynomially wherever that is decided; no if at none on any.

    A yes needs more than half of a bandwidth's series decided; the others are named. Deep circuits: no, too, if every
    variance measured keeps the bound that holds at every bandwidth and for all data, and falls exponentially
    (``theory.deep_mmd_variance_bound``), so that no bandwidth has to be decided by a fit.
    """
    rows = _laws(scaling, rests, depth, "mmd")
    bounded, check = _deep_bound(variance, rests) if depth == "deep" else (False, "")
    if rows.empty and not check:
        return Answer("not_run", "no scaling of the MMD in this run")
    parts = {str(label): group for label, group in rows.groupby("bandwidth", sort=False)}
    laws = "; ".join(
        f"s = {label}: {_count(g, 'polynomial')}, {_count(g, 'exponential')}{_undecided(g)}"
        for label, g in parts.items()
    )
    text = "; ".join(part for part in (check, f"Var[MMD]: {laws}" if laws else "") if part)
    if any(_polynomial(group) for group in parts.values()):
        # Against the bound this is evidence that contradicts itself.
        return Answer("inconclusive" if bounded else "yes", text)
    if bounded or (len(rows) and (rows["preferred"] == "exponential").all()):
        return Answer("no", text)
    return Answer("inconclusive", text)


def _polynomial(rows: pd.DataFrame) -> bool:
    share = (rows["preferred"] == "polynomial").mean()
    return bool(share > 0.5 and not (rows["preferred"] == "exponential").any())


def _undecided(rows: pd.DataFrame) -> str:
    """The sets that are left open where others fall polynomially."""
    left = rows[rows["preferred"] == "inconclusive"]
    return f" (undecided: {_names(left)})" if len(left) and _polynomial(rows) else ""


def _deep_bound(variance: pd.DataFrame, rests: Rests) -> tuple[bool, str]:
    """Whether the deep limit's Var[MMD] keeps its bound, and the check in words (empty without such rows)."""
    rows = variance[(variance["loss"] == "mmd") & (variance["n_layers"].astype(float) == DEEP)]
    rows = rows[rows["shots"].isna() & rows["experiment"].isin(rests.studies) & (rows["ci_low"] < rows["ci_high"])]
    if rows.empty:
        return False, ""
    bounds = np.array([deep_mmd_variance_bound(n) for n in rows["n_qubits"]])
    errors = log_standard_error(rows["variance"], rows["ci_low"], rows["ci_high"])
    excess = np.log(rows["variance"].to_numpy() / bounds) / np.asarray(errors)
    kept = bool(excess.max() <= stats.norm.isf(FALSE_ALARM / len(rows)))
    return kept, (
        "Var[MMD] <= 4/(2^n+1) + 2/4^n + 2/8^n at every bandwidth and for all data (closed form for Haar states, "
        f"sum of w^2 <= sum of w <= 1): {'kept' if kept else 'not kept'} by {len(rows)} variances of n = "
        f"{rows['n_qubits'].min()} to {rows['n_qubits'].max()}, the largest at {excess.max():+.1f} standard errors"
    )


def trainability_table(
    scaling: pd.DataFrame, fixed_points: pd.DataFrame, variance: pd.DataFrame, rests_on: Mapping[str, Any]
) -> pd.DataFrame:
    """trainability_table.csv from scaling.csv, fixed_points.csv and variance.csv.

    ``rests_on`` is the catalogue's: ``depths`` names the studies of each depth, ``longer`` those that stand for others.
    """
    rows = []
    for depth in DEPTHS:
        rests = Rests(rests_on["depths"][depth]["studies"], rests_on["longer"])
        answers = {
            "conventional": conventional(scaling, fixed_points, rests, depth),
            "quantum": quantum(scaling, rests, depth),
            "mmd": mmd(scaling, variance, rests, depth),
        }
        for strategy, answer in answers.items():
            paper = PAPER[depth, strategy]
            rows.append((depth, strategy, answer.verdict, paper, _agrees(answer.verdict, paper), answer.evidence))
    return pd.DataFrame(rows, columns=TABLE_COLUMNS)


def _agrees(verdict: str, paper: str) -> str:
    if verdict == "depends":
        return "on a condition"
    return ("yes" if verdict == paper else "no") if verdict in ("yes", "no") else ""


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
    lines += ["", LEGEND, "", "Evidence:", ""]
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
        f"<tbody>\n{body}</tbody>\n</table>\n<p>{escape(LEGEND)}</p>\n"
    )
