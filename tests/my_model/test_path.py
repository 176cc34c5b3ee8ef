"""Training from the starts: what the path measures, and what is said of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.losses.gradient import gradient
from bornscape.losses.mmd import MMDLoss
from bornscape.my_model.jobs import draw_job
from bornscape.my_model.path import STEP_COLUMNS, path_draws, path_settings
from bornscape.my_model.path_table import PATH_COLUMNS, path_table, path_words
from bornscape.my_model.report import model_tables
from bornscape.simulators.state_vector import probabilities
from bornscape.training.adam import Adam
from support.small_model import settings, sized

LINE: dict[str, Any] = {
    "circuit": {"family": "line", "layers": 1},
    "losses": {"mmd": {"kind": "mmd", "bandwidth": 1}, "kld": {"kind": "kld"}},
}
WALK = {"steps": 3, "learning_rate": 0.1, "points": 4, "starts": 3}


def test_points_lie_at_equal_distances_and_once() -> None:
    assert path_settings({"steps": 10, "points": 5}).measured == [0, 2, 5, 8, 10]
    assert path_settings({"steps": 2, "points": 50}).measured == [0, 1, 2]


@pytest.mark.parametrize("optimiser", ["adam", "gradient_descent"])
def test_steps_are_those_of_the_optimiser(optimiser: str) -> None:
    model = sized(3, **LINE)
    found = path_draws(model, path_settings(WALK | {"optimiser": optimiser}), np.random.default_rng(4))
    loss, theta = MMDLoss(model.target.dense(), 1.0), model.start(np.random.default_rng(4))
    adam, expected = Adam.start(len(theta)), []
    for _ in range(4):
        expected.append(loss(probabilities(model.circuit, theta)))
        slope = gradient(model.circuit, theta, loss)
        theta = theta + (adam.step(slope, 0.1) if optimiser == "adam" else -0.1 * slope)
    first = found[(found["loss"] == "mmd") & (found["draw"] == 0)]
    assert first["step"].tolist() == [0, 1, 2, 3]
    assert first["value"].to_numpy() == pytest.approx(np.array(expected))
    assert len(found) == 2 * 3 * 4


def test_all_losses_walk_from_the_same_starts_and_runs_repeat() -> None:
    model = sized(3, **(LINE | {"losses": {"a": LINE["losses"]["mmd"], "b": LINE["losses"]["mmd"]}}))
    first, again = (path_draws(model, path_settings(WALK), np.random.default_rng(4)) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    values = first.pivot_table(index=["draw", "step"], columns="loss", values="value")
    assert (values["a"] == values["b"]).all()


def test_a_job_keeps_its_path_and_draws_do_not_depend_on_it(tmp_path: Path) -> None:
    def drawn(path: Any, folder: Path | None) -> Any:
        job = {"settings": settings(path=path, sizes=[3], **LINE), "seed": 1}
        return draw_job(job, "m", [3], {}, [], "code", folder, lambda _: None)

    plain, walked, kept = drawn(None, None), drawn(WALK, tmp_path), drawn(WALK, tmp_path)
    pd.testing.assert_frame_equal(plain.draws, walked.draws)
    assert plain.paths.empty
    assert list(plain.paths.columns) == [*STEP_COLUMNS, "n_qubits"]
    pd.testing.assert_frame_equal(walked.paths, kept.paths)
    chunks = sorted(path.name for path in (tmp_path / "n3").glob("*.parquet"))
    other = drawn(WALK | {"steps": 4}, tmp_path)
    assert other.paths["step"].max() == 4
    assert sorted(path.name for path in (tmp_path / "n3").glob("*.parquet")) == chunks
    assert len(list((tmp_path / "n3/path").glob("*.parquet"))) == 1


def test_tables_and_words_of_a_path() -> None:
    found = settings(path=WALK | {"steps": 40}, sizes=[3, 4], **LINE)
    tables = model_tables(found, draw_job({"settings": found, "seed": 1}, "m", [3, 4], {}, [], "", None, print), 1, "m")
    path = tables["path"]
    assert list(path.columns) == PATH_COLUMNS
    assert path.groupby(["loss", "n_qubits"]).size().tolist() == [4] * 4
    start, *_, end = path[(path["loss"] == "mmd") & (path["n_qubits"] == 4)]["value"]
    assert end < start
    words = path_words(found, path, "mmd")
    assert words.startswith("after 40 steps of Adam (rate 0.1, exact gradients) from 3 starts at n = 4 the loss is ")


def test_without_the_key_there_is_no_row() -> None:
    table = path_table(settings(), pd.DataFrame(columns=[*STEP_COLUMNS, "n_qubits"]))
    assert table.empty
    assert list(table.columns) == PATH_COLUMNS
    assert path_words(settings(), table, "mmd") == ""


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (("not visible", "borderline", "visible", "not visible"), "it leaves the plateau, after at most 2 steps"),
        (("not visible",) * 4, "it does not leave the plateau"),
        (("not visible", "borderline", "not visible", "not visible"), "whether it leaves a plateau is undecided"),
        (("borderline", "visible", "visible", "borderline"), "gradients become visible, after at most 1 steps"),
        (("visible", "visible", "not visible", "visible"), "gradients stay visible"),
        (("visible", "visible", "not visible", "not visible"), "gradients are visible at first, not at the end"),
    ],
)
def test_what_is_said(seen: tuple[str, ...], expected: str) -> None:
    rows = pd.DataFrame({"loss": "l", "n_qubits": 8, "step": range(4), "starts": 5, "value": 0.5, "snr": 2.0})
    words = path_words({"path": {"steps": 3}}, rows.assign(gradient=seen), "l")
    assert words.endswith(f": {expected}")
