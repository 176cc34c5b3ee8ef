"""An equivalent circuit in which every angle is used once."""

import numpy as np

from bornscape.circuits import Circuit, Gate, adjoint, separate_uses
from bornscape.circuits.ansatze import FAMILIES
from bornscape.simulators.state_vector import statevector
from bornscape.simulators.words.state_vector import StateVectorEngine

SHARED = Circuit(3, 2, (Gate("Rot", (0,), (0, 1, 0)), Gate("CNOT", (0, 1)), Gate("Rot", (2,), (1, 1, 0), inverse=True)))


def test_every_angle_is_used_once_and_the_state_stays() -> None:
    for circuit in (SHARED, FAMILIES["line"](3, 2), FAMILIES["hamming_weight"](4, 2), adjoint(FAMILIES["real"](3, 1))):
        theta = np.random.default_rng(1).uniform(0, 2 * np.pi, circuit.n_parameters)
        separate = separate_uses(circuit)
        uses = [angle for gate in separate.gates for angle in gate.angles]
        assert uses == list(range(separate.n_angles))
        np.testing.assert_allclose(statevector(separate, theta), statevector(circuit, theta), atol=1e-14)


def test_the_words_of_one_wire_by_hand() -> None:
    circuit = separate_uses(Circuit(2, 1, (Gate("RY", (0,), (0,)), Gate("RY", (1,), (0,)))))
    state = StateVectorEngine(circuit).at(circuit.angles([0.7]))
    words, rng = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], dtype=np.uint8), np.random.default_rng(0)
    np.testing.assert_allclose(state.means(words, rng), [1, np.cos(0.7), np.cos(0.7), np.cos(0.7) ** 2], atol=1e-15)
    slope = state.gradient(words, np.array([5.0, 2.0, 0.0, 1.0]), rng)
    product = -np.sin(0.7) * np.cos(0.7)
    np.testing.assert_allclose(slope, [-2 * np.sin(0.7) + product, product], atol=1e-14)
