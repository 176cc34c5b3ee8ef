"""Repetitions that decide: what the page's program finds in a kept run."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from benchmarks.power import ROOT, row
from bornscape.artifacts import compress, write_table
from bornscape.configuration.claims import read_claims

CLAIM = next(c for c in read_claims(ROOT / "config/claims") if c["claim"] == "fig_10_mmd_beats_kld")


def test_effects_of_a_table_in_either_form(tmp_path: Path) -> None:
    """Eight pairs that are 0.4 apart."""
    rows = [
        {
            "experiment": "fig_10",
            "loss": loss,
            "n_qubits": 16,
            "n_layers": 4,
            "shots": 100,
            "repetition": k,
            "epoch": 80,
        }
        | {"tvd": end + 0.01 * (k % 2) * (loss == "kld")}
        for loss, end in (("mmd_average", 0.6), ("kld", 1.0))
        for k in range(8)
    ]
    write_table(pd.DataFrame(rows), tmp_path / "training.csv")
    expected = row(CLAIM, [tmp_path])
    assert expected.startswith(
        f"| `fig_10_mmd_beats_kld` | median 0.6 (mmd_average) against 1 (kld) | {tmp_path.name}, 8 "
    )
    compress(tmp_path / "training.csv")
    assert not (tmp_path / "training.csv").exists()
    assert row(CLAIM, [tmp_path]) == expected
    (tmp_path / "training.csv.gz").unlink()
    assert row(CLAIM, [tmp_path]).startswith("| `fig_10_mmd_beats_kld` | no table yet ")
