"""Verdicts do not hang on the last digits: the paper scale's tables as another processor might have made them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bornscape.claims.comparison import Tables
from bornscape.claims.register import judge_claim
from support.shipped import BANDWIDTHS, ROOT, shipped_claims

LAST_DIGITS = 1e-10
"""Largest relative difference of numbers in double precision between vector widths, with room to spare."""

SINGLE_PRECISION = 0.002
"""Typical difference of a final TVD of runs from shots, which simulate in single precision: a rounding now and then
moves a shot (docs/work/engineering.md)."""

RUN = ROOT / "results" / "paper"
KEYS = {"epsilon", "n_qubits", "n_layers", "shots", "repetition", "epoch", "s", "margin"}
"""Numbers that say what a row is."""


def moved(table: pd.DataFrame, name: str, rng: np.random.Generator) -> pd.DataFrame:
    """A table whose measured numbers differ in their last digits."""
    table = table.copy()
    # One factor a row: an estimate stays inside its interval.
    factor = 1 + LAST_DIGITS * rng.uniform(-1, 1, len(table))
    for column in table.select_dtypes("float").columns.difference(list(KEYS)):
        whole = (table[column].dropna() % 1 == 0).all()
        if not whole:
            table[column] *= factor
    if name == "training":
        sampled = table["shots"].notna()
        table.loc[sampled, "tvd"] += SINGLE_PRECISION * rng.standard_normal(int(sampled.sum()))
    return table


class Moved(Tables):
    """Tables of a run, moved as they are read."""

    def read(self, name: str) -> pd.DataFrame:
        """The table, the same at every call."""
        if name not in self._kept:
            rng = np.random.default_rng([1, *name.encode()])
            self._kept[name] = moved(super().read(name), name, rng)
        return self._kept[name]


def verdicts(tables: Tables) -> pd.DataFrame:
    """Of all claims that need nothing but tables: the data of that run are not in git."""
    judged = []
    for claim in shipped_claims():
        try:
            judgement, control = judge_claim(claim, tables)
        except FileNotFoundError as missing:
            if "targets" not in str(missing.filename):
                raise
            continue
        estimate = judgement.decisive.estimate if judgement.decisive else np.nan
        judged.append((claim["claim"], claim["kind"], judgement.verdict, control.verdict, estimate))
    return pd.DataFrame(judged, columns=["claim", "kind", "verdict", "control", "estimate"]).set_index("claim")


@pytest.fixture(scope="module")
def judged() -> tuple[pd.DataFrame, pd.DataFrame]:
    return verdicts(Tables(RUN, BANDWIDTHS)), verdicts(Moved(RUN, BANDWIDTHS))


def test_no_verdict_changes(judged: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    one, other = judged
    changed = one["verdict"] != other["verdict"]
    assert one[changed].join(other["verdict"], rsuffix="_moved").to_dict("index") == {}
    assert (one["verdict"] == "reproduced").sum() > 30


def test_the_numbers_did_move(judged: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """The control: claims on training from shots see other numbers."""
    one, other = judged
    orders = one[(one["kind"] == "ordering") & (one["verdict"] != "not_run")].index
    assert (one.loc[orders, "estimate"] != other.loc[orders, "estimate"]).mean() > 0.5
