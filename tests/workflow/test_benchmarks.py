"""A quick run of all benchmarks, and the peers that are installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import draws, gradients, page, results
from benchmarks.peers import Peer, peers
from benchmarks.work import Size

ROOT = Path(__file__).parents[2]
SIZE = Size(3, 2)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """A quick run of every part, in a process of its own: it pins itself to one core."""
    output = tmp_path_factory.mktemp("benchmarks") / "results.csv"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--output", str(output)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert output.with_suffix(".json").is_file()
    return pd.read_csv(output)


def every_part_is_measured(measured: pd.DataFrame) -> None:
    assert list(measured.columns) == results.COLUMNS
    expected = {"draws", "everything", "gradients", "epochs", "samples", "products", "limit"}
    assert expected <= set(measured["part"])
    assert (measured["median_ms"] > 0).all()
    assert (measured["q1_ms"] <= measured["q3_ms"]).all()


def ours_is_in_every_case_and_the_ratios_are_to_it(measured: pd.DataFrame) -> None:
    rows = measured[~measured["part"].isin(["limit", "whole_run"])]
    for _, case in rows.groupby(["part", "case", "precision"]):
        own = case[case["who"].str.startswith(results.OURS)]
        assert results.OURS in set(own["who"])
        np.testing.assert_allclose(case["ratio"], case["median_ms"] / own["median_ms"].min(), rtol=2e-3)


def a_target_is_held_against_the_fastest_peer(measured: pd.DataFrame) -> None:
    for _, case in measured[measured["part"] == "draws"].groupby(["case", "precision"]):
        others = case[~case["who"].str.startswith(results.OURS)]
        judged = others[others["met"].notna()]
        assert judged["median_ms"].item() == others["median_ms"].min()
        assert judged["met"].item() == ("met" if judged["ratio"].item() >= draws.TARGET else "missed")


def the_page_is_filled_from_the_table(measured: pd.DataFrame) -> None:
    text = (ROOT / "docs/measured/benchmarks.md").read_text(encoding="utf-8")
    found = page.filled(text, page.tables(measured, {"cpu": "a processor"}))
    assert "- cpu: a processor" in found
    assert found.count("| bornscape |") == (measured["who"] == results.OURS).sum() > 0
    assert page.filled(found, page.tables(measured, {"cpu": "a processor"})) == found


def test_a_quick_run(measured: pd.DataFrame) -> None:
    """All that is asked of it, in one test: to measure takes half a minute."""
    every_part_is_measured(measured)
    ours_is_in_every_case_and_the_ratios_are_to_it(measured)
    a_target_is_held_against_the_fastest_peer(measured)
    the_page_is_filled_from_the_table(measured)


@pytest.mark.parametrize("peer", [peer for peer in peers() if peer.installed], ids=lambda peer: peer.module)
def test_installed_peers_compute_the_same(peer: Peer) -> None:
    assert peer.version
    for precision in peer.precisions:
        assert len(draws.measure(SIZE, precision, 0.0, [peer])) == 3
    if peer.gradients:
        for loss in gradients.LOSSES:
            assert len(gradients.measure(SIZE, loss, 0.0, [peer])) == 2
