"""Explicit models against brute force and finite differences; the estimated KLD's gradient law against sampling."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bornscape.artifacts import write_table
from bornscape.bitstrings.sampling import to_bits
from bornscape.circuits import Circuit, Gate, line_circuit, product_circuit
from bornscape.claims.comparison import Tables
from bornscape.claims.judges import judge
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.classical_models import AutoregressiveModel, ExplicitModel, MatrixProductModel, fit
from bornscape.datasets import synthetic_target
from bornscape.experiments import explicit_models as experiment
from bornscape.figures import explicit_models as drawing
from bornscape.losses.supports import SparseTarget
from bornscape.training.estimated_gradients import exact_gradient, sampled_gradient
from bornscape.training.kld_shots import estimated_gradients
from bornscape.training.objectives import objective

FALSE_ALARM = 1e-4
MODELS: list[ExplicitModel] = [AutoregressiveModel(4), MatrixProductModel(4, 3)]
DATA = to_bits([1, 6, 11], 4), np.array([0.2, 0.5, 0.3])


# Models


@given(st.integers(1, 6), st.integers(1, 4), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_probabilities_of_all_strings_sum_to_one(n: int, bond: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    strings = to_bits(np.arange(2**n), n)
    for model in (AutoregressiveModel(n), MatrixProductModel(n, bond)):
        theta = model.start(rng)
        assert theta.shape == (model.n_parameters,)
        assert np.exp(model.log_probabilities(theta, strings)).sum() == pytest.approx(1, rel=1e-9)


def test_autoregressive_by_hand() -> None:
    # Bits (0, 1): log q = log sigma(-b_0) + log sigma(b_1 + w_10 x_0), parameters b_0, w_10, b_1.
    model, theta = AutoregressiveModel(2), np.array([0.3, 2.0, -0.7])
    q = [np.exp(model.log_probabilities(theta, np.array([x]))[0]) for x in ([0, 1], [1, 1])]
    sigma = [1 / (1 + np.exp(-value)) for value in (0.3, -0.7, 1.3)]
    assert q == pytest.approx([(1 - sigma[0]) * sigma[1], sigma[0] * sigma[2]])


def test_matrix_product_state_of_the_ghz_pair() -> None:
    # A_i[0] = diag(1, 0), A_i[1] = diag(0, 1): only equal bits have an amplitude.
    matrices = np.zeros((3, 2, 2, 2))
    matrices[:, 0, 0, 0] = matrices[:, 1, 1, 1] = 1
    found = MatrixProductModel(3, 2).log_probabilities(matrices.ravel(), np.array([[0, 0, 0], [1, 1, 1]]))
    assert np.exp(found) == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("model", MODELS, ids=["autoregressive", "matrix_product"])
def test_gradient_and_noise(model: ExplicitModel) -> None:
    theta = model.start(np.random.default_rng(1))
    strings, p = DATA
    found = model.gradient(theta, strings, p)
    assert found.loss == pytest.approx(-p @ model.log_probabilities(theta, strings))
    steps = 1e-6 * np.eye(model.n_parameters)
    differences = [
        (model.gradient(theta + e, strings, p).loss - model.gradient(theta - e, strings, p).loss) / 2e-6 for e in steps
    ]
    assert found.gradient == pytest.approx(differences, abs=1e-7)
    each = np.array([model.gradient(theta, strings[[k]], np.ones(1)).gradient for k in range(len(p))])
    assert found.noise == pytest.approx(np.sqrt(p @ ((each - found.gradient) ** 2).sum(axis=1)), rel=1e-6)


@pytest.mark.parametrize("model", MODELS, ids=["autoregressive", "matrix_product"])
def test_long_strings_do_not_underflow(model: ExplicitModel) -> None:
    big = type(model)(*((1500,) if isinstance(model, AutoregressiveModel) else (1500, 3)))
    strings = np.zeros((2, 1500), dtype=np.uint8)
    strings[1] = 1
    theta = (
        np.zeros(big.n_parameters) if isinstance(model, AutoregressiveModel) else big.start(np.random.default_rng(0))
    )
    found = big.gradient(theta, strings, np.full(2, 0.5))
    assert np.isfinite(found.loss)
    assert np.isfinite(found.gradient).all()
    if isinstance(model, AutoregressiveModel):
        assert found.loss == pytest.approx(1500 * np.log(2))


@pytest.mark.parametrize("model", MODELS, ids=["autoregressive", "matrix_product"])
def test_training_lowers_the_cross_entropy(model: ExplicitModel) -> None:
    strings, p = DATA
    start = model.start(np.random.default_rng(2))
    run = list(fit(model, start, strings, p, 60, lambda epoch: 0.05))
    losses = [-p @ model.log_probabilities(theta, strings) for _, theta in run]
    assert [epoch for epoch, _ in run] == list(range(61))
    assert np.array_equal(run[0][1], start)
    entropy = -p @ np.log(p)
    assert entropy <= losses[-1] < entropy + (losses[0] - entropy) / 2


# The law of the estimated gradient


def test_law_agrees_with_sampled_gradients() -> None:
    shots, epsilon, repeats = 20, 1e-3, 1500
    circuit = line_circuit(3, 1)
    theta = np.random.default_rng(3).uniform(0, 2 * np.pi, circuit.n_parameters)
    target = synthetic_target("ghz", 3, np.random.default_rng(0))
    sparse = SparseTarget(target.indices, target.probabilities)
    rng = np.random.default_rng(4)
    # The slopes' average has an error of its own, so that both sides are averaged over several passes.
    laws = [estimated_gradients(circuit, theta, [sparse], shots, epsilon, rng)[0] for _ in range(300)]
    law = laws[0]
    goal = objective(circuit, target.dense(), "kld", epsilon=epsilon)
    drawn = np.array([sampled_gradient(goal, theta, shots, rng)[0] for _ in range(repeats)])
    assert np.all(np.delete(drawn, law.angles, axis=1) == 0)
    drawn = drawn[:, law.angles]
    means, variances = np.array([x.mean for x in laws]), np.array([x.variance for x in laws])
    error = np.sqrt(drawn.var(axis=0, ddof=1) / repeats + means.var(axis=0, ddof=1) / len(laws))
    z = (drawn.mean(axis=0) - means.mean(axis=0)) / error
    assert np.abs(z).max() < stats.norm.isf(FALSE_ALARM / 2 / len(z))
    total = drawn.var(axis=0, ddof=1).sum()
    batches = drawn.reshape(30, -1, len(z)).var(axis=1, ddof=1).sum(axis=1)
    spread = np.sqrt(batches.var(ddof=1) / 30 + variances.sum(axis=1).var(ddof=1) / len(laws))
    assert abs(total - variances.sum(axis=1).mean()) < stats.t.isf(FALSE_ALARM / 2, 29) * spread
    # And the one estimate that each pass draws: as often exactly zero, of the same mean and the same length.
    samples = np.array([x.sample for x in laws])
    shares = [np.mean(values == 0, axis=1) for values in (samples, drawn)]
    assert 0.01 < shares[0].mean() < 0.99
    assert stats.ttest_ind(*shares, equal_var=False).pvalue > FALSE_ALARM
    assert stats.ttest_ind(samples.sum(axis=1), drawn.sum(axis=1), equal_var=False).pvalue > FALSE_ALARM
    lengths = [np.linalg.norm(values, axis=1) for values in (samples, drawn)]
    assert stats.ttest_ind(*lengths, equal_var=False).pvalue > FALSE_ALARM


def test_a_hit_is_as_likely_as_the_exact_probabilities_say() -> None:
    # One R_y at angle t, target |1>: the shifted circuits are at t +- pi/2.
    circuit, t, shots = product_circuit(1, "ry"), 0.3, 5
    (law,) = estimated_gradients(
        circuit, np.array([t]), [SparseTarget(np.array([1]), np.ones(1))], shots, 1e-6, np.random.default_rng(0)
    )
    plus, minus = np.sin((t + np.pi / 2) / 2) ** 2, np.sin((t - np.pi / 2) / 2) ** 2
    assert law.hit_chance == pytest.approx(1 - ((1 - plus) * (1 - minus)) ** shots, rel=1e-5)
    assert law.angles.tolist() == [0]
    assert law.sample.shape == (1,)


def test_samples_are_zero_without_a_hit() -> None:
    circuit = line_circuit(4, 1)
    theta = np.zeros(circuit.n_parameters)
    # From |0000> no single shift by pi/2 of this circuit puts mass on 1111.
    sparse = SparseTarget(np.array([15]), np.ones(1))
    (law,) = estimated_gradients(circuit, theta, [sparse], 100, 1e-6, np.random.default_rng(0))
    assert np.all(law.sample == 0)
    assert law.hit_chance.max() < 1e-6
    assert law.signal_to_noise == 0


def test_the_mean_points_along_the_exact_gradient_where_shots_abound() -> None:
    circuit = line_circuit(3, 1)
    theta = np.random.default_rng(5).uniform(0, 2 * np.pi, circuit.n_parameters)
    target = synthetic_target("ghz", 3, np.random.default_rng(0))
    sparse = SparseTarget(target.indices, target.probabilities)
    (law,) = estimated_gradients(circuit, theta, [sparse], 100_000, 1e-6, np.random.default_rng(6))
    exact = exact_gradient(objective(circuit, target.dense(), "kld", epsilon=1e-6), theta)[0][law.angles]
    assert law.mean == pytest.approx(exact, abs=0.05 * np.abs(exact).max())
    assert law.signal_to_noise > 10


def test_shared_angles_are_refused() -> None:
    twice = Circuit(1, 1, (Gate("RY", (0,), (0,)), Gate("RY", (0,), (0,))))
    with pytest.raises(ValueError, match="each of its parameters"):
        estimated_gradients(twice, np.zeros(1), [], 10, 1e-6, np.random.default_rng(0))


# The experiment, its figure and its claims

SETTINGS: dict[str, Any] = {
    "n_layers": 1,
    "trained": [3],
    "repetitions": 2,
    "epochs": 4,
    "pace": 10,
    "matrix_rate": 0.25,
    "record_every": 2,
    "shots": 20,
    "epsilon": 1e-6,
}


def measured(n: int, seed: int = 0) -> pd.DataFrame:
    targets = {name: synthetic_target(name, n, np.random.default_rng(1)) for name in ("ghz", "o_n")}
    rows = experiment.measure(n, SETTINGS, targets, np.random.default_rng(seed))
    return experiment.table(rows.assign(n_qubits=n, chunk=0), SETTINGS)


def test_experiment_rows() -> None:
    table = pd.concat([measured(3), measured(4)])
    assert table.columns.tolist() == experiment.COLUMNS
    assert set(table.loc[table["n_qubits"] == 4, "epoch"]) == {0}
    trained = table[table["n_qubits"] == 3]
    assert trained.groupby(["dataset", "model", "repetition"])["epoch"].apply(list).map([0, 2, 4].__eq__).all()
    starts = trained[(trained["epoch"] == 0) & trained["model"].str.startswith("qcbm")]
    assert (starts.groupby(["dataset", "repetition"])["kld"].nunique() == 1).all()
    assert table["tvd"].between(0, 2).all()
    assert (table["kld"] >= 0).all()
    first = table[table["entries"].notna()]
    assert set(first["model"]) == {"qcbm_sampled"}
    assert (first["nonzero"] <= first["entries"]).all()
    pd.testing.assert_frame_equal(measured(3), measured(3))
    assert not measured(3)["kld"].equals(measured(3, seed=1)["kld"])


def test_figure_shows_every_model() -> None:
    drawn, table = drawing.figure(explicit_models=pd.concat([measured(3), measured(4)]))
    assert set(table["panel"]) == {"kld", "signal_to_noise", "zero_share"}
    assert len(drawn.axes) == 6
    assert set(table["model"]) == set(drawing.MODEL_STYLES)


def made(folder: Path, ratios: dict[str, Any], nonzero: float = 1.0) -> Tables:
    """Signal-to-noise ratios of each model as functions of n; a share of the entries that hits allow."""
    rows = [
        {"n_qubits": n, "dataset": "ghz", "model": model, "repetition": k, "epoch": 0}
        | {"signal_to_noise": ratio(n) * (1 + 0.02 * (k - 1.5))}
        | {"entries": 1000, "nonzero": round(nonzero * 100), "chance": 100.0, "chance_sd": 9.0}
        for model, ratio in ratios.items()
        for n in (4, 6, 8, 10, 12, 14, 16)
        for k in range(4)
    ]
    write_table(pd.DataFrame(rows), folder / "explicit_models.csv")
    return Tables(folder)


def verdict(kind: str, check: str, tables: Tables, expected: str, tolerance: float, **changes: Any) -> str:
    return judge(kind, MEASUREMENTS[check](tables, changes), expected, tolerance).verdict


def test_signal_claim_and_its_control(tmp_path: Path) -> None:
    tables = made(tmp_path, {"qcbm_sampled": lambda n: 2.0**-n, "autoregressive": lambda n: 5.0})
    for model, expected in (("qcbm_sampled", "reproduced"), ("autoregressive", "contradicted")):
        found = verdict("scaling", "model_signal_law", tables, "exponential", 0.05, model=model, datasets=["ghz"])
        assert found == expected


@pytest.mark.parametrize(
    ("share", "factor", "expected"), [(1, 1, "reproduced"), (1, 0.5, "contradicted"), (1.5, 1, "contradicted")]
)
def test_zero_gradient_claim_and_its_control(tmp_path: Path, share: float, factor: float, expected: str) -> None:
    tables = made(tmp_path, {"qcbm_sampled": lambda n: 1.0}, nonzero=share)
    assert verdict("bound", "nonzero_entries", tables, "", 0.01, factor=factor) == expected
