"""Families of IQP circuits by their generators."""

from dataclasses import replace

import numpy as np
import pytest

from bornscape.circuits import Circuit, Gate, commuting, live_angles, live_uses, separate_uses
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


def _same_form(one: commuting.CommutingForm, other: commuting.CommutingForm) -> None:
    for name in ("generators", "matrix"):
        pair = getattr(one, name), getattr(other, name)
        assert pair[0].shape == pair[1].shape
        for part in ("indptr", "indices", "data"):
            np.testing.assert_array_equal(getattr(pair[0], part), getattr(pair[1], part), strict=True)
    np.testing.assert_array_equal(one.offsets, other.offsets, strict=True)
    np.testing.assert_array_equal(one.fixed, other.fixed, strict=True)
    assert one._images == other._images
    assert one._directions == other._directions
    assert (one._origin, one._wires) == (other._origin, other._wires)


@pytest.mark.parametrize(
    ("n", "layers", "kind"),
    [(1, 1, "complete"), (2, 1, "line"), (3, 2, "complete"), (7, 1, "lattice"), (9, 3, "random"), (4, 1, "product")],
)
def test_the_short_way_to_the_phases_is_the_long_one(
    n: int, layers: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    circuit = separate_uses(iqp_circuit(n, layers, kind))
    turned = (replace(gate, wires=gate.wires[::-1], inverse=k % 3 == 0) for k, gate in enumerate(circuit.gates))
    changed = replace(circuit, gates=tuple(turned), measured=tuple(np.random.default_rng(n).permutation(n).tolist()))
    for each in (circuit, changed):
        assert commuting._is_plain(each)
        short = commuting.commuting_form(each)
        with monkeypatch.context() as only_long:
            only_long.setattr(commuting, "_is_plain", lambda circuit: False)
            _same_form(short, commuting.commuting_form(each))


def test_what_is_not_plain_goes_the_long_way() -> None:
    plain = separate_uses(iqp_circuit(3, 1, "line"))
    others = [
        replace(plain, measured=(0, 1)),
        replace(plain, gates=plain.gates[:-1]),
        replace(plain, gates=plain.gates[1:]),
        replace(plain, gates=(*plain.gates[:3], Gate("CZ", (0, 1)), *plain.gates[3:])),
        replace(plain, gates=(*plain.gates[:2], *plain.gates[1:])),
    ]
    assert not any(commuting._is_plain(each) for each in others)


def test_live_angles_are_those_of_live_uses() -> None:
    # The last RZ moves nothing; wire 2 is hidden and joined to no other.
    gates = (Gate("RY", (0,), (0,)), Gate("RX", (1,), (1,)), Gate("RY", (2,), (2,)), Gate("RZ", (0,), (3,)))
    circuit = Circuit(3, 4, gates, measured=(0, 1))
    assert live_angles(circuit) == set(live_uses(circuit).values()) == {0, 1}
    whole = iqp_circuit(3)
    assert live_angles(whole) == set(live_uses(whole).values()) == set(range(6))


def test_the_complete_graph_of_a_thousand_qubits_is_no_work_for_each_pair_by_itself() -> None:
    form = commuting.commuting_form(separate_uses(iqp_circuit(1000)))
    assert form.generators.shape == (500500, 1000)
    assert form.generators[[1000]].indices.tolist() == [0, 1]
