"""Fig. 7's half with 512 shots: its claims on a small run, and on runs whose shots are not the stated ones."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bornscape.claims.comparison import Tables
from bornscape.claims.register import judge_claim
from bornscape.datasets import synthetic_target, write_target
from bornscape.statistics import variance_interval
from bornscape.tables.names import DEEP
from bornscape.variance.draws import StateEvaluation
from support.shipped import BANDWIDTHS, shipped_claims

CLAIMS = {c["claim"]: c for c in shipped_claims() if c["claim"] in ("fig_7_shots", "fig_7_shot_floor")}
DRAWS = 200


def write_run(folder: Path, shots: int) -> Tables:
    """Haar-random states at n = 4, 8 and 10, whose column says 512 shots whatever they are."""
    (folder / "targets").mkdir()
    rng, rows = np.random.default_rng(9), []
    for n in (4, 8, 10):
        targets = {name: synthetic_target(name, n, rng) for name in ("ghz", "cardinality")}
        for name, target in targets.items():
            write_target(target, folder / "targets" / f"{name}_n{n}.csv")
        evaluation = StateEvaluation(targets, {"n/4": (n / 4,)}, (shots,), 1e-14)
        values = np.array([evaluation.evaluate(rng.dirichlet(np.ones(2**n)), rng)[0] for _ in range(DRAWS)])
        for place, (loss, dataset, bandwidth, count) in enumerate(evaluation.rows):
            found = variance_interval(values[:, place])
            lead = {"experiment": "line", "loss": loss, "dataset": dataset, "bandwidth": bandwidth, "n_qubits": n}
            lead |= {"n_layers": DEEP, "shots": 512 if count == shots else np.nan, "draws": DRAWS}
            rows.append(lead | {"variance": found.variance, "ci_low": found.ci_low, "ci_high": found.ci_high})
    pd.DataFrame(rows).to_csv(folder / "variance.csv", index=False)
    return Tables(folder, BANDWIDTHS)


def test_claims_are_reproduced_and_their_broken_variants_contradicted(tmp_path: Path) -> None:
    tables = write_run(tmp_path, 512)
    for claim in CLAIMS.values():
        found, control = judge_claim(claim, tables)
        assert (found.verdict, control.verdict) == ("reproduced", "contradicted"), (found.evidence, control.evidence)


@pytest.mark.parametrize(("shots", "claim"), [(256, "fig_7_shots"), (1100, "fig_7_shot_floor")])
def test_shots_of_another_number_are_found_out(shots: int, claim: str, tmp_path: Path) -> None:
    assert judge_claim(CLAIMS[claim], write_run(tmp_path, shots))[0].verdict != "reproduced"
