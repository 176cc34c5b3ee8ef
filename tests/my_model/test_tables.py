"""Tables of a user's model, from made-up draws that obey a law."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.claims.comparison import Tables
from bornscape.claims.register import judge_claim
from bornscape.my_model.tables import bodyness_table, extrapolation_table
from support.made_up_draws import made_up, told
from support.small_model import settings, sized

# Sizes


def test_shots_needed_are_the_noise_over_the_signal() -> None:
    _, sizes, _, _ = told(made_up(power=3.0))
    last = sizes[sizes["n_qubits"] == 12].iloc[0]
    # A = 1, B = 0 and E[g^2] = 12^-3; the noise at 1000 shots is 1 / 1000.
    assert last["shots_needed"] == pytest.approx(12**3)
    assert last["snr"] == pytest.approx(math.sqrt(1000 / 12**3))
    assert last["shots_ci_low"] < 12**3 < last["shots_ci_high"]
    assert last["shots_are"] == "exact"


@pytest.mark.parametrize(
    ("columns", "needed"),
    [
        ({"noise": 1e-3, "first": 0.5}, 100.0),  # What the sampled noise says.
        ({"noise": 1e-3, "first": 3.0}, 300.0),  # The shifted circuits alone need more.
        ({"noise": 1e-3, "mass": 1e-4}, 1e4),  # No shot hits the data before.
    ],
)
def test_estimated_shots_needed_are_the_largest_of_three(columns: dict[str, float], needed: float) -> None:
    # E[g^2] = 1 / 100 at n = 4.
    draws = made_up(power=math.log(100) / math.log(4), sizes=(4,), **columns)
    row = told(draws, {"kind": "kld"})[1].iloc[0]
    assert row["shots_needed"] == pytest.approx(needed)
    assert row["shots_are"] == "estimate"


@pytest.mark.parametrize("noise", [1e-2, 1e-3, 1e-4])
def test_shots_needed_and_ratio_agree(noise: float) -> None:
    """More shots are needed than given exactly where the ratio at those given is below 1."""
    draws = made_up(power=2.0, sizes=(4,), noise=noise, first=1e-9)
    row = told(draws, {"kind": "kld"})[1].iloc[0]
    assert (row["shots_needed"] > row["shots"]) == (row["snr"] < 1)
    assert row["shots_needed"] == pytest.approx(row["shots"] / row["snr"] ** 2)


# Extrapolation


def test_extrapolations_carry_a_warning() -> None:
    _, sizes, _, found = told(made_up(rate=1.0))
    table = extrapolation_table(found, sizes)
    assert table["n_qubits"].tolist() == [20, 50, 100]
    assert all(note.startswith("WARNING: extrapolated to") for note in table["note"])
    assert (table["ci_low"] < table["shots_needed"]).all()
    assert table["law"].tolist() == ["exponential"] * 3
    assert table["ci_low"][0] < math.exp(20) < table["ci_high"][0]


def test_an_interval_over_many_factors_of_ten_has_no_number() -> None:
    _, sizes, _, found = told(made_up(rate=1.0))
    table = extrapolation_table(found, sizes, undecided=["l"]).set_index("n_qubits")
    assert table["law"].tolist() == ["undecided: both laws"] * 3
    assert math.isnan(table.loc[100, "shots_needed"])
    assert table.loc[100, "note"].startswith("not known: the interval spans ")
    assert table.loc[100, "ci_low"] < 1e10
    assert table.loc[100, "ci_high"] > math.exp(100)


def test_fewer_than_one_shot_is_none() -> None:
    _, sizes, _, found = told(made_up(power=-3.0, first=1.0))
    table = extrapolation_table(found, sizes)
    assert (table[["shots_needed", "ci_low", "ci_high"]] == 1).all(axis=None)


def test_no_extrapolation_says_why() -> None:
    _, sizes, _, found = told(made_up(sizes=(4,), rate=1.0))
    note = extrapolation_table(found, sizes)["note"][0]
    assert note == "no extrapolation: 1 size from n = 4 on, and one needs 4"
    still = made_up(rate=1.0, signal=lambda n: 0.0 if n == 5 else 1.0)
    _, sizes, _, found = told(still)
    assert extrapolation_table(found, sizes)["note"][0].endswith("at some size the gradient is 0 at every draw")


# Laws and bodyness


def test_exact_points_have_a_law() -> None:
    """Draws that do not scatter at all, or by rounding only, have laws of equal weights."""
    for scatter in (0.0, 1e-15):
        draws = made_up(power=2.0)
        draws["signal"] = draws["n_qubits"] ** -2.0 * (1 + scatter * np.arange(len(draws)) / len(draws))
        law = told(draws)[2].set_index("quantity").loc["shots_needed"]
        assert law["preferred"] == "polynomial"
        assert law["poly_power"] == pytest.approx(2)


def test_bodyness_shares_are_means_over_draws() -> None:
    found = settings(losses={"mmd": {"kind": "mmd", "bandwidth": "n/4"}})
    chunk = sized(4, losses=found["losses"]).chunk(30, np.random.default_rng(2))
    table = bodyness_table(found, chunk.spectra.assign(n_qubits=4))
    assert table["share"].sum() == pytest.approx(1)
    assert table["kernel_weight"].sum() == pytest.approx(1)
    assert (table["ci_low"] <= table["share"]).all()
    assert (table["share"] <= table["ci_high"]).all()


def test_claims_about_models_can_say_no(tmp_path: Path) -> None:
    rows = [
        told(draws)[2].assign(model=name)
        for name, draws in {"steep": made_up(rate=1.0), "flat": made_up(power=3.0)}.items()
    ]
    pd.concat(rows).to_csv(tmp_path / "model_laws.csv", index=False)
    claim: dict[str, Any] = {"claim": "c", "kind": "scaling", "check": "model_law", "tolerance": 0.05}
    claim |= {"settings": {"model": "steep", "loss": "l", "quantity": "shots_needed"}, "control": {"model": "flat"}}
    claim |= {"evidence": ["model_laws.csv"]}
    tables = Tables(tmp_path)
    found, control = judge_claim(claim | {"expected": "exponential"}, tables)
    assert (found.verdict, control.verdict) == ("reproduced", "contradicted")
    found, control = judge_claim(claim | {"expected": "polynomial"}, tables)
    assert (found.verdict, control.verdict) == ("contradicted", "reproduced")
