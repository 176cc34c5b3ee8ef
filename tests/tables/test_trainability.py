"""The trainability table: each cell's rule on hand-made laws, and no way for the paper's answers into a verdict."""

import re
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape import theory
from bornscape.tables import trainability
from bornscape.tables.columns import FIXED_POINT_COLUMNS, SCALING_COLUMNS, VARIANCE_COLUMNS
from bornscape.tables.names import MASS
from bornscape.tables.trainability import (
    DEPTHS,
    PAPER,
    STRATEGIES,
    STRATEGY_TITLES,
    TABLE_COLUMNS,
    as_html,
    as_markdown,
    trainability_table,
)
from support.shipped import RESTS_ON

EXP, POLY, OPEN = "exponential", "polynomial", "inconclusive"
LOSSES = {"conventional": MASS, "quantum": "lqf", "mmd": "mmd"}
NO_FROZEN = pd.DataFrame(columns=FIXED_POINT_COLUMNS)
NO_VARIANCE = pd.DataFrame(columns=VARIANCE_COLUMNS)

Row = dict[str, Any]


def law(depth: str, strategy: str, preferred: str, **changes: Any) -> Row:
    row = dict.fromkeys(SCALING_COLUMNS, 1.0)
    row |= {
        "experiment": RESTS_ON["depths"][depth]["studies"][0],
        "ansatz": "any",
        "loss": LOSSES[strategy],
        "dataset": "ghz",
    }
    row |= {"bandwidth": "n/4" if strategy == "mmd" else np.nan, "depth": depth, "preferred": preferred}
    return row | changes


def table_of(rows: list[Row], frozen: pd.DataFrame = NO_FROZEN, variance: pd.DataFrame = NO_VARIANCE) -> pd.DataFrame:
    return trainability_table(pd.DataFrame(rows, columns=SCALING_COLUMNS), frozen, variance, RESTS_ON)


def cell(table: pd.DataFrame, depth: str, strategy: str) -> Any:
    (row,) = table[(table["circuit_depth"] == depth) & (table["strategy"] == strategy)].itertuples()
    return row


def verdict(depth: str, strategy: str, *rows: Row) -> str:
    return cell(table_of(list(rows)), depth, strategy).verdict


CELLS = list(product(DEPTHS, STRATEGIES))


def test_layout() -> None:
    table = table_of([])
    assert list(table.columns) == TABLE_COLUMNS
    assert list(zip(table["circuit_depth"], table["strategy"], strict=True)) == CELLS
    assert set(PAPER) == set(CELLS)
    assert set(table["verdict"]) == {"not_run"}
    assert set(table["agrees"]) == {""}
    assert table["evidence"].str.len().min() > 0


@pytest.mark.parametrize(("depth", "strategy"), CELLS)
def test_one_law_on_every_data_set_decides(depth: str, strategy: str) -> None:
    for preferred, expected in ((EXP, "no"), (POLY, "yes"), (OPEN, "inconclusive")):
        rows = [law(depth, strategy, preferred, dataset=name) for name in ("ghz", "o_n")]
        assert verdict(depth, strategy, *rows) == expected


@pytest.mark.parametrize(("depth", "strategy"), CELLS)
@pytest.mark.parametrize("pair", [(EXP, POLY), (EXP, OPEN), (POLY, OPEN)])
def test_data_sets_that_disagree_are_inconclusive(depth: str, strategy: str, pair: tuple[str, str]) -> None:
    for first, second in (pair, pair[::-1]):
        rows = [law(depth, strategy, first), law(depth, strategy, second, dataset="o_n")]
        assert verdict(depth, strategy, *rows) == "inconclusive"


@pytest.mark.parametrize(("depth", "strategy"), CELLS)
def test_a_cell_takes_its_own_rows_only(depth: str, strategy: str) -> None:
    other = "line" if depth == "product" else "product_haar"
    assert verdict(depth, strategy, law(depth, strategy, EXP, experiment=other)) == "not_run"
    assert verdict(depth, strategy, law(depth, strategy, EXP) | {"depth": "4"}) == "not_run"
    assert verdict(depth, strategy, law(depth, strategy, EXP, loss="kld")) == "not_run"
    everything = [law(d, s, POLY if (d, s) != (depth, strategy) else EXP) for d, s in CELLS]
    table = table_of(everything)
    found = {(d, s): cell(table, d, s).verdict for d, s in CELLS}
    assert found == {key: "no" if key == (depth, strategy) else "yes" for key in CELLS}


@pytest.mark.parametrize("experiment", RESTS_ON["depths"]["product"]["studies"])
def test_product_circuits_have_studies_of_their_own(experiment: str) -> None:
    assert verdict("product", "mmd", law("product", "mmd", POLY, experiment=experiment)) == "yes"


# The MMD: one bandwidth with a guarantee is enough


def test_one_polynomial_bandwidth_is_enough() -> None:
    rows = [
        law("shallow", "mmd", preferred, bandwidth=s, dataset=dataset)
        for s, preferred in (("1", EXP), ("n/4", POLY))
        for dataset in ("ghz", "o_n")
    ]
    assert verdict("shallow", "mmd", *rows) == "yes"
    assert verdict("shallow", "mmd", *[row for row in rows if row["bandwidth"] == "1"]) == "no"


def test_no_bandwidth_polynomial_on_all_data_sets_is_inconclusive() -> None:
    rows = [
        law("shallow", "mmd", POLY, bandwidth="1", dataset="ghz"),
        law("shallow", "mmd", EXP, bandwidth="1", dataset="o_n"),
        law("shallow", "mmd", EXP, bandwidth="n/4", dataset="ghz"),
        law("shallow", "mmd", POLY, bandwidth="n/4", dataset="o_n"),
    ]
    assert verdict("shallow", "mmd", *rows) == "inconclusive"


def test_both_ensembles_of_product_circuits_count() -> None:
    rows = [law("product", "mmd", POLY), law("product", "mmd", EXP, experiment="product_ry")]
    assert verdict("product", "mmd", *rows) == "inconclusive"


def test_the_evidence_counts_laws_by_bandwidth() -> None:
    rows = [law("deep", "mmd", EXP, bandwidth="1"), law("deep", "mmd", POLY), law("deep", "mmd", EXP, dataset="o_n")]
    evidence = cell(table_of(rows), "deep", "mmd").evidence
    assert (
        evidence
        == "Var[MMD]: s = 1: 0 of 1 polynomial, 1 of 1 exponential; s = n/4: 1 of 2 polynomial, 1 of 2 exponential"
    )


# Deep circuits: an inequality for all bandwidths and data


def deep_variances(factor: float, **changes: Any) -> pd.DataFrame:
    """Var[MMD] at several sizes and bandwidths, known to 10 %, as a multiple of the bound."""
    rows = []
    for n in (4, 8, 12):
        for bandwidth in ("1", "n/4"):
            value = factor * theory.deep_mmd_variance_bound(n)
            row = {"experiment": "line", "ansatz": "line", "loss": "mmd", "dataset": "ghz", "bandwidth": bandwidth}
            row |= {"n_qubits": n, "n_layers": np.inf, "shots": np.nan, "draws": 100, "mean": 0.1, "variance": value}
            rows.append(row | {"ci_low": value / 1.1, "ci_high": value * 1.1} | changes)
    return pd.DataFrame(rows, columns=VARIANCE_COLUMNS)


def deep_mmd(variance: pd.DataFrame, *laws: str) -> Any:
    rows = [law("deep", "mmd", preferred, bandwidth=str(k)) for k, preferred in enumerate(laws)]
    return cell(table_of(rows, variance=variance), "deep", "mmd")


def test_the_bound_says_no_however_many_bandwidths_are_undecided() -> None:
    for laws in ((), (OPEN,), (EXP, OPEN), (EXP, EXP, OPEN, OPEN, OPEN)):
        assert deep_mmd(deep_variances(0.5), *laws).verdict == "no"
    evidence = deep_mmd(deep_variances(0.5), EXP).evidence
    assert "kept by 6 variances of n = 4 to 12, the largest at -14.3 standard errors; Var[MMD]: s = 0: " in evidence


def test_a_bound_that_is_not_kept_decides_nothing() -> None:
    above = deep_variances(3.0)
    assert deep_mmd(above, OPEN).verdict == "inconclusive"
    assert "not kept by 6 variances" in deep_mmd(above, OPEN).evidence
    assert deep_mmd(above, EXP).verdict == "no"
    assert deep_mmd(above, POLY).verdict == "yes"


def test_at_the_bound_the_check_passes() -> None:
    """Noise of 2.3 standard errors above it is nothing among 6 variances."""
    assert deep_mmd(deep_variances(1.12), OPEN).verdict == "no"


def test_a_polynomial_law_under_the_bound_contradicts_itself() -> None:
    assert deep_mmd(deep_variances(0.5), POLY).verdict == "inconclusive"


@pytest.mark.parametrize(
    "changes", [{"n_layers": 16}, {"shots": 512}, {"loss": "kld"}, {"experiment": "line_tensor"}, {"ci_high": 0.0}]
)
def test_the_bound_takes_exact_variances_of_the_deep_limit_only(changes: Row) -> None:
    assert deep_mmd(deep_variances(0.5, **changes), OPEN).verdict == "inconclusive"


def test_the_bound_is_of_deep_circuits() -> None:
    table = table_of([law("shallow", "mmd", OPEN)], variance=deep_variances(0.5))
    assert cell(table, "shallow", "mmd").verdict == "inconclusive"


# The quantum strategy: a condition on the data


FLAT = {"exp_rate": np.nan, "preferred": OPEN}


@pytest.mark.parametrize("depth", DEPTHS)
def test_flat_on_some_data_and_polynomial_on_the_rest_depends(depth: str) -> None:
    rows = [law(depth, "quantum", POLY, dataset="zero"), law(depth, "quantum", POLY, dataset="o_n")]
    flat = law(depth, "quantum", OPEN) | FLAT
    found = cell(table_of([*rows, flat]), depth, "quantum")
    assert (found.verdict, found.agrees) == ("depends", "on a condition")
    assert "the same at every draw: ghz; polynomial: zero, o_n" in found.evidence
    assert ("maximally mixed" in found.evidence) == (depth == "product")
    assert verdict(depth, "quantum", *rows) == "yes"


def test_flat_data_alone_or_beside_other_laws() -> None:
    flat = law("product", "quantum", OPEN) | FLAT
    assert verdict("product", "quantum", flat) == "no"
    for preferred, expected in ((EXP, "no"), (OPEN, "inconclusive")):
        assert verdict("product", "quantum", flat, law("product", "quantum", preferred, dataset="o_n")) == expected
    assert verdict("product", "quantum", flat, law("product", "quantum", EXP), law("product", "quantum", POLY)) == (
        "inconclusive"
    )


def test_an_undecided_set_does_not_hide_that_the_answer_depends() -> None:
    flat = law("product", "quantum", OPEN) | FLAT
    mixed = [law("product", "quantum", POLY, dataset="zero"), law("product", "quantum", OPEN, dataset="o_n")]
    found = cell(table_of([flat, *mixed]), "product", "quantum")
    assert found.verdict == "depends"
    assert "the same at every draw: ghz; polynomial: zero; inconclusive: o_n; Var[LQF] = " in found.evidence


# The conventional strategy: training sets of poly(n) strings, as the theorem asks for


def test_the_cardinality_set_is_no_evidence() -> None:
    rows = [law("deep", "conventional", EXP), law("deep", "conventional", POLY, dataset="cardinality")]
    assert verdict("deep", "conventional", *rows) == "no"
    assert verdict("deep", "conventional", rows[1]) == "not_run"


def frozen_row(**changes: Any) -> Row:
    row = dict.fromkeys(FIXED_POINT_COLUMNS, 0.0)
    row |= {"experiment": "line", "loss": "kld", "dataset": "ghz", "n_qubits": 12, "n_layers": np.inf, "shots": 512}
    return row | {"fraction": 0.25} | changes


def test_the_evidence_holds_the_largest_case_at_its_fixed_point() -> None:
    others = [
        frozen_row(n_qubits=10, fraction=0.1),
        frozen_row(shots=100, fraction=0.2),
        frozen_row(n_qubits=20, n_layers=0.0, fraction=0.3),
        frozen_row(n_qubits=20, loss="tvd", fraction=0.4),
        frozen_row(n_qubits=20, dataset="o_n", fraction=0.5),
    ]
    frozen = pd.DataFrame([frozen_row(), *others], columns=FIXED_POINT_COLUMNS)
    table = table_of([law("deep", "conventional", EXP), law("shallow", "conventional", EXP)], frozen)
    assert "at n = 12 the KLD estimated from 512 shots equals its fixed point at 25.0% of draws" in (
        cell(table, "deep", "conventional").evidence
    )
    assert "fixed point" not in cell(table, "shallow", "conventional").evidence


def test_frozen_estimates_decide_nothing_by_themselves() -> None:
    frozen = pd.DataFrame([frozen_row(fraction=1.0)], columns=FIXED_POINT_COLUMNS)
    table = table_of([law("deep", "conventional", POLY)], frozen)
    assert cell(table, "deep", "conventional").verdict == "yes"


# The paper's answers


def some_rows() -> list[Row]:
    """Laws that give every verdict somewhere."""
    laws = [EXP, POLY, OPEN, None]
    return [law(d, s, laws[k % 4]) for k, (d, s) in enumerate(CELLS) if laws[k % 4]]


def test_the_paper_s_answers_never_influence_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    before = table_of(some_rows())
    assert set(before["verdict"]) == {"yes", "no", "inconclusive", "not_run"}
    swapped = {key: "yes" if answer == "no" else "no" for key, answer in PAPER.items()}
    monkeypatch.setattr(trainability, "PAPER", swapped)
    after = table_of(some_rows())
    kept = ["circuit_depth", "strategy", "verdict", "evidence"]
    pd.testing.assert_frame_equal(before[kept], after[kept])
    decided = before["verdict"].isin(["yes", "no"])
    assert (before["paper"] != after["paper"]).all()
    assert (before["agrees"][decided] != after["agrees"][decided]).all()


def test_agreement() -> None:
    for row in table_of(some_rows()).itertuples():
        assert row.paper == PAPER[row.circuit_depth, row.strategy]
        expected = {row.paper: "yes", "inconclusive": "", "not_run": ""}.get(row.verdict, "no")
        assert row.agrees == expected


def test_the_paper_s_table_is_the_paper_s() -> None:
    """Table I: explicit losses never; the quantum strategy and the MMD up to shallow circuits."""
    yes = {key for key, answer in PAPER.items() if answer == "yes"}
    assert yes == set(product(("product", "shallow"), ("quantum", "mmd")))


# Markdown and HTML


ODD = "<b>s & 'n' \"4\"</b>"


@pytest.fixture
def odd_table() -> pd.DataFrame:
    """A bandwidth's label is the user's own text."""
    return table_of([*some_rows(), law("product", "mmd", POLY, bandwidth=ODD)])


def test_markdown_holds_every_cell(odd_table: pd.DataFrame) -> None:
    text = as_markdown(odd_table)
    lines = text.splitlines()
    assert [line.count("|") for line in lines[:5]] == [5] * 5
    header = [part.strip() for part in lines[0].strip("|").split("|")]
    assert header == ["circuit depth", *STRATEGY_TITLES.values()]
    for line, depth in zip(lines[2:5], DEPTHS, strict=True):
        parts = [part.strip() for part in line.strip("|").split("|")]
        answers = [cell(odd_table, depth, s) for s in STRATEGIES]
        assert parts == [depth, *(f"{a.verdict} (paper: {a.paper})" for a in answers)]
    for row in odd_table.itertuples():
        assert f"- {row.circuit_depth}, {row.strategy}: {row.verdict}. " in text


def test_markdown_is_escaped(odd_table: pd.DataFrame) -> None:
    text = as_markdown(odd_table)
    assert ODD in cell(odd_table, "product", "mmd").evidence
    assert "<b>" not in text
    assert "&lt;b&gt;s &amp; 'n' \"4\"&lt;/b&gt;" in text


def test_html_holds_every_cell_and_is_escaped(odd_table: pd.DataFrame) -> None:
    text = as_html(odd_table)
    cells = re.findall(r"<td class='(\w+)' title='([^']*)'><b>([^<]+)</b><br><small>paper: (\w+)</small></td>", text)
    assert len(cells) == len(CELLS)
    for found, row in zip(cells, odd_table.itertuples(), strict=True):
        assert found[0] == row.verdict
        assert found[2] == row.verdict.replace("_", " ")
        assert found[3] == row.paper
    assert "&lt;b&gt;s &amp; &#x27;n&#x27; &quot;4&quot;&lt;/b&gt;" in text
    assert ODD not in text
    for title in STRATEGY_TITLES.values():
        assert f"<th scope='col'>{title}</th>" in text
    for depth in DEPTHS:
        assert f"<th scope='row'>{depth}</th>" in text


def test_html_is_balanced(odd_table: pd.DataFrame) -> None:
    opened = re.findall(r"<(\w+)[ >]", as_html(odd_table))
    closed = re.findall(r"</(\w+)>", as_html(odd_table))
    assert sorted(name for name in opened if name != "br") == sorted(closed)
