"""Proposition 2, Fig. 4 and the cost of a sign: against brute force, closed forms, PennyLane's noise and sampling."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pennylane as qml
import pytest
import yaml

from bornscape import theory
from bornscape.circuits import line_circuit
from bornscape.circuits.depolarising import noisy_circuit
from bornscape.claims.comparison import Tables
from bornscape.claims.register import judge_claim
from bornscape.experiments.concentration import deep_draw, noisy_draw, product_draw
from bornscape.experiments.concentration import measure as measure_concentration
from bornscape.experiments.concentration import table as concentration_table
from bornscape.experiments.kld_estimates import COLUMNS as KLD_COLUMNS
from bornscape.experiments.kld_estimates import measure as measure_kld
from bornscape.experiments.kld_estimates import table as kld_table
from bornscape.experiments.shots_needed import table as shots_table
from bornscape.losses.explicit import DEFINITIONS
from bornscape.losses.mmd import mmd_of_samples_and_target
from bornscape.losses.shots_needed import (
    LOSSES,
    Moments,
    _estimates,
    explicit_shots,
    explicit_successes,
    lqf_moments,
    mmd_moments,
    neighbours,
    normal_shots,
)
from bornscape.losses.supports import SparseTarget
from bornscape.simulators.product import product_mmd, product_samples, string_probabilities
from bornscape.simulators.state_vector import probabilities
from bornscape.theory.kld_estimates import product_kld_estimate_mean
from reference import all_strings

ROOT = Path(__file__).parents[1]
CLAIMS = {c["claim"]: c for c in yaml.safe_load((ROOT / "config/claims.yaml").read_text(encoding="utf-8"))["claims"]}

# Noise


def noisy_reference(n: int, layers: int, theta: np.ndarray, noise: float) -> np.ndarray:
    """Depolarising channels after every layer, on PennyLane's density matrices."""
    circuit = line_circuit(n, layers)

    @qml.qnode(qml.device("default.mixed", wires=n))
    def node() -> Any:
        for k, gate in enumerate(circuit.gates):
            getattr(qml, gate.name)(*[theta[i] for i in gate.angles], wires=gate.wires)
            if k + 1 in circuit.layer_ends[1:]:
                for wire in range(n):
                    qml.DepolarizingChannel(noise, wires=wire)
        return qml.probs(wires=range(n))

    return np.asarray(node())


@pytest.mark.parametrize(("n", "layers"), [(1, 2), (2, 2), (3, 1)])
def test_the_mean_of_trajectories_is_the_noisy_distribution(n: int, layers: int) -> None:
    """5 standard errors."""
    rng = np.random.default_rng(3)
    circuit = line_circuit(n, layers)
    theta = rng.uniform(0, 2 * np.pi, circuit.n_parameters)
    found = np.array([probabilities(noisy_circuit(circuit, 0.3, rng), theta) for _ in range(1500)])
    expected = noisy_reference(n, layers, theta, 0.3)
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert np.all(np.abs(found.mean(axis=0) - expected) <= 5 * error + 1e-12)
    assert np.abs(expected - probabilities(circuit, theta)).max() > 0.02


def test_pairs_of_trajectories_are_unbiased_for_the_noisy_squares() -> None:
    circuit, noise, gaps = line_circuit(2, 1), 0.3, []
    for seed in range(150):
        # The draw takes its angles first.
        theta = np.random.default_rng(seed).uniform(0, 2 * np.pi, circuit.n_parameters)
        _, squares = noisy_draw(circuit, noise, 6, np.random.default_rng(seed))
        gaps.append(squares - np.sum((noisy_reference(2, 1, theta, noise) - 0.25) ** 2))
    assert abs(np.mean(gaps)) < 5 * np.std(gaps, ddof=1) / np.sqrt(len(gaps))


@pytest.mark.parametrize("noise", [-0.1, 0.8])
def test_an_impossible_noise_is_an_error(noise: float) -> None:
    with pytest.raises(ValueError, match="noise: expected a chance between 0 and 3/4"):
        noisy_circuit(line_circuit(2, 1), noise, np.random.default_rng(0))


# Proposition 2


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_product_draw_by_brute_force(n: int) -> None:
    at_zero, squares = product_draw(n, np.random.default_rng(7))
    z = np.random.default_rng(7).uniform(-1, 1, (1, n))[0]
    q = string_probabilities(z, all_strings(n))
    assert at_zero == pytest.approx(q[0])
    assert squares == pytest.approx(np.sum((q - 2.0**-n) ** 2))


def test_the_variances_of_product_and_deep_circuits_are_their_closed_forms() -> None:
    """5 standard errors."""
    rng, n = np.random.default_rng(2), 4
    size = 2**n
    for draw, expected in (
        (product_draw, 3.0**-n - 4.0**-n),
        (deep_draw, (size - 1) / (size**2 * (size + 1))),
    ):
        values = np.array([draw(n, rng)[1] for _ in range(4000)]) / size
        assert abs(values.mean() - expected) < 5 * values.std(ddof=1) / np.sqrt(len(values))


SETTINGS = {"draws": 60, "depths": {"shallow": "log2(n)", "linear": "n"}, "largest_state": 9, "largest_noisy": 8}
SETTINGS |= {"noise": 0.05, "trajectories": 4}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """A small run of all three experiments, and made-up shots that obey the claims."""
    folder = tmp_path_factory.mktemp("run")
    rng = np.random.default_rng(11)
    parts = [measure_concentration(n, SETTINGS, {}, rng).assign(n_qubits=n) for n in (4, 5, 6, 7, 8, 9, 16, 24)]
    concentration_table(pd.concat(parts), SETTINGS).to_csv(folder / "proposition_2.csv", index=False)
    kld = {"draws": 800, "measurements": [10**k for k in range(7)], "epsilon": 1e-14}
    parts = [measure_kld(n, kld, {}, rng).assign(n_qubits=n) for n in (4, 5, 6, 7, 8, 9, 10, 30)]
    kld_table(pd.concat(parts), kld).to_csv(folder / "fig_4.csv", index=False)
    rows = []
    for n in (4, 6, 8, 12, 16, 20, 24):
        for dataset in ("zero", "ghz"):
            for loss in (*LOSSES, "mmd_1", "mmd_n4", "lqf"):
                typical = 30.0 * n if loss in ("mmd_n4", "lqf") else np.exp(1.2 * n)
                draws = typical * np.exp(rng.normal(0, 0.2, 200))
                rows += [(n, dataset, loss, shots) for shots in draws]
    made = pd.DataFrame(rows, columns=["n_qubits", "dataset", "loss", "shots"])
    shots_table(made, {}).to_csv(folder / "shots_needed.csv", index=False)
    return Tables(folder)


RESULTS = ("proposition_2", "fig_4", "shots_needed")


@pytest.mark.parametrize("claim", [name for name, c in CLAIMS.items() if c["result"] in RESULTS])
def test_every_claim_is_reproduced_and_its_broken_variant_contradicted(claim: str, run: Tables) -> None:
    found, control = judge_claim(CLAIMS[claim], run)
    assert (found.verdict, control.verdict) == ("reproduced", "contradicted"), (found.evidence, control.evidence)


def test_empty_tables_are_no_evidence(tmp_path: Path, run: Tables) -> None:
    for name in RESULTS:
        run.read(name)[:0].to_csv(tmp_path / f"{name}.csv", index=False)
    for claim in CLAIMS.values():
        if claim["result"] in RESULTS:
            assert judge_claim(claim, Tables(tmp_path))[0].verdict == "not_run"


# Fig. 4


def test_the_estimate_s_mean_by_brute_force() -> None:
    """One qubit, two shots: q is uniform, hits binomial."""
    q = (np.arange(200_000) + 0.5) / 200_000
    values = [np.log(1e6), np.log(2), 0.0]
    expected = np.mean((1 - q) ** 2 * values[0] + 2 * q * (1 - q) * values[1] + q**2 * values[2])
    assert product_kld_estimate_mean(1, 2, 1e-6) == pytest.approx(expected, rel=1e-6)


def test_the_table_of_fig_4() -> None:
    settings = {"draws": 50, "measurements": [1, 100], "epsilon": 1e-14}
    table = kld_table(measure_kld(25, settings, {}, np.random.default_rng(0)).assign(n_qubits=25), settings)
    assert list(table.columns) == KLD_COLUMNS
    assert table["fraction"].tolist() == [1, 1]
    assert table["mean"].to_numpy() == pytest.approx(np.log(1e14))
    assert table["variance"].tolist() == [0, 0]
    assert theory.product_hit_probability(25, 100) < 1e-4


# What a sign costs


@pytest.mark.parametrize("loss", LOSSES)
def test_vectorised_estimates_are_the_losses_of_their_names(loss: str) -> None:
    rng = np.random.default_rng(1)
    p, seen = np.array([0.6, 0.4]), rng.dirichlet(np.ones(3), 5)[:, :2]
    seen[0] = 0
    sparse = SparseTarget(np.arange(2), p)
    expected = [sparse.losses_inside(row, 0.0, 1e-14)[loss] for row in seen]
    np.testing.assert_allclose(_estimates(seen, p, 1e-14)[loss], expected)
    assert loss in DEFINITIONS


def test_neighbours_differ_on_one_wire() -> None:
    first, second = neighbours(6, np.random.default_rng(0))
    moved = first != second
    assert moved.sum() == 1
    assert first[moved] ** 2 + second[moved] ** 2 == pytest.approx(1)


def test_successes_against_the_binomial() -> None:
    """One string: the sign is right if the likelier side is hit more often. 5 standard errors."""
    sides = (np.array([0.3]), np.array([0.1]))
    found = explicit_successes(sides, np.array([1.0]), 2, 20_000, 1e-14, np.random.default_rng(0))
    # 1 against 0, and 2 against 0 or 1.
    chance = 2 * 0.3 * 0.7 * 0.9**2 + 0.3**2 * (0.9**2 + 2 * 0.1 * 0.9)
    for loss in LOSSES:
        assert abs(found[loss] / 20_000 - chance) < 5 * np.sqrt(chance * (1 - chance) / 20_000)


def test_more_alike_neighbours_cost_more_and_equal_ones_are_never_resolved() -> None:
    p, rng = np.array([1.0]), np.random.default_rng(0)
    near, far, same = (
        explicit_shots((np.array([0.2]), np.array([q])), p, 20, 200, 1e-14, rng)["tvd"] for q in (0.19, 0.05, 0.2)
    )
    assert far < 256 < near
    assert np.isinf(same)


BITS = np.array([[0, 0, 0, 0], [1, 1, 1, 1]])


@pytest.mark.parametrize("bandwidths", [(1.0,), (0.3, 2.0)])
def test_moments_of_the_mmd_against_sampling(bandwidths: tuple[float, ...]) -> None:
    """Mean to 5 standard errors, variance to 5 of its own (normal kurtosis doubled)."""
    z, p, shots = np.array([0.3, -0.8, 0.5, 0.9]), np.array([0.7, 0.3]), 40
    moments = mmd_moments(z, BITS, p, bandwidths)
    exact = np.mean([product_mmd(z[None, :], s, BITS, p)[0] for s in bandwidths])
    assert moments.mean == pytest.approx(exact, abs=1e-12)
    rng = np.random.default_rng(4)
    values = np.array(
        [mmd_of_samples_and_target(product_samples(z, shots, rng), BITS, p, bandwidths) for _ in range(3000)]
    )
    variance = moments.first / shots + moments.second / (shots * (shots - 1))
    assert abs(values.mean() - moments.mean) < 5 * np.sqrt(variance / len(values))
    assert abs(values.var(ddof=1) / variance - 1) < 5 * np.sqrt(2 * 2 / len(values))


def test_moments_of_the_lqf_by_hand() -> None:
    moments = lqf_moments(np.array([1.0, 0.0]), np.array([0, 1]))
    # The first wire is never found flipped, the second half of the time.
    assert moments == pytest.approx((0.25, 0.25 / 4, 0.0))


def test_normal_shots_solve_for_the_confidence() -> None:
    plus, minus = Moments(0.5, 2.0, 30.0), Moments(0.4, 1.0, 10.0)
    shots = normal_shots(plus, minus)
    variance = 3.0 / shots + 40.0 / shots**2
    assert 0.1 / np.sqrt(variance) == pytest.approx(1.6449, rel=1e-4)
    assert np.isinf(normal_shots(plus, plus))
    assert normal_shots(Moments(0.9, 1e-9, 0), Moments(0.1, 1e-9, 0)) == 2


def test_the_median_of_the_table_counts_unresolved_pairs_as_infinite() -> None:
    shots = [1.0] * 20 + [8.0] * 41 + [np.inf] * 39
    rows = pd.DataFrame({"n_qubits": 4, "dataset": "zero", "loss": "kld", "shots": shots})
    (row,) = shots_table(rows, {}).itertuples()
    assert (row.pairs, row.resolved, row.median, row.ci_low, row.ci_high) == (100, 61, 8, 8, 8)
    assert np.isinf(row.quartile_high)
