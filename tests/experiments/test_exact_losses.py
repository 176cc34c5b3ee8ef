"""Prop. 1 and Cor. 1: cumulants of the exact KLD, states at any n, and the judges of the claims about them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bornscape import theory
from bornscape.artifacts import write_table
from bornscape.claims.comparison import Tables
from bornscape.claims.judges import judge
from bornscape.claims.measurements.exact_losses import exact_kld_variance, exact_loss_law
from bornscape.datasets import Target, synthetic_target, write_target
from bornscape.experiments import exact_losses
from bornscape.simulators.haar import support_probabilities
from bornscape.simulators.product import draw_marginals, log_string_probabilities, string_probabilities
from bornscape.tables.columns import VARIANCE_COLUMNS
from support.shipped import BANDWIDTHS

ZERO, GHZ = np.zeros((1, 3)), np.repeat([[0], [1]], 3, axis=1)


# Closed forms


@pytest.mark.parametrize("single_qubit", ["haar", "ry"])
def test_second_cumulants_are_the_variances(single_qubit: Any) -> None:
    rng = np.random.default_rng(1)
    strings, p = rng.integers(0, 2, (5, 7)), rng.dirichlet(np.ones(5))
    found = theory.product_kld_cumulant(2, strings, p, single_qubit)
    assert found == pytest.approx(theory.product_kld_variance(strings, p, single_qubit), rel=1e-12)
    p = rng.dirichlet(np.ones(8))
    assert theory.deep_kld_cumulant(2, p) == pytest.approx(theory.deep_kld_variance_exact(p), rel=1e-12)
    assert theory.deep_kld_cumulant(2, p, 64) == pytest.approx(theory.deep_kld_variance_exact(p, 64), rel=1e-12)


def test_cumulants_by_hand() -> None:
    """-log u of a uniform u is exponential: cumulants (r - 1)!; a certain outcome (N = 1) has none."""
    for order, value in ((2, 1), (3, 2), (4, 6)):
        assert theory.product_kld_cumulant(order, ZERO) == pytest.approx(3 * value)
        assert theory.deep_kld_cumulant(order, np.ones(1)) == pytest.approx(0, abs=1e-12)
    # N = 2, p = (1, 0): q_0 is uniform.
    assert theory.deep_kld_cumulant(4, np.ones(1), 2) == pytest.approx(6)
    for bad in (lambda: theory.product_kld_cumulant(1, ZERO), lambda: theory.deep_kld_cumulant(1, np.ones(1))):
        with pytest.raises(ValueError, match="order must be at least 2"):
            bad()
    with pytest.raises(ValueError, match="outcomes: expected at least 2"):
        theory.deep_kld_variance_exact(np.full(2, 0.5), 1)


@pytest.mark.parametrize("single_qubit", ["haar", "ry"])
def test_fourth_cumulants_against_monte_carlo(single_qubit: Any) -> None:
    """400,000 draws, third and fourth cumulants within 5 standard errors (by blocks of draws)."""
    rng = np.random.default_rng(2)
    p = np.array([0.3, 0.7])
    drawn = -log_string_probabilities(draw_marginals(400_000, 3, single_qubit, rng), GHZ) @ p
    blocks = drawn.reshape(40, -1)
    for order in (3, 4):
        seen = [stats.kstat(block, order) for block in blocks]
        expected = theory.product_kld_cumulant(order, GHZ, p, single_qubit)
        assert abs(np.mean(seen) - expected) < 5 * np.std(seen, ddof=1) / np.sqrt(40)


def test_clipping_is_seen_where_it_matters() -> None:
    """GHZ data, R_y: at 4 qubits q is never as small as 1e-14, at 14 the clip takes off several standard errors."""
    p = np.array([0.5, 0.5])
    shifts = {}
    for n in (4, 14):
        strings = np.array([[0] * n, [1] * n])
        variance, fourth = (theory.product_kld_cumulant(order, strings, p, "ry") for order in (2, 4))
        error = np.sqrt(fourth / 300 + 2 * variance**2 / 299)
        shifts[n] = theory.product_kld_clip_shift(strings, p, 1e-14, "ry") / error
    assert abs(shifts[4]) < 0.01
    assert shifts[14] < -1


# States


def test_log_probabilities_of_many_states_are_those_of_each() -> None:
    rng = np.random.default_rng(4)
    marginals, strings = draw_marginals(5, 6, "haar", rng), rng.integers(0, 2, (7, 6))
    expected = [string_probabilities(z, strings) for z in marginals]
    assert np.exp(log_string_probabilities(marginals, strings)) == pytest.approx(np.array(expected), rel=1e-12)


def test_a_marginal_that_rounds_to_one_leaves_losses_finite(monkeypatch: pytest.MonkeyPatch) -> None:
    """cos(1e-9) is 1: its other bit would have the logarithm of 0, and 0 times infinity is no number."""
    certain = np.array([[1.0, -1.0, 0.5]])
    monkeypatch.setattr(exact_losses, "draw_marginals", lambda *_: certain)
    target = Target(np.array([[0, 1, 0], [1, 1, 0]], dtype=np.uint8), np.array([0.5, 0.5]))
    (found,) = exact_losses._blocks("product_ry", target, 1, np.random.default_rng(0))
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found[0], [0.75, 0.0], atol=1e-15)
    with np.errstate(all="ignore"):
        assert not np.isfinite(log_string_probabilities(certain, target.bitstrings)).all()


def test_support_probabilities_have_the_moments_of_a_haar_random_state() -> None:
    """E[q] = 1/N, E[q^2] = 2/(N (N + 1)), E[q q'] = 1/(N (N + 1)); 5 standard errors of 40,000 draws."""
    q = support_probabilities(3, 2, 40_000, np.random.default_rng(5))
    assert q.shape == (40_000, 2)
    for values, mean in ((q[:, 0], 1 / 8), (q[:, 1] ** 2, 2 / 72), (q[:, 0] * q[:, 1], 1 / 72)):
        assert abs(values.mean() - mean) < 5 * values.std() / 200
    full = support_probabilities(2, 4, 10, np.random.default_rng(6))
    assert full.sum(axis=1) == pytest.approx(1)
    assert (support_probabilities(100, 3, 10, np.random.default_rng(7)) > 0).all()
    for strings in (0, 5):
        with pytest.raises(ValueError, match=r"strings: expected 1 to 2\^2"):
            support_probabilities(2, strings, 1, np.random.default_rng(8))


# The experiment and its claims

SETTINGS = {
    "draws": 4000,
    "states": {"product_haar": ["kld"], "product_ry": ["kld"], "haar": ["kld", "classical_fidelity"]},
}
SIZES = (2, 4, 6, 8, 12, 16, 24, 40, 64, 100)


def targets_of(n: int) -> dict[str, Target]:
    return {name: synthetic_target(name, n, np.random.default_rng(0)) for name in ("zero", "ghz", "o_n")}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("run")
    (folder / "targets").mkdir()
    parts = []
    for n in SIZES:
        for name, target in targets_of(n).items():
            write_target(target, folder / "targets" / f"{name}_n{n}.csv")
        rows = exact_losses.measure(n, SETTINGS, targets_of(n), np.random.default_rng(100 + n))
        parts.append(rows.assign(n_qubits=n, chunk=0))
    table = exact_losses.table(pd.concat(parts), SETTINGS)
    assert list(table.columns) == exact_losses.COLUMNS
    assert len(table) == len(SIZES) * 3 * 4
    write_table(table, folder / "exact_losses.csv")
    return Tables(folder, BANDWIDTHS)


CASES = [
    ("product_haar", "product_haar", "reproduced"),
    ("product_haar", "product_ry", "contradicted"),
    ("product_ry", "product_ry", "reproduced"),
    ("haar", "haar", "reproduced"),
    ("haar", "haar_as_printed", "contradicted"),
]


@pytest.mark.parametrize(("states", "form", "verdict"), CASES)
def test_variances_beside_closed_forms(run: Tables, states: str, form: str, verdict: str) -> None:
    found = exact_kld_variance(run, {"table": "exact_losses", "states": states, "closed_form": form})
    assert len(found) == len(SIZES) * 3
    assert judge("monte_carlo", found, "", 0.01).verdict == verdict


def test_the_line_studys_depths_are_told_apart(tmp_path: Path) -> None:
    """For GHZ at n = 3, no layers are the R_y ensemble, infinitely many a Haar-random state."""
    (tmp_path / "targets").mkdir()
    target = synthetic_target("ghz", 3, np.random.default_rng(0))
    write_target(target, tmp_path / "targets" / "ghz_n3.csv")
    values = {0: 3 * np.pi**2 / 3 - np.pi**2 / 2 * 1.5, np.inf: theory.deep_kld_variance_exact(target.dense())}
    row = {"experiment": "line", "ansatz": "line", "loss": "kld", "dataset": "ghz", "n_qubits": 3, "draws": 10**6}
    rows = [row | {"n_layers": depth, "variance": v, "ci_low": v, "ci_high": v} for depth, v in values.items()]
    noise = [row | {"n_layers": 0, "shots": 10, "variance": 99.0}, row | {"n_layers": 2, "variance": 99.0}]
    write_table(pd.DataFrame(rows + noise, columns=VARIANCE_COLUMNS), tmp_path / "variance.csv")
    for depth, form in ((0, "product_ry"), (np.inf, "haar")):
        settings = {"table": "variance", "experiment": "line", "n_layers": depth, "closed_form": form}
        (found,) = exact_kld_variance(Tables(tmp_path, BANDWIDTHS), settings)
        # The mean of a skew estimate is not its median, by O(1 / sqrt(draws)).
        assert found.deviation == pytest.approx(0, abs=0.01)
        assert found.expected == pytest.approx(values[depth])


@pytest.mark.parametrize(
    ("states", "loss", "verdict"),
    [
        ("product_haar", "kld", "reproduced"),
        ("haar", "kld", "reproduced"),
        ("haar", "classical_fidelity", "contradicted"),
    ],
)
def test_laws_of_exact_losses(run: Tables, states: str, loss: str, verdict: str) -> None:
    settings = {"table": "exact_losses", "states": states, "loss": loss, "datasets": ["zero", "ghz", "o_n"]}
    assert judge("scaling", exact_loss_law(run, settings), "polynomial", 0.05).verdict == verdict


def test_empty_tables_are_no_evidence(tmp_path: Path) -> None:
    write_table(pd.DataFrame(columns=exact_losses.COLUMNS), tmp_path / "exact_losses.csv")
    write_table(pd.DataFrame(columns=VARIANCE_COLUMNS), tmp_path / "variance.csv")
    tables = Tables(tmp_path, BANDWIDTHS)
    line = {"table": "variance", "experiment": "line", "n_layers": 0, "closed_form": "haar"}
    assert exact_kld_variance(tables, line) == []
    assert exact_kld_variance(tables, {"table": "exact_losses", "states": "haar", "closed_form": "haar"}) == []
    assert exact_loss_law(tables, {"table": "exact_losses", "states": "haar", "loss": "kld", "datasets": ["ghz"]}) == []
