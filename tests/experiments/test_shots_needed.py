"""What a sign costs: small runs of both experiments, and the claims on made-up shots that obey them."""

import itertools
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bornscape.claims.comparison import Tables
from bornscape.claims.register import judge_claim
from bornscape.datasets import synthetic_target
from bornscape.experiments import deep_shots_needed, shots_needed
from bornscape.losses.shots_needed import LOSSES
from support.shipped import BANDWIDTHS, shipped_claims

CLAIMS = {c["claim"]: c for c in shipped_claims() if c["result"] == "shots_needed"}
TARGETS = {name: synthetic_target(name, 4, np.random.default_rng(0)) for name in ("zero", "ghz")}


def test_explicit_losses_are_tried_up_to_their_size_and_number_of_pairs() -> None:
    settings = {"pairs": 9, "explicit_pairs": 8, "explicit_up_to": 4, "largest": 20, "repeats": 20, "epsilon": 1e-14}
    settings |= {"bandwidths": {"mmd_1": 1}}
    rows = shots_needed.measure(4, settings, TARGETS, np.random.default_rng(1))
    counts = rows.groupby(["dataset", "loss"])["pair"].count()
    assert (counts["zero", "kld"], counts["zero", "mmd_1"], counts["zero", "lqf"]) == (8, 9, 9)
    beyond = shots_needed.measure(4, settings | {"explicit_up_to": 3}, TARGETS, np.random.default_rng(1))
    assert set(beyond["loss"]) == {"mmd_1", "lqf"}


def test_deep_circuits_by_their_two_design() -> None:
    """Shots times the squared gap are its noise: the LQF's noise is 1/4n a side, its gap known in the mean square."""
    settings = {"pairs": 400, "bandwidths": {"mmd_n4": "n/4"}}
    rows = deep_shots_needed.measure(4, settings, TARGETS, np.random.default_rng(2))
    assert set(zip(rows["dataset"], rows["loss"], strict=True)) == {
        ("zero", "mmd_n4"),
        ("ghz", "mmd_n4"),
        ("zero", "lqf"),
    }
    # Median of a squared normal gap: 0.455 of the mean, about 2 Var[LQF] (1 - F) with F = 1/2; 25 % for n = 4.
    lqf = rows.loc[rows["loss"] == "lqf", "shots"].median()
    expected = 1.645**2 * 2 / (4 * 4) / (0.455 / (4 * 4 * 17))
    assert lqf == pytest.approx(expected, rel=0.3)


def made_up_shots(rates: Mapping[str, float], largest: int, rng: np.random.Generator) -> pd.DataFrame:
    """The table of shots 30 n e^(r n), r the rate of each loss, to ``largest`` qubits or 10^13 shots."""
    rows = []
    for n in (4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 64, 256, 1000):
        for dataset, (loss, rate) in itertools.product(("zero", "ghz"), rates.items()):
            if n <= largest and rate * n < 30:
                draws = 30 * n * np.exp(rate * n + rng.normal(0, 0.2, 200))
                rows += [(n, dataset, loss, shots) for shots in draws]
    return shots_needed.table(pd.DataFrame(rows, columns=["n_qubits", "dataset", "loss", "shots"]), {})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("run")
    rng = np.random.default_rng(11)
    rates = {"mmd_n4": 0.0, "lqf": 0.0, "mmd_1": 0.014} | dict.fromkeys(LOSSES, 1.2)
    made_up_shots(rates, 1000, rng).to_csv(folder / "shots_needed.csv", index=False)
    made_up_shots({"mmd_n4": 0.7, "lqf": 0.7}, 12, rng).to_csv(folder / "shots_needed_deep.csv", index=False)
    return Tables(folder, BANDWIDTHS)


@pytest.mark.parametrize("claim", list(CLAIMS))
def test_every_claim_is_reproduced_and_its_broken_variant_contradicted(claim: str, run: Tables) -> None:
    found, control = judge_claim(CLAIMS[claim], run)
    assert (found.verdict, control.verdict) == ("reproduced", "contradicted"), (found.evidence, control.evidence)


def test_empty_tables_are_no_evidence(tmp_path: Path, run: Tables) -> None:
    for name in ("shots_needed", "shots_needed_deep"):
        run.read(name)[:0].to_csv(tmp_path / f"{name}.csv", index=False)
    for claim in CLAIMS.values():
        assert judge_claim(claim, Tables(tmp_path, BANDWIDTHS))[0].verdict == "not_run"
