"""Families of IQP circuits by their generators."""

import numpy as np
import pytest

from bornscape.circuits.iqp import GRAPHS, iqp_circuit, iqp_generators
from bornscape.simulators.state_vector import probabilities


def test_graphs_by_hand() -> None:
    assert iqp_generators(4, "line")[4:] == [(0, 1), (1, 2), (2, 3)]
    # Rows 0 1 2 and 3 4.
    assert iqp_generators(5, "lattice")[5:] == [(0, 1), (0, 3), (1, 2), (1, 4), (3, 4)]
    assert iqp_generators(3)[3:] == [(0, 1), (0, 2), (1, 2)]
    assert iqp_generators(3, "product") == [(0,), (1,), (2,)]
    assert iqp_generators(3, {"up_to_weight": 3}) == [*iqp_generators(3), (0, 1, 2)]
    assert iqp_generators(2, {"random": 1}) == iqp_generators(2)
    assert iqp_generators(2, {"random": 0}) == [(0,), (1,)]
    assert all(len(iqp_generators(1, name)) == 1 for name in GRAPHS)


def test_a_random_graph_depends_on_its_seed_and_size_alone() -> None:
    first, again = iqp_generators(40, "random"), iqp_generators(40, {"random": "3/n", "seed": 0})
    assert first == again != iqp_generators(40, {"random": "3/n", "seed": 1})
    pairs = len(iqp_generators(1000, "random")) - 1000
    assert abs(pairs - 1498.5) < 5 * np.sqrt(1498.5)


def test_a_product_of_three_is_turned_about_zzz() -> None:
    circuit = iqp_circuit(3, 1, {"up_to_weight": 3})
    theta = np.zeros(7)
    theta[-1] = 0.6
    q = probabilities(circuit, theta)  # exp(-i 0.3 XXX) |000>
    assert q[[0, 7]] == pytest.approx([np.cos(0.3) ** 2, np.sin(0.3) ** 2])


def test_layers_add_their_angles() -> None:
    theta = np.random.default_rng(0).uniform(0, 6, 10)
    once, twice = (probabilities(iqp_circuit(3, k, "line"), t) for k, t in ((1, theta[:5] + theta[5:]), (2, theta)))
    np.testing.assert_allclose(once, twice, atol=1e-14)


@pytest.mark.parametrize("kind", ["ring", {"up_to_weight": 0.5}, {"random": 2}, {"weight": 2}])
def test_other_generators_are_refused(kind: object) -> None:
    with pytest.raises(ValueError, match="generators: "):
        iqp_generators(3, kind)  # type: ignore[arg-type]
