"""Classical models with explicit probabilities: by hand, against brute force and finite differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bornscape.bitstrings.sampling import to_bits
from bornscape.classical_models import AutoregressiveModel, ExplicitModel, MatrixProductModel, fit

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
