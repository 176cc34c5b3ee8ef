"""Claims on Fig. 11 and on what depth buys: made-up tables that obey, controls that do not, levels by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bornscape import theory
from bornscape.artifacts import write_table
from bornscape.claims.comparison import Tables
from bornscape.claims.measurements.correlations import between, correlation_level
from bornscape.claims.register import judge_claim
from bornscape.experiments import correlations, exact_fits, expressivity
from bornscape.figures.fig_11 import figure_table
from bornscape.published import FIG_11_SUMS
from support.shipped import shipped_claims

CLAIMS = {c["claim"]: c for c in shipped_claims() if c["result"] in ("fig_11", "expressivity")}
IMAGES = ("jets", "showers", "published", "published_spread")


def level(n: int, k: int) -> float:
    return between(n, (10, 19), tuple(FIG_11_SUMS[k].values()))


def sums() -> pd.DataFrame:
    """Images at the published levels, 5 % off; GHZ without biased bits."""
    rows = [
        (dataset, n, 9, k, 1.05 * level(n, k), 0.9, 1.0, 0.7 if k == 1 else 1.0)
        for dataset in IMAGES
        for n in (10, 12, 15, 16, 18)
        for k in (1, 4)
    ]
    rows += [("ghz", n, 2, k, 0.0 if k == 1 else 9.0, 0.0, 1.0, 0.0) for n in (10, 12, 15, 16, 18) for k in (1, 4)]
    return pd.DataFrame(rows, columns=correlations.COLUMNS)


def ratios() -> pd.DataFrame:
    """Line circuits fall towards 1 with their depth; circuits without entanglers have their closed form."""
    rows = []
    for n in (4, 6, 8, 10, 12):
        for layers in sorted({0, 1, 2, round(np.log2(n)), n, 2 * n}):
            bare = theory.product_frame_potential(n, layers) / theory.haar_frame_potential(n)
            entangled = bare if layers == 0 else 1 + 0.1 * (1 + n) / (1 + layers)
            for circuit, value in (("line", entangled), ("unentangled", bare)):
                rows += [(circuit, n, layers, 1, k, 128, value * (1 + 0.002 * np.sin(k + 1))) for k in range(10)]
        rows += [("haar", n, np.inf, 0, k, 128, 1 + 0.002 * np.sin(7 * k + n)) for k in range(10)]
    return pd.DataFrame(rows, columns=expressivity.COLUMNS)


def fits() -> pd.DataFrame:
    rows = [
        (dataset, n, layers, 1, k, 1.8 + 0.01 * (k % 3), 1 / (1 + layers) + 0.001 * k, 0.1, 300)
        for dataset, n in (("published", 6), ("showers", 9))
        for layers in (0, 1, 2, 3, n)
        for k in range(7)
    ]
    return pd.DataFrame(rows, columns=exact_fits.COLUMNS)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("run")
    for name, table in {"fig_11": sums(), "expressivity": ratios(), "exact_fits": fits()}.items():
        write_table(table, folder / f"{name}.csv")
    return Tables(folder)


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_table_that_obeys_is_reproduced_and_the_control_is_not(claim: str, tables: Tables) -> None:
    found, control = judge_claim(CLAIMS[claim], tables)
    assert found.verdict == "reproduced", found.evidence
    undecided = ("inconclusive",) if CLAIMS[claim]["kind"] == "ordering" else ()
    assert control.verdict in ("contradicted", *undecided), control.evidence


def changed(folder: Path, name: str, table: pd.DataFrame) -> Tables:
    write_table(table, folder / f"{name}.csv")
    return Tables(folder)


def test_levels_that_are_halved_are_contradicted(tmp_path: Path) -> None:
    table = sums()
    tables = changed(tmp_path, "fig_11", table.assign(total=table["total"] / 2))
    for name in ("published_images", "showers", "jets"):
        assert judge_claim(CLAIMS[f"fig_11_{name}"], tables)[0].verdict == "contradicted"


def test_shares_below_a_half_are_contradicted(tmp_path: Path) -> None:
    tables = changed(tmp_path, "fig_11", sums().assign(mmd_share=0.49))
    assert judge_claim(CLAIMS["fig_11_one_body_terms"], tables)[0].verdict == "contradicted"


def test_depth_that_brings_nothing_is_not_reproduced(tmp_path: Path) -> None:
    table = ratios()
    deep = (table["circuit"] == "line") & (table["n_layers"] > 0)
    wave = 1 + 0.01 * np.sin(np.arange(len(table)))
    tables = changed(tmp_path, "expressivity", table.assign(ratio=table["ratio"].where(~deep, wave)))
    for name in ("deeper", "n_layers_above_haar"):
        assert judge_claim(CLAIMS[f"expressivity_{name}"], tables)[0].verdict != "reproduced"


def test_haar_states_that_are_none_are_contradicted(tmp_path: Path) -> None:
    table = ratios()
    haar = table["circuit"] == "haar"
    tables = changed(tmp_path, "expressivity", table.assign(ratio=table["ratio"].where(~haar, 1.1 * table["ratio"])))
    assert judge_claim(CLAIMS["expressivity_closed_forms"], tables)[0].verdict == "contradicted"


def test_interpolation_by_hand(tables: Tables) -> None:
    """Half way between 10 and 19 the level is the geometric mean: 12.37 of 9 and 17."""
    assert between(14.5, (10, 19), (9, 17)) == pytest.approx(12.369, abs=1e-3)
    settings = CLAIMS["fig_11_jets"]["settings"] | {"table": "fig_11", "n_qubits": [10]}
    first, last = correlation_level(tables, settings)
    assert (first.expected, last.expected) == (9, pytest.approx(280))
    assert first.deviation == pytest.approx(0.05)


def test_claims_and_figure_know_the_same_levels(tables: Tables) -> None:
    assert FIG_11_SUMS == {1: {10: 9, 19: 17}, 4: {10: 280, 19: 3300}}
    shown = figure_table(tables.read("fig_11"))
    shown = shown[shown["source"] == "published"]
    drawn = {k: rows.set_index("n_qubits")["total"].to_dict() for k, rows in shown.groupby("k")}
    assert drawn == FIG_11_SUMS
    for claim in ("fig_11_published_images", "fig_11_showers", "fig_11_jets"):
        settings = CLAIMS[claim]["settings"] | {"table": "fig_11"}
        compared = correlation_level(tables, settings)
        assert {found.label.split("k = ")[1] for found in compared} == {str(k) for k in FIG_11_SUMS}
