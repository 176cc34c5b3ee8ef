"""Draws of explicit losses from q on the data against those of state vectors, draw by draw, and what shots see.

Sampled numbers: |z| > 4.5 by chance in 1 of 150,000 tests.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bornscape.losses.word_explicit import OF_DATA
from bornscape.my_model.jobs import draw_job, model_at
from bornscape.my_model.preflight import model_problem
from bornscape.my_model.report import model_tables
from bornscape.my_model.word_draws import WordModel
from support.small_model import settings

WORST = 4.5
LOSSES = {name: {"kind": name} for name in OF_DATA}
DRAWS = 3


def at_starts(model: Any, thetas: np.ndarray, parameters: list[int]) -> Any:
    """The model at these starts, one a draw, and at the same parameters."""
    starts = iter(thetas)
    fixed = replace(model, start=lambda rng: next(starts))
    fixed.__dict__["parameters"] = parameters
    return fixed


@pytest.mark.parametrize(
    ("engine", "n", "changed"),
    [
        ("chain", 12, {"circuit": {"family": "line", "layers": 1}, "data": {"set": "o_n"}}),
        ("chain", 8, {"circuit": {"family": "brickwork", "layers": 2}, "noise": {"readout": 0.05}}),
        ("mps", 5, {"circuit": {"family": "brickwork", "layers": 1}, "data": {"set": "o_n2"}}),
        ("sector", 6, {"circuit": {"family": "hamming_weight", "layers": 2}, "data": {"set": "cardinality"}}),
    ],
)
def test_every_draw_is_that_of_state_vectors(engine: str, n: int, changed: dict[str, Any]) -> None:
    found = settings(losses=LOSSES, **changed)
    vectors, words = model_at(found, n, 1), model_at(found | {"engine": engine}, n, 1)
    assert isinstance(words, WordModel)
    thetas = np.random.default_rng(8).uniform(0, 2 * np.pi, (DRAWS, vectors.circuit.n_parameters))
    parameters = [vectors.parameters[2]]
    one, other = (
        at_starts(model, thetas, parameters).chunk(DRAWS, np.random.default_rng(5)) for model in (vectors, words)
    )
    assert other.draws["engine"].unique().tolist() == [engine]
    for name in ("value", "mass", "signal", "gradient", "first"):
        right, drawn = (table.draws[name].to_numpy() for table in (one, other))
        np.testing.assert_allclose(drawn, right, rtol=1e-9, atol=1e-11, err_msg=name)
    both = one.components.merge(other.components, on=["loss", "parameter"])
    assert both["total_x"].abs().max() > 1e-2
    np.testing.assert_allclose(both["total_x"], both["total_y"], rtol=0, atol=1e-9)
    if engine != "sector":  # There q is 0 or rounding outside the sector, and so is the sign that a TVD's slope has.
        orders = one.spectra.merge(other.spectra, on=["loss", "order"])
        np.testing.assert_allclose(orders["total_x"], orders["total_y"], rtol=0, atol=1e-9)


def test_noise_and_frozen_estimates_are_those_of_state_vectors() -> None:
    """Both are sampled at one start, at which a few shots hit the data now and then."""
    n, draws = 6, 200
    found = settings(circuit={"family": "line", "layers": 1}, losses=LOSSES, data={"set": "ghz"}, shots=20)
    vectors, words = model_at(found, n, 1), model_at(found | {"engine": "chain"}, n, 1)
    theta = np.random.default_rng(3).uniform(0, 2 * np.pi, vectors.circuit.n_parameters)
    parameter = [vectors.parameters[2]]
    one, other = (
        at_starts(model, np.tile(theta, (draws, 1)), parameter).chunk(draws, np.random.default_rng(seed)).draws
        for model, seed in ((vectors, 1), (words, 2))
    )
    mass = float(other["mass"].iloc[0])
    never = (1 - mass) ** 20
    assert 0.1 < never < 0.9
    spread = np.sqrt(never * (1 - never) / draws)
    for loss in OF_DATA:
        rows, right = (table[table["loss"] == loss] for table in (other, one))
        error = np.sqrt((rows["noise"].var() + right["noise"].var()) / draws)
        assert abs(rows["noise"].mean() - right["noise"].mean()) < WORST * error, loss
        assert error < 0.3 * right["noise"].mean(), loss
        assert abs(rows["frozen"].mean() - never) < WORST * spread, loss
        # Four times the shots lie nine of these spreads away: they would be told.
        assert abs(rows["frozen"].mean() - never**4) > WORST * spread, loss


def test_a_hundred_qubits_are_measured_and_the_chance_of_a_hit_decides() -> None:
    found = settings(
        circuit={"family": "product"},
        losses={"kld": {"kind": "kld"}, "tvd": {"kind": "tvd"}, "reverse_kld": {"kind": "reverse_kld"}},
        sizes=[4, 6, 8, 10, 30, 100],
        draws=20,
        chunk=20,
    )
    drawn = draw_job({"settings": found, "seed": 1}, "m", found["sizes"], {}, [], "", None, lambda words: None)
    tables = model_tables(found, drawn, 1, "m")
    sizes = tables["sizes"].set_index(["loss", "n_qubits"])
    last = sizes.loc[("tvd", 100)]
    assert last["engine"] == "chain"
    assert last["frozen"] == 1
    # No shot of any try hits the data: that is no absence of noise.
    assert last["snr_ci_high"] < 1e-6
    # The median of a product of n factors cos(a/2)^2 or sin(a/2)^2 is near 4^-n.
    assert 1e-75 < last["hit_ci_low"] < last["hit"] < last["hit_ci_high"] < 1e-40
    small = drawn.draws[(drawn.draws["loss"] == "tvd") & (drawn.draws["n_qubits"] == 8)]
    assert sizes.loc[("tvd", 8), "hit"] == pytest.approx(np.median(1 - (1 - small["mass"]) ** found["shots"]), rel=1e-9)
    none = sizes.loc[("reverse_kld", 100)]
    assert none["engine"] == ""
    assert none["note"].startswith("not at this size: reverse_kld needs the probabilities of all strings")
    verdict = tables["verdicts"].set_index("loss")
    assert verdict.loc[["kld", "tvd"], "verdict"].tolist() == ["no", "no"]
    assert "at 100 qubits" in verdict.loc["tvd", "at_largest_reason"]
    assert "at the median start the chance that any shot hits the data is " in verdict.loc["tvd", "at_largest_reason"]
    assert "at 10 qubits" in verdict.loc["reverse_kld", "at_largest_reason"]


def test_what_has_no_probabilities_is_told_in_one_sentence() -> None:
    kld = {"kld": {"kind": "kld"}}
    unlisted = settings(circuit={"family": "product"}, losses=kld, data={"set": "cardinality"}, sizes=[40])
    assert "every string of the data, and these are too many" in (model_problem("m", unlisted, 1) or ([], ""))[1]
    wide = settings(circuit={"family": "all_to_all", "layers": 4}, losses=kld, sizes=[40])
    told = (model_problem("m", wide, 1) or ([], ""))[1]
    assert "no engine has this circuit's probabilities of single strings at 40 qubits. Tried: chain: " in told
    assert "\n" not in told
    noisy = settings(circuit={"family": "product"}, losses=kld, sizes=[40], noise={"depolarising": 0.01})
    assert "has no noise of gates" in (model_problem("m", noisy, 1) or ([], ""))[1]


def test_other_losses_draw_the_same_beside_explicit_ones() -> None:
    mmd = {"mmd": {"kind": "mmd", "bandwidth": 1}}
    tables = [
        model_at(settings(circuit={"family": "product"}, losses=losses), 30, 1).chunk(3, np.random.default_rng(4)).draws
        for losses in (mmd, {"kld": {"kind": "kld"}} | mmd)
    ]
    rows = [table[table["loss"] == "mmd"].reset_index(drop=True) for table in tables]
    assert rows[0].equals(rows[1])
