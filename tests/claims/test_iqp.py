"""Claims on IQP circuits: made-up tables that obey, and controls that do not."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bornscape.artifacts import write_table
from bornscape.claims.comparison import Tables
from bornscape.claims.register import judge_claim
from bornscape.experiments.iqp_graphs import COLUMNS, STARTS
from support.shipped import shipped_claims

CLAIMS = {c["claim"]: c for c in shipped_claims() if c["result"] == "iqp"}
SIZES = (9, 16, 25, 49, 100, 150)
NEIGHBOURS = {"product": 0, "line": 2, "lattice": 4, "random": 3}


def made_up() -> pd.DataFrame:
    """Words at their ranks; gradients that fall as powers, and as e^-n on the complete graph from wide starts."""
    rng, rows = np.random.default_rng(4), []
    for kind in (*NEIGHBOURS, "complete"):
        for n in SIZES:
            for wires, word in ((1, "one"), (2, "two")):
                rank = n if kind == "complete" else wires + NEIGHBOURS[kind] * wires
                square, log = 2.0**-rank, -2 * np.log(2) * rank
                near = square * (1 + 0.05 * rng.normal()), 0.05 * square, log + 0.1 * rng.normal(), 0.1
                rows.append(("words", kind, "full_range", word, n, wires, rank, 400, *near, *[np.nan] * 4))
            starts = STARTS if kind == "complete" else ("full_range",)
            for start in starts:
                wide = kind == "complete" and start in ("full_range", "wide")
                log = (-n if wide else -2 * np.log(n)) + 0.02 * rng.normal()
                for angle in ("qubit", "pair") if kind == "complete" else ("qubit",):
                    square = np.exp(log)
                    bounds = (0.5 * square, (100 if wide else 0.6) * square, 3 * square)
                    rows.append(
                        (
                            "gradient",
                            kind,
                            start,
                            angle,
                            n,
                            np.nan,
                            9,
                            400,
                            square,
                            0.05 * square,
                            log,
                            0.02,
                            *bounds,
                            np.nan,
                        )
                    )
        for n in SIZES:
            rows.append(_collisions(kind, n, rng))
    rows += [_collisions("dense", n, rng) for n in SIZES]
    for n in SIZES:
        bounds = (n**-7.0, n**-9.0, n**-4.0)
        rows.append(("gradient", "dense", "full_range", "qubit", n, np.nan, 9, 0, *[np.nan] * 4, *bounds, np.nan))
    return pd.DataFrame(rows, columns=COLUMNS)


def _collisions(kind: str, n: int, rng: np.random.Generator) -> tuple:
    """Measured at the smallest size; bounded on the complete and on dense graphs."""
    bounded = kind in ("complete", "dense")
    expected, lower = (2.0, 1.0 + 2.0**-n) if bounded else (1.3**n, 1.1**n)
    mean = expected * (1 + 0.05 * rng.normal()) if n == SIZES[0] else np.nan
    found = (mean, 0.05 * expected, np.nan, np.nan, lower, 1.5**n, np.nan, expected)
    return ("collisions", kind, "full_range", "all", n, np.nan, np.nan, 400 if n == SIZES[0] else 0, *found)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("run")
    write_table(made_up(), folder / "iqp_graphs.csv")
    return Tables(folder)


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_table_that_obeys_is_reproduced_and_the_control_is_not(claim: str, tables: Tables) -> None:
    found, control = judge_claim(CLAIMS[claim], tables)
    assert found.verdict == "reproduced", found.evidence
    assert control.verdict == "contradicted", control.evidence


@pytest.mark.parametrize("claim", ["iqp_rank_law", "iqp_typical_words", "iqp_gradient_bounds"])
def test_one_wrong_size_is_found(claim: str, tmp_path: Path) -> None:
    table = made_up()
    wrong = (table["n_qubits"] == 49) & (table["generators"] == "product")
    for name, factor in (("mean_square", 4), ("log_mean", 2)):
        table[name] = table[name].where(~wrong, factor * table[name])
    write_table(table, tmp_path / "iqp_graphs.csv")
    assert judge_claim(CLAIMS[claim], Tables(tmp_path))[0].verdict == "contradicted"


@pytest.mark.parametrize(
    ("claim", "changes"),
    [
        ("iqp_collisions", {"kind": "lattice", "mean_square": 60.0}),
        ("iqp_sparse_graphs_concentrate", {"kind": "lattice", "lower": 2.0}),
        ("iqp_dense_graphs_anticoncentrate", {"kind": "dense", "expected": 4.5}),
        ("iqp_dense_graphs_keep_gradients", {"kind": "dense", "lower": None}),
    ],
)
def test_one_family_that_does_otherwise_is_found(claim: str, changes: dict, tmp_path: Path) -> None:
    table, (kind, (name, value)) = made_up(), (changes["kind"], list(changes.items())[1])
    part = "gradient" if claim.endswith("gradients") else "collisions"
    wrong = (table["generators"] == kind) & (table["part"] == part)
    table[name] = table[name].where(~wrong, np.exp(-table["n_qubits"] / 2) if value is None else value)
    write_table(table, tmp_path / "iqp_graphs.csv")
    assert judge_claim(CLAIMS[claim], Tables(tmp_path))[0].verdict == "contradicted"
