"""Measured orders by hand; the claims on what low-body losses cannot see, on made-up tables."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.artifacts import write_table
from bornscape.claims.comparison import Tables
from bornscape.claims.judges import Judgement, judge
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.claims.measurements.orders import selected_rows
from bornscape.claims.register import claim_settings
from support.shipped import shipped_claims

CLAIMS = {claim["claim"]: claim for claim in shipped_claims()}


# Measurements and claims on made-up tables


def repeated(low: float, high: float, lower: dict[str, Any], higher: dict[str, Any]) -> list[dict[str, Any]]:
    """Eight repetitions of two kinds of rows around two values: pairs differ by as much, but for little."""
    sides = ((low, lower, 0.0), (high, higher, 1e-3))
    return [row | {"repetition": r, "value": value + 0.01 * r + own * r} for value, row, own in sides for r in range(8)]


def order(folder: Path, rows: list[dict[str, Any]], **settings: Any) -> list[Any]:
    write_table(pd.DataFrame(rows), folder / "made.csv")
    return MEASUREMENTS["measured_order"](Tables(folder), {"table": "made", "value": "value", **settings})


def judged(claim: dict[str, Any], tables: Tables, changes: dict[str, Any]) -> Judgement:
    comparisons = MEASUREMENTS[claim["check"]](tables, {**claim_settings(claim), **changes})
    return judge(claim["kind"], comparisons, claim["expected"], claim["tolerance"])


SIDES = {"lower": {"loss": "a"}, "higher": {"loss": "b"}}


def test_measured_order_by_hand(tmp_path: Path) -> None:
    rows = repeated(1.0, 2.0, {"loss": "a", "epoch": 9}, {"loss": "b", "epoch": 9})
    rows += repeated(9.0, 0.0, {"loss": "a", "epoch": 0}, {"loss": "b", "epoch": 0})
    (found,) = order(tmp_path, rows, where={"epoch": "last"}, **SIDES)
    assert found.estimate == pytest.approx(-1.0035)
    # The signed-rank test rejects 3 Walsh averages on either side at 95 %: of -1, ..., -1.007 by halves.
    assert (found.low, found.high) == (pytest.approx(-1.006), pytest.approx(-1.001))
    assert (found.deviation, found.reversed_deviation) == (pytest.approx(2.0**-8), pytest.approx(1))
    assert found.label == "median 1.04 (a) against 2.04 (b), 8 pairs, one-sided p = 0.00391"
    assert found.needed == ""
    (first,) = order(tmp_path, rows, where={"epoch": "first"}, **SIDES)
    assert first.estimate == pytest.approx(8.9965)
    (unpaired,) = order(tmp_path, rows, where={"epoch": "last"}, paired=False, **SIDES)
    assert unpaired.deviation == pytest.approx(1 / 12870)
    assert "8 and 8 repetitions" in unpaired.label


def test_pairs_are_matched_by_repetition_and_not_by_the_order_of_rows(tmp_path: Path) -> None:
    rows = [{"loss": "a", "repetition": r, "value": 10.0 * r} for r in range(8)]
    rows += [{"loss": "b", "repetition": r, "value": 10.0 * r + 1 + r / 10} for r in reversed(range(9))]
    (found,) = order(tmp_path, rows, **SIDES)
    # The ninth has no partner.
    assert found.deviation == pytest.approx(2.0**-8)
    (torn,) = order(tmp_path, rows, paired=False, **SIDES)
    assert torn.deviation > 0.2
    assert "would decide at power 0.9" in torn.needed


def test_what_would_decide_is_named_where_nothing_is_decided(tmp_path: Path) -> None:
    rows = [row for row in repeated(1.0, 2.0, {"loss": "a"}, {"loss": "b"}) if row["repetition"] < 3]
    (few,) = order(tmp_path, rows, **SIDES)
    assert few.deviation == pytest.approx(1 / 8)
    assert few.needed == "about 7 pairs would decide at power 0.9"
    assert (few.low, few.high) == (-np.inf, np.inf)
    same = [row | {"value": 1.0} for row in rows]
    (none,) = order(tmp_path, same, **SIDES)
    assert (none.deviation, none.reversed_deviation) == (1, 1)
    assert none.needed.startswith("no difference was seen")
    assert order(tmp_path, rows[:4], **SIDES) == []


@pytest.mark.parametrize("broken", [{"labels": "alternating"}, {"against": "itself"}])
@pytest.mark.parametrize("paired", [True, False])
def test_null_controls_take_any_difference_away(tmp_path: Path, broken: dict[str, str], paired: bool) -> None:
    rows = repeated(1.0, 9.0, {"loss": "a"}, {"loss": "b"})
    (found,) = order(tmp_path, rows, paired=paired, **SIDES)
    (null,) = order(tmp_path, rows, paired=paired, **SIDES, **broken)
    assert found.deviation <= 0.01
    assert min(null.deviation, null.reversed_deviation) > 0.05


@pytest.mark.parametrize("fewer", ["a", "b"])
@pytest.mark.parametrize("paired", [True, False])
def test_exchanged_labels_take_a_difference_away_where_one_side_has_ten_times_the_repetitions(
    tmp_path: Path, fewer: str, paired: bool
) -> None:
    rows = [
        {"loss": loss, "repetition": r, "value": 0.1 * r + 50.0 * (loss == "b")}
        for loss in ("a", "b")
        for r in range(12 if loss == fewer else 120)
    ]
    (found,) = order(tmp_path, rows, paired=paired, **SIDES)
    (null,) = order(tmp_path, rows, paired=paired, **SIDES, labels="alternating")
    assert found.deviation < 1e-3
    assert min(null.deviation, null.reversed_deviation) > 0.05


def test_measured_order_finds_exact_runs_and_missing_cases(tmp_path: Path) -> None:
    rows = repeated(1.0, 2.0, {"loss": "a", "shots": np.nan}, {"loss": "b", "shots": np.nan})
    rows += repeated(1.0, 2.0, {"loss": "a", "shots": 100.0}, {"loss": "b", "shots": 100.0})
    assert len(order(tmp_path, rows, cases=[{"shots": "exact"}, {"shots": 100}], **SIDES)) == 2
    assert order(tmp_path, rows, cases=[{"shots": "exact"}, {"shots": 1000}], **SIDES) == []
    (case,) = order(tmp_path, rows, cases=[{"shots": "exact"} | SIDES])
    assert case.estimate == pytest.approx(-1.0035)


def test_sides_of_two_depths_and_what_shots_add_to_each(tmp_path: Path) -> None:
    """A depth may be a formula; ``minus`` takes off the exact run of the same repetition: an interaction."""
    levels = {(3, None): 0.5, (3, 100): 0.6, (9, None): 0.3, (9, 100): 0.7}
    rows = [
        {"n_qubits": 9, "n_layers": layers, "shots": np.nan if shots is None else shots, "repetition": r}
        | {"value": level + r + 0.001 * r * (shots is not None)}
        for (layers, shots), level in levels.items()
        for r in range(6)
    ]
    sides = {"lower": {"n_layers": "log2(n)"}, "higher": {"n_layers": "n"}, "where": {"shots": 100}}
    (found,) = order(tmp_path, rows, minus={"shots": "exact"}, paired=False, **sides)
    assert found.estimate == pytest.approx(0.1 - 0.4)
    assert found.deviation == pytest.approx(1 / 924)


def test_a_depth_has_to_exist_only_where_rows_are_chosen() -> None:
    rows = pd.DataFrame(
        {"model": ["small", "large", "large"], "n_qubits": [2, 8, 8], "n_layers": [1, 3, 5], "epoch": 1}
    )
    chosen = {"model": "large", "n_layers": "n-5", "epoch": "last"}
    assert selected_rows(rows, chosen).index.tolist() == [1]
    with pytest.raises(ValueError, match="layers 'n-5': expected at least 0 at n = 2"):
        selected_rows(rows, {"n_layers": "n-5"})
    assert selected_rows(rows, {"model": "none", "epoch": "first"}).empty


def test_a_ratio_of_columns_without_its_missing_values(tmp_path: Path) -> None:
    rows = [
        {"loss": loss, "repetition": r, "norm": norm, "noise": 2.0}
        for loss, norms in (("a", (4.0, 6.0)), ("b", (1.0, np.nan, 2.0)))
        for r, norm in enumerate(norms)
    ]
    write_table(pd.DataFrame(rows), tmp_path / "made.csv")
    settings = {"table": "made", "value": "norm / noise", "paired": False, **SIDES}
    (found,) = MEASUREMENTS["measured_order"](Tables(tmp_path), settings)
    assert found.estimate == pytest.approx(1.75)


def claim_tables(folder: Path) -> Tables:
    """Tables that obey every ordering claim: full-bodied below global below local, say, with little scatter.

    With exact gradients losses do not differ in what they see alike, which breaks the mechanism of claims on shots.
    """
    level = {"mmd_average": 0.2, "mmd_annealed": 0.3, "mmd_0.1": 0.6, "mmd_n4": 1.0}
    pairs = {"mmd_n4": 0.1, "mmd_0.1": 0.5, "mmd_average": 0.2, "mmd_annealed": 0.2}
    rows = [
        {"target": t, "loss": loss, "n_qubits": n, "shots": shots, "repetition": r, "epoch": 9, "order": o}
        | {"hidden": level[loss] + r / 100, "tvd": (0.2 if np.isnan(shots) else level[loss]) + r / 100}
        | {"rms": (0.2 if np.isnan(shots) else pairs[loss]) + r / 100}
        for t in ("parity", "subset_parity")
        for loss in level
        for n in (6, 8)
        for shots in (np.nan, 100.0)
        for r in range(8)
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
            for r in range(8)
        ]
        write_table(pd.DataFrame(signals), folder / f"{name}.csv")
    write_table(pd.DataFrame(_made_duel()), folder / "qgan.csv")
    write_table(pd.DataFrame(_made_duel()).assign(tvd=1.1), folder / "qgan_hasty.csv")
    return Tables(folder)


def _made_duel() -> list[dict[str, Any]]:
    rows = []
    for kind in ("network", "marginals"):
        sharp = kind == "network"
        for n, phase, epoch, r in ((n, p, e, r) for n in (6, 8) for p in PHASES for e in (0, 9) for r in range(8)):
            late = sharp and epoch == 9
            shared = {"phase": phase, "discriminator": kind, "n_qubits": n, "repetition": r, "epoch": epoch}
            shared |= {"tvd": (0.3 if late else 1.2) + r / 100, "accuracy": (0.7 if late else 0.5) + r / 1000}
            shared |= {"trials": 1000, "correct": 700 if late else 500 + 10 * (r - 2)}
            shared |= {"bodyness": (3 if late else 1.5) + r / 100}
            rows += [shared | {"order": o, "share": s} for o, s in ((1, 0.6), (2, 0.3), (3, 0.1 if sharp else 1e-30))]
    return rows


PHASES = ("supervised", "adversarial")
OWN = [name for name, claim in CLAIMS.items() if claim["result"] in ("trainable_but_wrong", "qgan")]


@pytest.mark.parametrize("name", OWN)
def test_a_claim_is_reproduced_where_it_holds_and_its_control_is_not(name: str, tmp_path: Path) -> None:
    claim, tables = CLAIMS[name], claim_tables(tmp_path)
    found, control = (judged(claim, tables, changes) for changes in ({}, claim["control"]))
    assert found.verdict == "reproduced", found.evidence
    # That no order is seen where there is none is all that a broken order can show.
    undecided = ("consistent", "inconclusive") if claim["kind"] == "ordering" else ()
    assert control.verdict in ("contradicted", *undecided), control.evidence


def test_a_level_stands_for_one_side(tmp_path: Path) -> None:
    rows = [{"side": "a", "repetition": r, "value": 1.0 + 0.01 * r} for r in range(8)]
    (below,) = order(tmp_path, rows, lower={"side": "a"}, higher=2)
    (above,) = order(tmp_path, rows, lower=2, higher={"side": "a"})
    assert below.deviation == above.reversed_deviation == pytest.approx(2**-8)
    assert "against 2 (a level)" in below.label
    assert "median 2 (a level)" in above.label
    with pytest.raises(ValueError, match="two numbers"):
        order(tmp_path, rows, lower=1, higher=2)


def test_too_few_sizes_make_no_law(tmp_path: Path) -> None:
    rows = [{"loss": "a", "n_qubits": n, "repetition": r, "ratio": 1.0 + r} for n in (4, 6, 8) for r in range(3)]
    write_table(pd.DataFrame(rows), tmp_path / "made.csv")
    assert MEASUREMENTS["signal_law"](Tables(tmp_path), {"table": "made", "loss": "a"}) == []


def test_the_shared_end_is_the_shorter_ones(tmp_path: Path) -> None:
    rows = [
        {"experiment": name, "epoch": epoch, "repetition": r, "value": value + 0.01 * r}
        for name, ends in (("short", {0: 9.0, 10: 1.0}), ("long", {0: 9.0, 10: 2.0, 20: 0.0}))
        for epoch, value in ends.items()
        for r in range(8)
    ]
    sides = {"lower": {"experiment": "short"}, "higher": {"experiment": "long"}}
    (found,) = order(tmp_path, rows, where={"epoch": "shared"}, **sides)
    assert found.deviation == pytest.approx(2**-8)
    # At their own ends the longer one is below.
    (own,) = order(tmp_path, rows, where={"epoch": "last"}, **sides)
    assert own.reversed_deviation == pytest.approx(2**-8)
    assert order(tmp_path, rows, where={"epoch": "shared"}, lower={"experiment": "none"}, higher=sides["higher"]) == []
