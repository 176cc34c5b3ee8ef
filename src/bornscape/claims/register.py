"""Judging claims: comparisons of measured and expected numbers become a verdict; every judge can say no.

Verdicts: reproduced, consistent (points the right way without deciding), inconclusive, contradicted, not_run.
Evidence at finite n never proves a theorem.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bornscape.artifacts import table_path
from bornscape.claims.comparison import Tables
from bornscape.claims.judges import Judgement, judge, lets_stand
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.tables.verdicts import VERDICTS

CLAIM_COLUMNS = [
    *("claim", "source", "origin", "statement", "kind", "estimate", "ci_low", "ci_high"),
    *("expected", "tolerance", "verdict", "margin", "evidence"),
]
CONTROL_COLUMNS = ["claim", "control", "verdict", "evidence"]


def claim_settings(claim: Mapping[str, Any]) -> dict[str, Any]:
    """A claim's settings; the ``table`` that it is measured on is its first evidence, unless they name another.

    Examples
    --------
    >>> claim_settings({"evidence": ["results/variance.csv"], "settings": {"loss": "mmd"}})
    {'table': 'variance', 'loss': 'mmd'}
    """
    return {"table": Path(claim["evidence"][0]).stem, **claim["settings"]}


def _measure(claim: Mapping[str, Any], tables: Tables, changes: Mapping[str, Any]) -> Judgement:
    settings = {**claim_settings(claim), **changes}
    if claim["check"] not in MEASUREMENTS:
        raise ValueError(f"claim {claim['claim']}: check: expected one of {sorted(MEASUREMENTS)}")
    # A run need not have every experiment; git keeps large tables compressed.
    found = {name: table_path(tables.folder, name.removesuffix(".csv")) for name in claim["evidence"]}
    if missing := [name for name, path in found.items() if not path.is_file()]:
        return Judgement("not_run", None, f"no {' and no '.join(missing)} in this run")
    comparisons = MEASUREMENTS[claim["check"]](tables, settings)
    return judge(claim["kind"], comparisons, claim["expected"], claim["tolerance"])


def judge_claim(claim: Mapping[str, Any], tables: Tables) -> tuple[Judgement, Judgement]:
    """(verdict on a claim, verdict on its broken variant).

    A claim is not "reproduced" by a judge that lets the broken variant pass: it is then "inconclusive". A broken
    variant is contradicted; of an order it is enough that it does not come out reproduced, as most leave no order.
    """
    judgement, control = _measure(claim, tables, {}), _measure(claim, tables, claim["control"])
    if judgement.verdict == "reproduced" and not lets_stand(claim["kind"], control.verdict):
        broken = _in_words(claim["control"])
        reason = f"{judgement.evidence}; but the broken variant ({broken}) came out {control.verdict}"
        judgement = Judgement("inconclusive", judgement.decisive, reason, judgement.margin)
    return judgement, control


def _in_words(changes: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} = {value}" for key, value in changes.items())


def register(claims: Sequence[Mapping[str, Any]], tables: Tables) -> tuple[pd.DataFrame, pd.DataFrame]:
    """claims.csv and claim_controls.csv."""
    rows, controls = [], []
    for claim in claims:
        judgement, control = judge_claim(claim, tables)
        decisive = judgement.decisive
        numbers = (decisive.estimate, decisive.low, decisive.high) if decisive else (np.nan,) * 3
        rows.append(
            {name: claim[name] for name in ("claim", "source", "origin", "statement", "kind", "expected", "tolerance")}
            | dict(zip(("estimate", "ci_low", "ci_high"), numbers, strict=True))
            | {"verdict": judgement.verdict, "margin": float(f"{judgement.margin:.4g}")}
            | {"evidence": f"{judgement.evidence} [{', '.join(claim['evidence'])}]"}
        )
        controls.append((claim["claim"], _in_words(claim["control"]), control.verdict, control.evidence))
    return pd.DataFrame(rows, columns=CLAIM_COLUMNS), pd.DataFrame(controls, columns=CONTROL_COLUMNS)


def count_verdicts(register_table: pd.DataFrame) -> dict[str, int]:
    """Number of claims of each verdict, in the order of ``VERDICTS``.

    Examples
    --------
    >>> import pandas as pd
    >>> count_verdicts(pd.DataFrame({"verdict": ["reproduced", "reproduced", "not_run"]}))
    {'reproduced': 2, 'consistent': 0, 'inconclusive': 0, 'contradicted': 0, 'not_run': 1}
    """
    counts = register_table["verdict"].value_counts()
    return {verdict: int(counts.get(verdict, 0)) for verdict in VERDICTS}
