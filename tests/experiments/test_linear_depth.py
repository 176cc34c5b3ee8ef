"""Bounds on Var[MMD] from guided paths: against state vectors, and what stands in the table."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bornscape import theory
from bornscape.bitstrings.walsh import subset_sizes, walsh_hadamard
from bornscape.circuits import line_circuit
from bornscape.experiments import linear_depth
from bornscape.simulators.state_vector import layer_probabilities
from bornscape.statistics import combine_batches
from support.reference import Z_LIMIT

SETTINGS = {
    "depths": ["log2(n)", "n"],
    "bandwidths": {"n/4": "n/4"},
    "repetitions": 12,
    "paths": 400,
    "paths_many_wires": 200,
}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    parts = [linear_depth.measure(n, SETTINGS, {}, np.random.default_rng(n)).assign(n_qubits=n) for n in (4, 5)]
    return pd.concat(parts, ignore_index=True)


def test_the_moments_are_those_of_state_vectors(rows: pd.DataFrame) -> None:
    """E[z_A^2] over 1500 circuits of 4 layers on 4 wires, per stratum of |A|, within 5 joint standard errors."""
    n, rng, circuit = 4, np.random.default_rng(1), line_circuit(4, 4)
    squares = []
    for _ in range(1500):
        ((_, q),) = layer_probabilities(circuit, rng.uniform(0, 2 * np.pi, circuit.n_parameters), [4])
        squares.append(walsh_hadamard(q) ** 2)
    sizes, flip = subset_sizes(n), theory.flip_probability(1.0)
    weights = flip**sizes * (1 - flip) ** (n - sizes)
    part = rows[(rows["n_qubits"] == n) & (rows["depth"] == "n")]
    for name, chosen in (("one_wire", sizes == 1), ("two_wires", sizes == 2), ("more_wires", sizes > 2)):
        values = np.array(squares)[:, chosen] @ (weights[chosen] / weights[chosen].sum())
        found = part[name].to_numpy()
        error = np.hypot(values.std() / 1500**0.5, found.std(ddof=1) / len(found) ** 0.5)
        assert abs(found.mean() - values.mean()) < Z_LIMIT * error
        assert error < 0.2 * values.mean()


def test_table(rows: pd.DataFrame) -> None:
    table = linear_depth.table(rows, SETTINGS)
    assert list(table.columns) == linear_depth.COLUMNS
    assert len(table) == 2 * 2 * 6
    assert set(table["repetitions"]) == {12}
    assert table[table["depth"] == "log2(n)"]["n_layers"].tolist() == [2] * 12
    chosen = table[(table["n_qubits"] == 5) & (table["depth"] == "n") & (table["quantity"] == "upper")]
    part = rows[(rows["n_qubits"] == 5) & (rows["depth"] == "n")]
    expected = combine_batches(part["upper"].to_numpy(), 1)
    assert chosen[["value", "ci_low", "ci_high"]].to_numpy()[0] == pytest.approx(
        [expected.variance, expected.ci_low, expected.ci_high]
    )
    wide = table.pivot_table(index=["n_qubits", "depth"], columns="quantity", values="value")
    assert (wide["lower_ghz"] < wide["lower_zero"]).all()
    assert (wide["lower_zero"] < wide["upper"]).all()


def test_subset_sizes_are_binomial_from_three_on() -> None:
    """20,000 sizes of 6 wires at 0.2: each share within 5 standard deviations."""
    found = linear_depth.subset_sizes(6, 0.2, 20_000, np.random.default_rng(0))
    chances = stats.binom.pmf(np.arange(3, 7), 6, 0.2)
    chances /= chances.sum()
    shares = np.bincount(found, minlength=7)[3:] / 20_000
    assert np.bincount(found)[:3].sum() == 0
    assert np.all(np.abs(shares - chances) < Z_LIMIT * np.sqrt(chances * (1 - chances) / 20_000))
