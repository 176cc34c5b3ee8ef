"""Measured orders by hand; the claims on what low-body losses cannot see, on made-up tables."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.artifacts import write_table
from bornscape.claims.comparison import Tables
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.claims.register import judge_claim
from support.shipped import shipped_claims

CLAIMS = {claim["claim"]: claim for claim in shipped_claims()}


# Measurements and claims on made-up tables


def repeated(low: float, high: float, lower: dict[str, Any], higher: dict[str, Any]) -> list[dict[str, Any]]:
    """Six repetitions of two kinds of rows around two values."""
    sides = ((low, lower), (high, higher))
    return [row | {"repetition": r, "value": value + 0.01 * r} for value, row in sides for r in range(6)]


def order(folder: Path, rows: list[dict[str, Any]], **settings: Any) -> list[Any]:
    write_table(pd.DataFrame(rows), folder / "made.csv")
    return MEASUREMENTS["measured_order"](Tables(folder), {"table": "made", "value": "value", **settings})


def test_measured_order_by_hand(tmp_path: Path) -> None:
    rows = repeated(1.0, 2.0, {"loss": "a", "epoch": 9}, {"loss": "b", "epoch": 9})
    rows += repeated(9.0, 0.0, {"loss": "a", "epoch": 0}, {"loss": "b", "epoch": 0})
    sides = {"where": {"epoch": "last"}, "lower": {"loss": "a"}, "higher": {"loss": "b"}}
    (found,) = order(tmp_path, rows, **sides)
    assert found.estimate == pytest.approx(-1)
    assert (found.deviation, found.reversed_deviation) == (pytest.approx(1 / 924), pytest.approx(1))
    (first,) = order(tmp_path, rows, **{**sides, "where": {"epoch": "first"}})
    assert first.estimate == pytest.approx(9)


def test_measured_order_finds_exact_runs_and_missing_cases(tmp_path: Path) -> None:
    rows = repeated(1.0, 2.0, {"loss": "a", "shots": np.nan}, {"loss": "b", "shots": np.nan})
    rows += repeated(1.0, 2.0, {"loss": "a", "shots": 100.0}, {"loss": "b", "shots": 100.0})
    sides = {"lower": {"loss": "a"}, "higher": {"loss": "b"}}
    assert len(order(tmp_path, rows, cases=[{"shots": "exact"}, {"shots": 100}], **sides)) == 2
    assert order(tmp_path, rows, cases=[{"shots": "exact"}, {"shots": 1000}], **sides) == []


def claim_tables(folder: Path) -> Tables:
    """Tables that obey every ordering claim: full-bodied below global below local, say, with little scatter."""
    level = {"mmd_average": 0.2, "mmd_annealed": 0.3, "mmd_0.1": 0.6, "mmd_n4": 1.0}
    pairs = {"mmd_n4": 0.1, "mmd_0.1": 0.5, "mmd_average": 0.2, "mmd_annealed": 0.2}
    rows = [
        {"target": t, "loss": loss, "n_qubits": n, "shots": shots, "repetition": r, "epoch": 9, "order": o}
        | {"tvd": level[loss] + r / 100, "hidden": level[loss] + r / 100, "rms": pairs[loss] + r / 100}
        for t in ("parity", "subset_parity")
        for loss in level
        for n in (6, 8)
        for shots in (np.nan, 100.0)
        for r in range(5)
        for o in (1, 2)
    ]
    write_table(pd.DataFrame(rows), folder / "trainable_but_wrong.csv")
    laws = {"mmd_0.1": lambda n: 9 * np.exp(-0.2 * n), "mmd_n4": lambda n: 9 * n**-0.5}
    for name, sizes in {
        "parity_signal": range(4, 13),
        "parity_signal_product": (4, 8, 12, 16, 24, 32, 64, 100),
    }.items():
        signals = [
            {"loss": loss, "n_qubits": n, "repetition": r, "ratio": law(n) * (1 + r / 1000)}
            for loss, law in laws.items()
            for n in sizes
            for r in range(6)
        ]
        write_table(pd.DataFrame(signals), folder / f"{name}.csv")
    write_table(pd.DataFrame(_made_duel()), folder / "qgan.csv")
    return Tables(folder)


def _made_duel() -> list[dict[str, Any]]:
    rows = []
    for kind in ("network", "marginals"):
        sharp = kind == "network"
        for n, phase, epoch, r in ((n, p, e, r) for n in (6, 8) for p in PHASES for e in (0, 9) for r in range(5)):
            late = sharp and epoch == 9
            shared = {"phase": phase, "discriminator": kind, "n_qubits": n, "repetition": r, "epoch": epoch}
            shared |= {"tvd": (0.5 if late else 1.2) + r / 100, "accuracy": (0.7 if late else 0.5) + r / 1000}
            shared |= {"trials": 1000, "correct": 700 if late else 500 + 10 * (r - 2)}
            shared |= {"bodyness": (3 if late else 1.5) + r / 100}
            rows += [shared | {"order": o, "share": s} for o, s in ((1, 0.6), (2, 0.3), (3, 0.1 if sharp else 1e-30))]
    return rows


PHASES = ("supervised", "adversarial")
OWN = [name for name, claim in CLAIMS.items() if claim["result"] in ("trainable_but_wrong", "qgan")]


@pytest.mark.parametrize("name", OWN)
def test_a_claim_is_reproduced_where_it_holds_and_its_control_contradicted(name: str, tmp_path: Path) -> None:
    found, control = judge_claim(CLAIMS[name], claim_tables(tmp_path))
    assert found.verdict == "reproduced", found.evidence
    assert control.verdict == "contradicted", control.evidence


def test_too_few_sizes_make_no_law(tmp_path: Path) -> None:
    rows = [{"loss": "a", "n_qubits": n, "repetition": r, "ratio": 1.0 + r} for n in (4, 6, 8) for r in range(3)]
    write_table(pd.DataFrame(rows), tmp_path / "made.csv")
    assert MEASUREMENTS["signal_law"](Tables(tmp_path), {"table": "made", "loss": "a"}) == []
