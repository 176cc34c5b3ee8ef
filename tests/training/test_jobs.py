"""Jobs of training runs: how runs are shared among jobs changes no number."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.datasets import Target, synthetic_target, write_target
from bornscape.planning.trainings import Trainings
from bornscape.training.jobs import TrainingJob, train_job

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


def trained(folder: Path, name: str = "made", **changes: Any) -> Any:
    """Tables of an entry's only job, on a distribution of 2 x 2 images that is no transposed image's."""
    folder.mkdir(exist_ok=True)
    target, bits = folder / "images.csv", np.array([[0, 1, 0, 0], [1, 0, 1, 1]], dtype=np.uint8)
    write_target(Target(bits, np.array([0.75, 0.25])), target)
    entry = ENTRY | {"n_qubits": 4, "job": "depth", "shots": 20, "repetitions": 1} | changes
    trainings = Trainings({name: entry}, "results/made", 5)
    (cell,) = trainings.cells[name]
    return train_job(trainings.job(name, cell), name, target, folder / name)


def test_images_keep_their_names_whatever_wires_they_sit_on(tmp_path: Path) -> None:
    rows, columns = (trained(tmp_path / wires, wires=wires).finals for wires in ("rows", "columns"))
    for table in (rows, columns):
        assert table["bitstring"].tolist()[:2] == ["0100", "1011"]
        assert table["target"].tolist()[:2] == [0.75, 0.25]
    # The circuit is no symmetric one.
    assert not np.allclose(rows["model"], columns["model"])


def test_two_entries_with_shared_starts_are_pairs(tmp_path: Path) -> None:
    first = trained(tmp_path).curves
    second = trained(tmp_path, "other", starts="made", rate=0.1).curves
    apart = trained(tmp_path, "apart").curves
    starts = [table[table["epoch"] == 0]["tvd"].iloc[0] for table in (first, second, apart)]
    assert starts[0] == starts[1] != starts[2]
    assert first["tvd"].iloc[-1] != second["tvd"].iloc[-1]


def test_another_circuit_is_trained_if_it_is_asked_for(tmp_path: Path) -> None:
    line, ladder = (trained(tmp_path / name, ansatz=name).curves["tvd"] for name in ("line", "ladder"))
    assert line.iloc[0] != ladder.iloc[0]


def test_a_loss_may_have_shots_of_its_own(tmp_path: Path) -> None:
    losses = ENTRY["losses"] | {"tvd": {"kind": "tvd", "shots": None}}
    shots = trained(tmp_path, losses=losses).summary.set_index("loss")["shots"]
    assert shots.to_dict() == {"kld": 20, "lqf": 20, "tvd": ""}


def test_half_a_shot_is_an_epsilon(tmp_path: Path) -> None:
    losses = {
        "half": {"kind": "kld", "epsilon": "1/(2N)"},
        "number": {"kind": "kld", "epsilon": 0.025},
        "flat": {"kind": "kld", "form": "flat"},
        "plain": {"kind": "kld"},
    }
    job = Trainings({"made": ENTRY | {"losses": losses}}, "results/made", 5)
    cell = next(iter(job.cells["made"]))
    target = tmp_path / "ghz.csv"
    write_target(synthetic_target("ghz", 3, np.random.default_rng(0)), target)
    made = TrainingJob(job.job("made", cell) | {"losses": losses, "repetition": 0}, "made", target)
    kept = {loss: made.goal(loss, 20).loss for loss in losses}
    assert kept["half"].epsilon == kept["number"].epsilon == 1 / 40
    assert (kept["flat"].form, kept["plain"].form, kept["plain"].epsilon) == ("flat", "clipped", 1e-6)
    # Exact gradients have no shots.
    assert made.goal("half", None).loss.epsilon == 1e-6
