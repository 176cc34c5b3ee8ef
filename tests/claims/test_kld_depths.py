"""Fig. 2's claims at finite depth: on variances made of the closed forms, and on ones that break them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bornscape import theory
from bornscape.claims.comparison import Tables
from bornscape.claims.register import judge_claim
from bornscape.datasets import synthetic_target, write_target
from bornscape.tables.names import DEEP
from support.shipped import BANDWIDTHS, shipped_claims

CLAIMS = {c["claim"]: c for c in shipped_claims() if c["claim"] in ("fig_2_finite_depth", "fig_2_cardinality")}
SIZES, DEPTHS = (4, 6, 8, 10, 12, 14), (2, 4, 6, 8, 10, 12, 14, DEEP)
Change = Callable[[pd.DataFrame], None]


def deep(dataset: str, n: int) -> float:
    target = synthetic_target(dataset, n, np.random.default_rng(n))
    return theory.deep_kld_variance_exact(target.probabilities, 2.0**n)


def row_of(dataset: str, n: int, variance: float) -> dict[str, object]:
    bars = {"variance": variance, "ci_low": 0.85 * variance, "ci_high": 1.18 * variance, "draws": 300}
    return {"dataset": dataset, "n_qubits": n, "loss": "kld", "experiment": "line", "shots": np.nan} | bars


def write_run(folder: Path, change: Change | None = None) -> Tables:
    """Variances 1 + 4/L times their deep limits, and the deep limits of GHZ data beyond state vectors."""
    (folder / "targets").mkdir()
    rows = []
    for n in SIZES:
        for dataset in ("ghz", "o_n", "o_n2", "cardinality"):
            target = synthetic_target(dataset, n, np.random.default_rng(n))
            write_target(target, folder / "targets" / f"{dataset}_n{n}.csv")
            rows += [row_of(dataset, n, (1 + 4 / depth) * deep(dataset, n)) | {"n_layers": depth} for depth in DEPTHS]
    variance = pd.DataFrame(rows)
    if change is not None:
        change(variance)
    variance.to_csv(folder / "variance.csv", index=False)
    limits = [row_of("ghz", n, deep("ghz", n)) | {"states": "haar"} for n in (4, 8, 16, 32, 64, 100)]
    pd.DataFrame(limits).to_csv(folder / "exact_losses.csv", index=False)
    return Tables(folder, BANDWIDTHS)


@pytest.mark.parametrize("claim", CLAIMS)
def test_claims_are_reproduced_and_their_broken_variants_contradicted(claim: str, tmp_path: Path) -> None:
    found, control = judge_claim(CLAIMS[claim], write_run(tmp_path))
    assert (found.verdict, control.verdict) == ("reproduced", "contradicted"), (found.evidence, control.evidence)


def fall_with_depth(rows: pd.DataFrame) -> None:
    """The O(n) strings at 14 layers, exponentially below their limit."""
    chosen = (rows["dataset"] == "o_n") & (rows["n_layers"] == 14)
    rows.loc[chosen, ["variance", "ci_low", "ci_high"]] *= np.exp(-rows.loc[chosen, "n_qubits"] / 4).to_numpy()[:, None]


def fall_as_a_power(rows: pd.DataFrame) -> None:
    """As n^-2, known to 1 %: six sizes tell a power only if they are known that well."""
    chosen = rows["dataset"] == "cardinality"
    powers = rows.loc[chosen, "n_qubits"].to_numpy(dtype=float) ** -2
    rows.loc[chosen, ["variance", "ci_low", "ci_high"]] = np.outer(powers, [1, 0.99, 1.01])


@pytest.mark.parametrize(
    ("claim", "change"), [("fig_2_finite_depth", fall_with_depth), ("fig_2_cardinality", fall_as_a_power)]
)
def test_tables_that_break_a_claim_contradict_it(claim: str, change: Change, tmp_path: Path) -> None:
    assert judge_claim(CLAIMS[claim], write_run(tmp_path, change))[0].verdict == "contradicted"
