"""Draws over random parameters: every number against a direct evaluation, the closed forms, and unbiasedness."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product as pairs
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from bornscape import theory
from bornscape.bitstrings.sampling import empirical
from bornscape.circuits import line_circuit
from bornscape.datasets import Target, synthetic_target
from bornscape.losses import explicit
from bornscape.losses.mmd import mmd
from bornscape.simulators.product import draw_marginals, product_samples, recombined_mass, recombined_variance
from bornscape.simulators.state_vector import probabilities
from bornscape.tables.columns import DRAW_COLUMNS
from bornscape.tables.names import DEEP, MASS
from bornscape.variance import LineDraws, line_draws, product_shot_draws, product_variance_draws
from support.reference import Z_LIMIT, all_strings, kernel_matrix, z_score

Float = NDArray[np.float64]

N = 3
EPSILON = 1e-10
BANDWIDTHS = {"1": (1.0,), "average": (0.01, 0.75, 3.0)}
CHUNK = LineDraws(N, (0, 1, 3), True, 3, (2, 7), BANDWIDTHS, EPSILON)
SEED = 2305

DENSE: dict[str, Callable[[Float, Float], float]] = {
    "kld": lambda p, q: explicit.kl_divergence(p, q, EPSILON),
    "reverse_kld": lambda p, q: explicit.reverse_kl_divergence(p, q, EPSILON),
    "jsd": explicit.jensen_shannon_divergence,
    "tvd": explicit.total_variation,
    "classical_fidelity": explicit.classical_fidelity_loss,
    "renyi_2": lambda p, q: explicit.renyi_divergence(p, q, 2.0, EPSILON),
    "renyi_0.5": lambda p, q: explicit.renyi_divergence(p, q, 0.5, EPSILON),
}
THEORY: dict[str, Callable[[Float, Float], float]] = {
    "kld": lambda p, q: theory.fixed_point("kl_divergence", p, q, EPSILON),
    "reverse_kld": lambda p, q: theory.fixed_point("reverse_kl_divergence", p, q, EPSILON),
    "jsd": lambda p, q: theory.fixed_point("jensen_shannon_divergence", p, q, EPSILON),
    "tvd": lambda p, q: theory.fixed_point("total_variation", p, q, EPSILON),
    "classical_fidelity": lambda p, q: theory.fixed_point("classical_fidelity", p, q, EPSILON),
    "renyi_2": lambda p, q: theory.renyi_fixed_point(p, 2.0, EPSILON),
    "renyi_0.5": lambda p, q: theory.renyi_fixed_point(p, 0.5, EPSILON),
}


def targets(n: int = N) -> dict[str, Target]:
    uneven = Target(all_strings(n)[[1, 2, 2**n - 1]], np.array([0.5, 0.3, 0.2]))
    return {"ghz": synthetic_target("ghz", n, np.random.default_rng(0)), "uneven": uneven}


def pick(table: pd.DataFrame, **key: Any) -> pd.DataFrame:
    for name, value in key.items():
        table = table[table[name].isna() if value is None else table[name] == value]
    return table


def kernel_mmd(p: Float, seen: Float, bandwidths: tuple[float, ...], shots: int | None) -> float:
    """The MMD through the kernel matrix; from shots without the pairs of a shot with itself."""
    kernel = kernel_matrix(int(np.log2(len(p))), bandwidths)
    own = seen @ kernel @ seen
    if shots is not None:
        own = (shots * own - 1) / (shots - 1)
    return float(own - 2 * seen @ kernel @ p + p @ kernel @ p)


def expected_rows(q: Float, p: Float, seen: Float, shots: int | None) -> dict[tuple[str, str], float]:
    rows = {(name, ""): loss(p, seen) for name, loss in DENSE.items()}
    return rows | {("mmd", label): kernel_mmd(p, seen, s, shots) for label, s in BANDWIDTHS.items()}


def states_and_estimates(chunk: LineDraws, seed: int) -> list[tuple[int, float, Float, dict[int | None, Float]]]:
    """(draw, layers, q, what each number of shots shows), from the same stream, one circuit a depth."""
    rng = np.random.default_rng(seed)
    deepest = line_circuit(chunk.n_qubits, max(chunk.n_layers, default=0))
    found = []
    for draw in range(chunk.draws):
        theta = rng.uniform(0, 2 * np.pi, deepest.n_parameters) if chunk.n_layers else None
        for layers in (*chunk.n_layers, *([DEEP] if chunk.deep else [])):
            if layers == DEEP:
                weights = rng.exponential(size=2**chunk.n_qubits)
                q = weights / weights.sum()
            else:
                circuit = line_circuit(chunk.n_qubits, int(layers))
                q = probabilities(circuit, theta[: circuit.n_parameters])
            seen: dict[int | None, Float] = {None: q}
            seen |= {shots: empirical(q, shots, rng) for shots in chunk.shots}
            found.append((draw, float(layers), q, seen))
    return found


@pytest.fixture(scope="module")
def draws() -> pd.DataFrame:
    return line_draws(CHUNK, targets(), np.random.default_rng(SEED))


def test_layout(draws: pd.DataFrame) -> None:
    assert list(draws.columns) == DRAW_COLUMNS
    depths, counts, sets = 4, 3, 2
    each = counts * sets * (len(DENSE) + len(BANDWIDTHS)) + sets
    assert len(draws) == CHUNK.draws * depths * each
    keys = draws.drop(columns=["value", "fixed_point"])
    assert not keys.duplicated().any()
    assert set(draws["loss"]) == {*DENSE, "mmd", MASS}
    assert set(draws["n_layers"]) == {0.0, 1.0, 3.0, DEEP}
    assert draws["value"].notna().all()
    assert set(pick(draws, loss="mmd")["bandwidth"]) == set(BANDWIDTHS)
    assert set(draws[draws["loss"] != "mmd"]["bandwidth"]) == {""}
    assert pick(draws, loss=MASS)["shots"].isna().all()


def test_fixed_points_stand_beside_estimates_of_explicit_losses_only(draws: pd.DataFrame) -> None:
    estimated_explicit = draws["shots"].notna() & draws["loss"].isin(list(DENSE))
    assert (draws["fixed_point"].notna() == estimated_explicit).all()


def check_values(table: pd.DataFrame, states: list[tuple[int, float, Float, dict[int | None, Float]]]) -> None:
    for (draw, layers, q, seen), (dataset, target) in pairs(states, targets().items()):
        part = pick(table, draw=draw, n_layers=layers, dataset=dataset)
        p = target.dense()
        for shots, distribution in seen.items():
            rows = pick(part, shots=shots)
            rows = rows[rows["loss"] != MASS].set_index(["loss", "bandwidth"])["value"]
            expected = pd.Series(expected_rows(q, p, distribution, shots))
            assert set(rows.index) == set(expected.index)
            np.testing.assert_allclose(rows[expected.index], expected, rtol=1e-10, atol=1e-12)
        assert pick(part, loss=MASS)["value"].item() == pytest.approx(q[target.indices].sum(), rel=1e-12)


def test_every_value_is_that_of_a_direct_evaluation(draws: pd.DataFrame) -> None:
    check_values(draws, states_and_estimates(CHUNK, SEED))


def test_another_stream_has_other_values(draws: pd.DataFrame) -> None:
    with pytest.raises(AssertionError):
        check_values(draws, states_and_estimates(CHUNK, SEED + 1))


def test_fixed_points_are_those_of_the_theory(draws: pd.DataFrame) -> None:
    for draw, layers, _, seen in states_and_estimates(CHUNK, SEED):
        for shots, (dataset, target) in pairs(CHUNK.shots, targets().items()):
            rows = pick(draws, draw=draw, n_layers=layers, dataset=dataset, shots=shots)
            found = rows[rows["loss"] != "mmd"].set_index("loss")["fixed_point"]
            for loss, fixed_point in THEORY.items():
                expected = fixed_point(target.dense(), seen[shots])
                assert found[loss] == pytest.approx(expected, rel=1e-12, abs=1e-12), loss


def at_fixed_point(table: pd.DataFrame) -> pd.Series:
    rows = table[table["fixed_point"].notna()]
    equal = np.isclose(rows["value"], rows["fixed_point"], rtol=1e-12, atol=1e-12)
    return pd.Series(equal, index=rows.set_index(["draw", "loss"]).index)


def test_estimates_freeze_exactly_where_no_shot_hits_the_training_set() -> None:
    chunk = LineDraws(4, (1,), False, 40, (6,), {"1": (1.0,)}, EPSILON)
    ghz = {"ghz": targets(4)["ghz"]}
    frozen = at_fixed_point(line_draws(chunk, ghz, np.random.default_rng(SEED)))
    hits = [seen[6][ghz["ghz"].indices].sum() > 0 for _, _, _, seen in states_and_estimates(chunk, SEED)]
    assert 0 < sum(hits) < 40
    for loss in DENSE:
        np.testing.assert_array_equal(frozen.xs(loss, level="loss").to_numpy(), ~np.array(hits), loss)


def test_depths_of_one_draw_share_their_angles() -> None:
    """The value at a depth does not change when a deeper one is asked for too: the first angles are the same."""
    shallow = replace(CHUNK, n_layers=(1,), deep=False, draws=1, shots=())
    deep = replace(shallow, n_layers=(1, 3))
    tables = [line_draws(chunk, targets(), np.random.default_rng(4)) for chunk in (shallow, deep)]
    first, second = (pick(table, n_layers=1.0)["value"].to_numpy() for table in tables)
    np.testing.assert_array_equal(first, second)
    assert not np.allclose(first, pick(tables[1], n_layers=3.0)["value"])


def test_without_deep_limit_or_without_layers() -> None:
    for chunk, depths in ((replace(CHUNK, deep=False), {0.0, 1.0, 3.0}), (replace(CHUNK, n_layers=()), {DEEP})):
        assert set(line_draws(chunk, targets(), np.random.default_rng(1))["n_layers"]) == depths


def test_single_precision_agrees_to_its_rounding() -> None:
    double, single = (
        line_draws(replace(CHUNK, shots=(), precision=precision), targets(), np.random.default_rng(1))
        for precision in ("double", "single")
    )
    rows = double["loss"] == "mmd"
    difference = np.abs(double[rows]["value"] - single[rows]["value"]).max()
    assert 0 < difference < 1e-5


def test_epsilon_is_used() -> None:
    chunk = replace(CHUNK, draws=1, n_layers=(0,), deep=False)
    coarse = line_draws(replace(chunk, epsilon=1e-2), targets(), np.random.default_rng(SEED))
    fine = line_draws(chunk, targets(), np.random.default_rng(SEED))
    changed = set(fine["loss"][fine["fixed_point"] != coarse["fixed_point"].fillna(-1)][fine["fixed_point"].notna()])
    assert changed == {"kld", "reverse_kld", "renyi_2", "renyi_0.5"}


# Statistics. Every z-test here fails a correct program with probability 6e-7 (``Z_LIMIT``).


def deep_values(n: int, draws: int, seed: int) -> dict[tuple[str, str], Float]:
    chunk = LineDraws(n, (), True, draws, (), BANDWIDTHS)
    table = line_draws(chunk, targets(n), np.random.default_rng(seed))
    groups = pick(table, loss="mmd").groupby(["dataset", "bandwidth"], observed=True)["value"]
    return {key: group.to_numpy() for key, group in groups}


@pytest.mark.parametrize("n", [2, 4])
def test_moments_of_the_deep_limit(n: int) -> None:
    """Mean and variance of 3000 draws against the closed forms: 16 z-tests, false alarm 1e-5 together."""
    for (dataset, label), values in deep_values(n, 3000, 7 + n).items():
        p = targets(n)[dataset].dense()
        mean = theory.deep_mmd_mean(n, BANDWIDTHS[label], p)
        variance = theory.deep_mmd_variance(n, BANDWIDTHS[label], p)
        assert abs(z_score(values, mean)) < Z_LIMIT
        assert abs(z_score((values - mean) ** 2, variance)) < Z_LIMIT


def test_moments_of_the_deep_limit_are_not_those_of_product_circuits() -> None:
    values = deep_values(4, 3000, 11)["ghz", "1"]
    target = targets(4)["ghz"]
    mean = theory.product_mmd_mean(4, 1.0, target.bitstrings, single_qubit="ry")
    variance = theory.product_mmd_variance(4, 1.0, target.bitstrings, single_qubit="ry")
    assert abs(z_score(values, mean)) > Z_LIMIT
    assert abs(z_score((values - mean) ** 2, variance)) > Z_LIMIT


def test_no_layers_have_the_moments_of_uniform_euler_angles() -> None:
    """Mean and variance of 2000 draws against the R_y closed form: 2 z-tests, false alarm 1e-6 together."""
    chunk = LineDraws(N, (0,), False, 2000, (), {"1": (1.0,)})
    target = targets()["uneven"]
    table = line_draws(chunk, {"uneven": target}, np.random.default_rng(12))
    values = pick(table, loss="mmd")["value"].to_numpy()
    given = (N, 1.0, target.bitstrings, target.probabilities)
    mean = theory.product_mmd_mean(*given, single_qubit="ry")
    variance, haar = (theory.product_mmd_variance(*given, single_qubit=kind) for kind in ("ry", "haar"))
    assert abs(z_score(values, mean)) < Z_LIMIT
    assert abs(z_score((values - mean) ** 2, variance)) < Z_LIMIT
    assert abs(z_score((values - mean) ** 2, haar)) > Z_LIMIT


def errors_of_estimates(shots: int, loss: str) -> Float:
    chunk = LineDraws(N, (0, 2), True, 1500, (shots,), {"1": (1.0,)})
    table = line_draws(chunk, {"uneven": targets()["uneven"]}, np.random.default_rng(13))
    rows = pick(table, loss=loss)
    values = rows.pivot_table(index=["draw", "n_layers"], columns=rows["shots"].fillna(0), values="value")
    # The depths of a draw share their angles: one number a draw.
    return (values[shots] - values[0]).groupby("draw").mean().to_numpy()


@pytest.mark.parametrize("shots", [2, 10])
def test_mmd_estimates_are_unbiased(shots: int) -> None:
    """Estimate minus exact value, over 1500 draws: false alarm 6e-7 each."""
    assert abs(z_score(errors_of_estimates(shots, "mmd"), 0.0)) < Z_LIMIT


def test_the_tvd_s_estimate_is_biased() -> None:
    assert abs(z_score(errors_of_estimates(10, "tvd"), 0.0)) > Z_LIMIT


# Product circuits


PRODUCT_BANDWIDTHS = {"1": (1.0,), "n/4": (0.75,)}


def test_product_variance_rows_are_the_recombined_ones() -> None:
    table = product_variance_draws(N, 6, "haar", PRODUCT_BANDWIDTHS, targets(), np.random.default_rng(3))
    marginals = draw_marginals(6, N, "haar", np.random.default_rng(3))
    assert list(table.columns) == DRAW_COLUMNS
    assert len(table) == 2 * (len(PRODUCT_BANDWIDTHS) + 1)
    assert table["shots"].isna().all()
    assert table["fixed_point"].isna().all()
    assert set(table["n_layers"]) == {0.0}
    for dataset, target in targets().items():
        for label, (s,) in PRODUCT_BANDWIDTHS.items():
            expected = recombined_variance(marginals, s, target.bitstrings, target.probabilities)
            assert pick(table, loss="mmd", dataset=dataset, bandwidth=label)["value"].item() == expected
        expected = recombined_mass(marginals, target.bitstrings)
        assert pick(table, loss=MASS, dataset=dataset)["value"].item() == expected


@pytest.mark.parametrize("ensemble", ["haar", "ry"])
def test_product_variance_has_the_mean_of_the_closed_form(ensemble: Any) -> None:
    """Means of 400 batches against Theorem 2 and E[q(P)] = M 2^-n: 6 z-tests, false alarm 4e-6 together."""
    rng = np.random.default_rng(5)
    batches = [product_variance_draws(N, 20, ensemble, PRODUCT_BANDWIDTHS, targets(), rng) for _ in range(400)]
    table = pd.concat(batches)
    other = "ry" if ensemble == "haar" else "haar"
    for dataset, target in targets().items():
        for label, (s,) in PRODUCT_BANDWIDTHS.items():
            values = pick(table, loss="mmd", dataset=dataset, bandwidth=label)["value"]
            expected, wrong = (
                theory.product_mmd_variance(N, s, target.bitstrings, target.probabilities, single_qubit=kind)
                for kind in (ensemble, other)
            )
            assert abs(z_score(values, expected)) < Z_LIMIT
            assert abs(z_score(values, wrong)) > Z_LIMIT
        masses = pick(table, loss=MASS, dataset=dataset)["value"]
        assert abs(z_score(masses, len(target.bitstrings) / 2**N)) < Z_LIMIT


def product_q(z: Float) -> Float:
    signs = 1.0 - 2.0 * all_strings(len(z))
    return np.prod((1 + signs * z) / 2, axis=1)


def test_product_shot_rows_are_those_of_the_dense_path() -> None:
    shots, count = (2, 9), 4
    table = product_shot_draws(N, count, shots, "haar", BANDWIDTHS, targets(), EPSILON, np.random.default_rng(6))
    rng = np.random.default_rng(6)
    marginals = draw_marginals(count, N, "haar", rng)
    places = 2 ** np.arange(N)[::-1]
    assert list(table.columns) == DRAW_COLUMNS
    assert len(table) == count * (2 * 2 * (len(DENSE) + len(BANDWIDTHS)) + 2 * len(BANDWIDTHS) + 2)
    for draw, z in enumerate(marginals):
        for number in shots:
            indices = product_samples(z, number, rng) @ places
            seen = np.bincount(indices, minlength=2**N) / number
            for dataset, target in targets().items():
                rows = pick(table, draw=draw, shots=number, dataset=dataset).set_index(["loss", "bandwidth"])
                expected = pd.Series(expected_rows(seen, target.dense(), seen, number))
                np.testing.assert_allclose(rows["value"][expected.index], expected, rtol=1e-10, atol=1e-12)
                for loss, fixed_point in THEORY.items():
                    frozen = fixed_point(target.dense(), seen)
                    assert rows["fixed_point"][loss, ""] == pytest.approx(frozen, rel=1e-12, abs=1e-12)
                assert rows["fixed_point"]["mmd"].isna().all()
        for dataset, target in targets().items():
            mass = pick(table, draw=draw, loss=MASS, dataset=dataset)["value"].item()
            assert mass == pytest.approx(product_q(z)[target.indices].sum(), rel=1e-12)
            exact = pick(table, draw=draw, loss="mmd", dataset=dataset)
            exact = exact[exact["shots"].isna()].set_index("bandwidth")["value"]
            for label, kernels in BANDWIDTHS.items():
                dense = np.mean([mmd(product_q(z), target.dense(), s) for s in kernels])
                assert exact[label] == pytest.approx(dense, rel=1e-9, abs=1e-12)


def test_product_shots_beyond_state_vectors() -> None:
    """At 100 qubits no shot hits |0...0>: the chance is 2^-100 a shot."""
    zero = {"zero": synthetic_target("zero", 100, np.random.default_rng(0))}
    table = product_shot_draws(100, 4, (50,), "haar", {"n/4": (25.0,)}, zero, EPSILON, np.random.default_rng(6))
    assert at_fixed_point(table).all()
    assert (pick(table, loss=MASS)["value"] < 1e-12).all()
    kld = pick(table, loss="kld")["value"].to_numpy()
    np.testing.assert_allclose(kld, -np.log(EPSILON), rtol=1e-12)
