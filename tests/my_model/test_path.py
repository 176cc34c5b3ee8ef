"""Training from the starts: what the path measures, and what is said of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.losses.gradient import gradient
from bornscape.losses.mmd import MMDLoss
from bornscape.my_model.jobs import draw_job, model_at
from bornscape.my_model.path import STEP_COLUMNS, path_draws, path_settings, walks
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
    exact = {"steps_by": "exact", "value_noise": 0.0, "error": 0.0}
    words = path_words({"path": {"steps": 3}}, rows.assign(gradient=seen, **exact), "l")
    assert words.endswith(f": {expected}")


IQP: dict[str, Any] = {
    "circuit": {"family": "iqp", "generators": "line"},
    "losses": {
        "zz": {"kind": "observable", "words": {"0": 1.0, "1,2": -0.5, "": 0.25}},
        "mmd": {"kind": "mmd", "bandwidth": 1},
    },
    "data": {"set": "o_n"},
}


def on_both(n_qubits: int) -> tuple[Any, Any]:
    """The same model on state vectors and on words."""
    found = settings(**IQP)
    return model_at(found, n_qubits, 1), model_at(found | {"engine": "iqp"}, n_qubits, 1)


@pytest.mark.parametrize("optimiser", ["adam", "gradient_descent"])
def test_exact_words_walk_as_state_vectors_do(optimiser: str) -> None:
    walk = path_settings(WALK | {"steps": 12, "optimiser": optimiser})
    vectors, words = (path_draws(model, walk, np.random.default_rng(5)) for model in on_both(8))
    one, other = (found[found["loss"] == "zz"].set_index(["draw", "step"]) for found in (vectors, words))
    for name in ("value", "signal"):
        np.testing.assert_allclose(one[name], other[name], rtol=1e-9)
    assert set(other["engine"]) == {"iqp"}
    assert one["value"].groupby("step").mean().is_monotonic_decreasing


def test_steps_on_words_take_gradients_without_bias() -> None:
    vectors, words = on_both(5)
    theta = np.random.default_rng(6).uniform(0, 2 * np.pi, vectors.circuit.n_parameters)
    rng = np.random.default_rng(7)
    found = np.array([walks(words)[1].gradient(theta, rng) for _ in range(300)])
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    exact = walks(vectors)[1].gradient(theta, rng)
    assert np.abs(found.mean(axis=0) - exact).max() > 0
    assert (np.abs(found.mean(axis=0) - exact) < 4.5 * error + 1e-12).all()
    # At another theta the gradient is another: the test sees it.
    assert not (np.abs(found.mean(axis=0) - walks(vectors)[1].gradient(theta + 0.1, rng)) < 4.5 * error + 1e-12).all()


def test_estimated_steps_end_where_exact_ones_do() -> None:
    walk = path_settings(
        {"steps": 40, "optimiser": "gradient_descent", "learning_rate": 0.3, "points": 2, "starts": 12}
    )
    vectors, words = (path_draws(model, walk, np.random.default_rng(5)) for model in on_both(5))
    start, exact, found = (
        part[(part["loss"] == "mmd") & (part["step"] == step)]["value"].to_numpy()
        for part, step in ((vectors, 0), (vectors, 40), (words, 40))
    )
    error = (found - exact).std(ddof=1) / np.sqrt(12)
    assert abs((found - exact).mean()) < 4.5 * error
    assert (start - exact).mean() > 9 * error


def test_a_path_on_words_is_told_with_its_errors() -> None:
    found = settings(path=WALK, sizes=[5], engine="iqp", **IQP)
    tables = model_tables(found, draw_job({"settings": found, "seed": 1}, "m", [5], {}, [], "", None, print), 1, "m")
    path = tables["path"].set_index("loss")
    assert set(path.loc["zz", "steps_by"]) == {"exact"}
    assert set(path.loc["mmd", "steps_by"]) == {"estimated"}
    assert (path.loc["mmd", "value_noise"] > 0).all()
    assert (path.loc["zz", "value_noise"] == 0).all()
    words = path_words(found, tables["path"], "mmd")
    assert "estimated gradients" in words
    assert "standard error of its estimate" in words


def test_a_signal_that_is_not_told_from_noise_has_no_number() -> None:
    draws = path_draws(on_both(5)[1], path_settings(WALK), np.random.default_rng(2)).assign(n_qubits=5)
    hidden = draws.assign(signal=np.where(draws["draw"] == 0, -1.0, 1e-3), estimated=1.0)
    found = settings(path=WALK, sizes=[5], engine="iqp", **IQP)
    table = path_table(found, hidden)
    assert table["signal"].isna().all()
    assert table["snr"].isna().all()
    assert "a gradient component at most " in path_words(found, table, "mmd")
