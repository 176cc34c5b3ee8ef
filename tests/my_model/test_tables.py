"""Tables and verdicts of a user's model, from made-up draws that obey a law."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bornscape.claims.comparison import Tables
from bornscape.claims.register import judge_claim
from bornscape.my_model.precision import NOT_ASKED
from bornscape.my_model.tables import bodyness_table, extrapolation_table, law_table, size_table
from bornscape.my_model.verdicts import judge_loss, verdict_table
from support.small_model import settings, sized

# Tables and verdicts, from made-up draws that obey a law

DRAWS = 2000
"""So many that sizes to n = 12 leave no decay that matters."""


def made_up(rates: dict[str, float], frozen: float = 0.0, power: bool = False, mass: float = 1.0) -> Any:
    """Draws of each loss whose variance falls as exp(-rate n), or n^-rate; with the gradient and A following it."""
    rng = np.random.default_rng(1)
    rows = []
    for n in (4, 5, 6, 7, 8, 10, 12):
        for label, rate in rates.items():
            scale = n ** (-rate / 2) if power else math.exp(-rate * n / 2)
            # Of variance 1 exactly, so that only the fit's own judgement is tested.
            values, moved = (stats.zscore(rng.normal(size=DRAWS), ddof=1) for _ in range(2))
            frame = pd.DataFrame({"value": scale * values, "gradient": scale * moved})
            share = math.exp(-mass * n) if mass < 1 else 1.0
            frame["mass"] = share * np.exp(0.1 * rng.normal(size=DRAWS)) if mass < 1 else 1.0
            frame["frozen"] = (rng.random(DRAWS) < frozen).astype(float)
            rows.append(frame.assign(loss=label, n_qubits=n, draw=np.arange(DRAWS), noise=1e-3, first=1.0, second=0.0))
    return pd.concat(rows, ignore_index=True)


def verdicts(draws: pd.DataFrame, **losses: Any) -> tuple[Any, pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    found = settings(losses=losses or {"l": {"kind": "mmd", "bandwidth": 1}}, sizes=[4, 5, 6, 7, 8, 10, 12])
    sizes = size_table(found, draws, dict.fromkeys(found["sizes"], NOT_ASKED))
    laws = law_table(found, sizes)
    return verdict_table(found, sizes, laws).set_index("loss"), sizes, laws, found


def test_exponential_and_polynomial_variances_are_told_apart() -> None:
    kind = {"kind": "mmd", "bandwidth": 1}
    assert verdicts(made_up({"l": 1.0}), l=kind)[0].loc["l", "verdict"] == "no"
    found = verdicts(made_up({"l": 3.0}, power=True), l=kind)[0].loc["l"]
    assert found["verdict"] == "yes"
    assert "polynomially" in found["reason"]


def test_frozen_estimates_decide_whatever_the_variance() -> None:
    found = verdicts(made_up({"l": 3.0}, frozen=0.97, power=True), l={"kind": "kld"})[0].loc["l"]
    assert found["verdict"] == "no"
    assert "estimates from 1000 shots equal the fixed point at 9" in found["reason"]
    assert "by n = 12" in found["reason"]
    # The control: the same variances with live estimates are not refused for that.
    live = verdicts(made_up({"l": 3.0}, power=True), l={"kind": "kld"})[0].loc["l"]
    assert live["verdict"] == "yes"


def test_explicit_losses_need_shots_that_hit_the_data() -> None:
    found = verdicts(made_up({"l": 3.0}, power=True, mass=0.7), l={"kind": "kld"})[0].loc["l"]
    assert (found["verdict"], "chance that a shot hits the data falls exponentially" in found["reason"]) == ("no", True)
    other = verdicts(made_up({"l": 3.0}, power=True, mass=0.7), l={"kind": "lqf"})[0].loc["l"]
    assert other["verdict"] == "yes"


def test_a_flat_loss_and_few_sizes() -> None:
    draws = made_up({"l": 1.0})
    flat = draws.assign(value=2.0)
    assert verdicts(flat)[0].loc["l"].tolist()[1:3] == [
        "no",
        "the loss is the same at every draw: no parameter changes it",
    ]
    few = draws[draws["n_qubits"] <= 6]
    found = settings(losses={"l": {"kind": "mmd", "bandwidth": 1}}, sizes=[4, 5, 6])
    sizes = size_table(found, few, dict.fromkeys([4, 5, 6], NOT_ASKED))
    verdict = judge_loss(found, "l", sizes, law_table(found, sizes))
    assert verdict.verdict == "inconclusive"
    assert "measured at 3 sizes" in verdict.reason
    assert extrapolation_table(found, sizes)["shots_needed"].isna().all()


def test_shots_below_the_noise_are_warned_of() -> None:
    found, sizes, _, _ = verdicts(made_up({"l": 3.0}, power=True).assign(noise=10.0))
    assert "with 1000 shots a gradient component is" in found.loc["l", "warning"]
    last = sizes[sizes["n_qubits"] == 12].iloc[0]
    # A = 1, B = 0 and E[g^2] = 12^-3.
    assert last["shots_ci_low"] < 12**3 < last["shots_ci_high"]
    assert verdicts(made_up({"l": 3.0}, power=True).assign(noise=1e-9))[0].loc["l", "warning"] == ""


def test_extrapolations_carry_a_warning() -> None:
    _, sizes, _, found = verdicts(made_up({"l": 1.0}))
    table = extrapolation_table(found, sizes)
    assert table["n_qubits"].tolist() == [20, 50, 100]
    assert all(note.startswith("WARNING: extrapolated to") for note in table["note"])
    assert (table["ci_low"] < table["shots_needed"]).all()
    assert table["law"].tolist() == ["exponential"] * 3
    assert table["ci_low"][0] < math.exp(20) < table["ci_high"][0]


def test_bodyness_shares_are_means_over_draws() -> None:
    found = settings(losses={"mmd": {"kind": "mmd", "bandwidth": "n/4"}})
    chunk = sized(4, losses=found["losses"]).chunk(30, np.random.default_rng(2))
    table = bodyness_table(found, chunk.spectra.assign(n_qubits=4))
    assert table["share"].sum() == pytest.approx(1)
    assert table["kernel_weight"].sum() == pytest.approx(1)
    assert (table["ci_low"] <= table["share"]).all()
    assert (table["share"] <= table["ci_high"]).all()


def test_claims_about_models_can_say_no(tmp_path: Path) -> None:
    rows = []
    for name, power in (("steep", False), ("flat", True)):
        laws = verdicts(made_up({"mmd": 3.0 if power else 1.0}, power=power), mmd={"kind": "mmd", "bandwidth": 1})[2]
        rows.append(laws.assign(model=name))
    pd.concat(rows).to_csv(tmp_path / "model_laws.csv", index=False)
    claim: dict[str, Any] = {"claim": "c", "kind": "scaling", "check": "model_law", "tolerance": 0.05}
    claim |= {"settings": {"model": "steep", "loss": "mmd", "quantity": "variance"}, "control": {"model": "flat"}}
    claim |= {"evidence": ["model_laws.csv"]}
    tables = Tables(tmp_path)
    found, control = judge_claim(claim | {"expected": "exponential"}, tables)
    assert (found.verdict, control.verdict) == ("reproduced", "contradicted")
    found, control = judge_claim(claim | {"expected": "polynomial"}, tables)
    assert (found.verdict, control.verdict) == ("contradicted", "reproduced")
