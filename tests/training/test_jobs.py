"""Jobs of training runs: how runs are shared among jobs changes no number."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.datasets import synthetic_target, write_target
from bornscape.planning.trainings import Trainings
from bornscape.training.jobs import train_job

ENTRY: dict[str, Any] = {"dataset": "ghz", "n_qubits": 3, "n_layers": 1, "shots": [None, 20], "epochs": 3}
ENTRY |= {"repetitions": 2, "checkpoint_every": 2, "epsilon": 1e-6, "start": "uniform"}
ENTRY["losses"] = {"kld": {"kind": "kld"}, "lqf": {"kind": "lqf"}}


def curves_of(folder: Path, **changes: Any) -> pd.DataFrame:
    folder.mkdir(exist_ok=True)
    target = folder / "ghz.csv"
    write_target(synthetic_target("ghz", 3, np.random.default_rng(0)), target)
    trainings = Trainings({"made": ENTRY | changes}, "results/made", 5)
    parts = [
        train_job(trainings.job("made", cell), "made", target, folder / cell).curves for cell in trainings.cells["made"]
    ]
    keys = ["repetition", "loss", "shots", "epoch"]
    return pd.concat(parts).astype({"shots": str}).sort_values(keys, ignore_index=True)


@pytest.mark.parametrize("job", ["repetition", "depth"])
def test_the_same_runs_whatever_a_job_holds(job: str, tmp_path: Path) -> None:
    alone = curves_of(tmp_path / "alone", job="run")
    assert len(alone) == 2 * 4 * 4
    pd.testing.assert_frame_equal(curves_of(tmp_path / job, job=job), alone)


def test_runs_of_a_repetition_start_at_the_same_angles_and_those_of_another_do_not(tmp_path: Path) -> None:
    """What makes pairs of them."""
    first = curves_of(tmp_path, job="depth").query("epoch == 0")
    assert (first.groupby("repetition")["tvd"].nunique() == 1).all()
    assert first["tvd"].nunique() == 2
