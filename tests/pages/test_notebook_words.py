"""Words of notebooks: what came out, captions, plain names."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bornscape.pages.notebook_words import Reader, plain

CLAIMS = pd.DataFrame(
    [
        ("fig_7_a", "paper", "reproduced", "It falls.", "polynomial", "rate 0"),
        ("fig_7_b", "paper", "contradicted", "It rises by a * b.", "a power", "it_falls <b>$1$</b>"),
        ("fig_7_c", "ours", "inconclusive", "It stays.", "flat", "rate 0 [-1, 1]"),
        ("fig_70", "ours", "not_run", "Another.", "x", ""),
        ("fig_8", "ours", "contradicted", "Of another figure.", "x", "y"),
    ],
    columns=["claim", "origin", "verdict", "statement", "expected", "evidence"],
)


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    CLAIMS.to_csv(tmp_path / "claims.csv", index=False)
    return Reader(tmp_path, {"fig_7": "Variance against n."})


def test_what_came_out_names_what_did_not_hold(reader: Reader) -> None:
    said = reader.sentences("fig_7_")
    first, _, *others = said.splitlines()
    assert first == (
        "**What came out here.** Claims of the paper: 1 reproduced, 1 contradicted. "
        "Claims of this project: 1 inconclusive."
    )
    assert others[0].startswith("- *Contradicted* (of the paper): It rises by a \\* b. Found: it\\_falls \\<b>")
    assert others[1].startswith("- *Inconclusive* (of this project): It stays. Found: rate 0 [-1, 1].")
    assert len(others) == 2
    assert "Another" not in said


def test_no_claim_is_said(reader: Reader) -> None:
    assert reader.sentences("nothing") == "**What came out here.** No claim was judged.\n"


def test_verdicts_say_whose_they_are(reader: Reader) -> None:
    table = reader.verdicts("fig_7_", "fig_8")
    assert table.index.tolist() == ["fig_7_a", "fig_7_b", "fig_7_c", "fig_8"]
    assert table["whose"].tolist() == ["the paper", "the paper", "this project", "this project"]


def test_plain_names_and_no_nan() -> None:
    table = pd.DataFrame(
        {
            "dataset": ["o_n", "ghz"],
            "loss": ["kld", "mmd_n4"],
            "n_qubits": [4, 6],
            "tvd": [0.5, np.nan],
            "law": [None, "x"],
        }
    )
    shown = plain(table)
    assert shown.columns.tolist() == ["data", "loss", "qubits", "TVD", "law"]
    assert shown["data"].tolist() == ["O(n) strings", "GHZ"]
    assert shown["loss"].tolist() == ["KLD", "MMD, s = n/4"]
    assert shown["TVD"].tolist() == [0.5, ""]
    assert shown["law"].tolist() == ["", "x"]
    assert table["tvd"].isna().sum() == 1, "the table itself stays"


def test_plain_names_in_both_directions_of_a_pivot() -> None:
    table = pd.DataFrame({"dataset": ["o_n"], "n_qubits": [4], "loss": ["kld"], "tvd": [0.5]})
    shown = plain(table.pivot_table(index=["dataset", "n_qubits"], columns="loss", values=["tvd"]))
    assert shown.index.names == ["data", "qubits"]
    assert shown.index.tolist() == [("O(n) strings", 4)]
    assert shown.columns.names == [None, "loss"]
    assert shown.columns.tolist() == [("TVD", "KLD")]
