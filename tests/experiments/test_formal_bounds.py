"""The supplement's inequalities and Lemma 1: the shipped claims hold, and fail where the premise does."""

import numpy as np
import pandas as pd
import pytest

from bornscape import theory
from bornscape.claims.comparison import Tables
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.datasets.synthetic import synthetic_target
from bornscape.experiments import formal_bounds
from support.shipped import shipped_claims

SETTINGS = {
    "bandwidths": {"1": 1, "10": 10, "n": "n", "10n": "10*n"},
    "observables": 2,
    "words": 5,
    "draws": 4000,
    "largest_exact": 3,
    "largest_sampled": 3,
}
CLAIMS = [claim for claim in shipped_claims() if claim["evidence"] == ["formal_bounds.csv"]]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("formal")
    parts = []
    for n in (2, 3, 8, 60):
        rng = np.random.default_rng([5, n])
        targets = {name: synthetic_target(name, n, rng) for name in ("zero", "ghz")}
        parts.append(formal_bounds.measure(n, SETTINGS, targets, rng).assign(n_qubits=n, chunk=0))
    found = formal_bounds.table(pd.concat(parts, ignore_index=True), SETTINGS)
    assert list(found.columns) == formal_bounds.COLUMNS
    found.to_csv(folder / "formal_bounds.csv", index=False)
    return Tables(folder)


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim["claim"] for claim in CLAIMS])
def test_claims_hold_and_their_broken_variants_do_not(tables: Tables, claim: dict) -> None:
    settings = {"table": "formal_bounds"} | claim["settings"]
    held, broken = (MEASUREMENTS[claim["check"]](tables, settings | more) for more in ({}, claim["control"]))
    # An error of one millionth is a thousand times the rounding; 4.5: one false alarm in 10^4 of twelve values sampled.
    allowed, seen = {"identity": (1e-12, 0.1), "monte_carlo": (4.5, 20), "bound": (1, 1e8)}[claim["kind"]]
    assert max(c.deviation if claim["kind"] == "bound" else abs(c.deviation) for c in held) <= allowed
    assert max(abs(c.deviation) if claim["kind"] != "bound" else c.deviation for c in broken) >= seen


def test_the_terms_are_theorem_2_and_its_factor_of_two_is_seen(tables: Tables) -> None:
    rows = tables.read("formal_bounds")
    place = (rows["n_qubits"] == 60) & (rows["dataset"] == "zero") & (rows["bandwidth"] == "10n")
    value = rows[place].groupby(["case", "statement"])["value"].first()
    whole = value["haar", "self_lower"] + 4 * value["haar", "cross_upper"]
    assert whole == pytest.approx(theory.product_mmd_variance(60, 600.0, np.zeros((1, 60), dtype=np.uint8)), rel=1e-9)
    ratio = (rows["value"] / rows["formula"])[place & (rows["statement"] == "self_lower")]
    assert ratio.tolist() == pytest.approx([1.0, 0.5, 60.0], rel=0.05)  # haar, half, shared


def test_random_words_are_different_and_not_the_identity() -> None:
    for n, letters, count in ((1, (0, 3), 1), (2, (0, 3), 3), (2, (0, 1, 2, 3), 15)):
        words = formal_bounds._random_words(n, letters, 50, np.random.default_rng(0))
        assert len(np.unique(words, axis=0)) == len(words) == count
        assert words.any(axis=1).all()
        assert set(words.ravel()) <= set(letters)


def test_chunks_add_observables_and_repeat_nothing_exact() -> None:
    rows = [
        formal_bounds.measure(2, SETTINGS, {}, np.random.default_rng(k)).assign(n_qubits=2, chunk=k) for k in (0, 1)
    ]
    found = formal_bounds.table(pd.concat(rows, ignore_index=True), SETTINGS)
    lemma = found["statement"] == "lemma_exact"
    assert sorted(found[lemma & (found["case"] == "haar")]["k"]) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert not found[~found["statement"].str.startswith("lemma")].duplicated().any()
