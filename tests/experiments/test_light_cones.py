"""The experiment on light cones: chunks, its table, and Theorem 2 as its limit."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape import theory
from bornscape.datasets import synthetic_target
from bornscape.experiments import light_cones
from bornscape.variance.shallow_terms import CIRCUITS, random_parameters

SETTINGS: dict[str, Any] = {
    "kind": "light_cones",
    "circuits": ["entanglers", "line_haar", "line", "quadrant"],
    "depths": [1, "log2(n)", "n"],
    "datasets": ["zero", "o_n"],
    "state_vectors": False,
    "bandwidths": {"n/4": "n/4"},
    "largest_state": 4,
    "draws": 12,
    "checked": 5,
    "samples": 4,
    "light_cones": 20,
}


# Measuring


def measured(seed: int, sizes: tuple[int, ...] = (2, 4, 7)) -> pd.DataFrame:
    parts = []
    for n in sizes:
        targets = {name: synthetic_target(name, n, np.random.default_rng(n)) for name in SETTINGS["datasets"]}
        parts.append(
            light_cones.measure(n, SETTINGS, targets, np.random.default_rng(seed)).assign(n_qubits=n, chunk=seed)
        )
    return pd.concat(parts, ignore_index=True)


def test_measuring_is_reproducible_and_chunks_add_up() -> None:
    first, second = measured(0), measured(1)
    pd.testing.assert_frame_equal(first, measured(0))
    one = light_cones.table(first, SETTINGS)
    both = light_cones.table(pd.concat([first, second], ignore_index=True), SETTINGS)
    other = light_cones.table(second, SETTINGS)
    assert list(both.columns) == light_cones.COLUMNS
    assert both["draws"].tolist() == (2 * one["draws"]).tolist()
    np.testing.assert_allclose(both["bound"], (one["bound"] + other["bound"]) / 2)
    errors = np.sqrt(one["bound_error"] ** 2 + other["bound_error"] ** 2) / 2
    np.testing.assert_allclose(both["bound_error"], errors)


def test_table_of_measurements() -> None:
    table = light_cones.table(measured(0), SETTINGS)
    state, beyond = table[table["n_qubits"] <= 4], table[table["n_qubits"] == 7]
    assert state["variance"].notna().all()
    assert beyond["variance"].isna().all()
    assert set(state.loc[state["bound"].isna(), "circuit"]) == {"quadrant"}
    assert set(beyond["circuit"]) == {"entanglers", "line_haar", "line"}
    assert state["z_error"].max() < 1e-12
    assert state["z_error_mirrored"].min() > 1e-3
    known = table[table["bound"].notna()]
    # Jensen's inequality holds for the sample means themselves, and light cones only make the bound smaller.
    assert (known["bound"] <= known["linear_expected"] * (1 + 1e-12)).all()
    assert (known["linear_expected"] < known["bound_without_cones"]).all()
    assert set(known.loc[known["n_qubits"] == 7, "largest_subset"]) == {2}
    parts = table[table["draws"] > 0]
    np.testing.assert_allclose(
        parts["variance"], parts["self_variance"] + parts["linear_variance"] - 2 * parts["covariance"], rtol=1e-9
    )


def test_no_layers_of_gates_at_zero_angles_is_theorem_2() -> None:
    """With light cones of one qubit each, the linear term is 4 C_s: Theorem 2 less its B_s."""
    n, strings = 5, np.array([[0, 0, 1, 0, 1], [1, 1, 1, 0, 0]])
    pairs = np.arange(2**n)
    sizes = np.bitwise_count(pairs).astype(int)
    parities = [np.mean((-1.0) ** (strings @ ((a >> np.arange(n - 1, -1, -1)) & 1))) for a in pairs]
    for kind, single_qubit in (("haar", "haar"), ("euler", "ry")):
        logs = theory.log_second_moments(sizes, 0 * sizes, kind)  # type: ignore[arg-type]
        linear = theory.light_cone_bound(theory.linear_coefficients(n, 1.3, sizes, parities), logs)
        whole = theory.product_mmd_variance(n, 1.3, strings, single_qubit=single_qubit)  # type: ignore[arg-type]
        # A uniform target has no C_s: the rest is B_s.
        everything = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
        rest = theory.product_mmd_variance(n, 1.3, everything, single_qubit=single_qubit)  # type: ignore[arg-type]
        assert linear == pytest.approx(whole - rest, rel=1e-10)


@pytest.mark.parametrize("name", list(CIRCUITS))
def test_random_parameters(name: str) -> None:
    kind, n, layers = CIRCUITS[name], 400, 2
    theta = random_parameters(kind, n, layers, np.random.default_rng(0))
    first, rest = theta[: 3 * n].reshape(n, 3), theta[3 * n :].reshape(layers, 4 * n - 1)
    assert theta.min() >= 0
    assert theta.max() <= (np.pi / 2 if name == "quadrant" else 2 * np.pi)
    assert (rest[:, n - 1 :] == 0).all() == (kind.family == "entanglers")
    # E[z^2] of 400 qubits is 1/3 or 1/2 within 5 standard errors (at most 0.36 / 20 each).
    expected = theory.shallow.SECOND_MOMENTS[kind.first_layer][0]
    assert abs(np.mean(np.cos(first[:, 1]) ** 2) - expected) < 0.09
