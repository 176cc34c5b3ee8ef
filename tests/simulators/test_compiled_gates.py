"""Compiled loops over whole states against PennyLane-Lightning's gates, gate by gate and for whole circuits."""

from __future__ import annotations

import hashlib
from importlib import import_module
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bornscape.bitstrings.sampling import to_bits
from bornscape.circuits import Circuit, Gate, adjoint, line_circuit
from bornscape.simulators.state_vector import (
    Precision,
    layer_probabilities,
    probability_gradient,
    programs,
    shifted_states,
    states,
    statevector,
)
from bornscape.simulators.state_vector import tangent_columns as columns
from bornscape.simulators.state_vector import vector_jacobian as vjp
from bornscape.simulators.state_vector.programs import TURN_Z, program

TOLERANCE = {"double": 1e-14, "single": 3e-6}


def random_state(n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    psi = rng.normal(size=2**n) + 1j * rng.normal(size=2**n)
    return psi / np.linalg.norm(psi)


@pytest.fixture
def by_lightning(monkeypatch: pytest.MonkeyPatch):
    """Call a function as if no gate had a loop."""

    def call(f, *args, **kwargs):
        with monkeypatch.context() as patch:
            for module in (programs, vjp):
                patch.setattr(module, "program", lambda *arguments: None)
            return f(*args, **kwargs)

    return call


def gates_of_every_span(n: int) -> list[tuple[Gate, ...]]:
    turns = [
        (Gate(name, (wire,), (0,), inverse),) for name in ("RY", "RZ") for wire in range(n) for inverse in (False, True)
    ]
    pairs = list(permutations(range(n), 2))
    flips = [(Gate("RY", (0,), (0,)), Gate("CNOT", pair)) for pair in pairs]
    return turns + flips + [(Gate("CNOT", p), Gate("RY", p[:1], (0,)), Gate("CNOT", p)) for p in pairs]


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("n", [1, 2, 5, 7])
def test_every_loop_on_every_wire_agrees_with_lightning(n: int, precision: Precision, by_lightning) -> None:
    initial = random_state(n, n)
    cotangent = np.random.default_rng(n).normal(size=2**n)
    for gates in gates_of_every_span(n):
        circuit = Circuit(n, 1, gates)
        loops = program(circuit)
        assert loops is not None
        found = statevector(circuit, [0.7], precision, initial)
        expected = by_lightning(statevector, circuit, [0.7], precision, initial)
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE[precision], err_msg=str(gates))
        slope = probability_gradient(circuit, [0.7], cotangent, expected)
        expected_slope = by_lightning(probability_gradient, circuit, [0.7], cotangent, expected)
        np.testing.assert_allclose(slope, expected_slope, rtol=0, atol=1e-14, err_msg=str(gates))


def test_by_hand() -> None:
    """One qubit: RY(a)|0> = (cos a/2, sin a/2); RZ gives it phases; two qubits: CNOT RY CNOT turns 00 into 11."""
    turned = statevector(Circuit(1, 2, (Gate("RY", (0,), (0,)), Gate("RZ", (0,), (1,)))), [0.6, 0.4])
    np.testing.assert_allclose(turned, [np.cos(0.3) * np.exp(-0.2j), np.sin(0.3) * np.exp(0.2j)], atol=1e-15)
    pair = (Gate("CNOT", (0, 1)), Gate("RY", (0,), (0,)), Gate("CNOT", (0, 1)))
    entangled = statevector(Circuit(2, 1, pair), [0.6])
    np.testing.assert_allclose(entangled, [np.cos(0.3), 0, 0, np.sin(0.3)], atol=1e-15)


@st.composite
def circuits(draw) -> Circuit:
    n = draw(st.integers(1, 6))
    gates: list[Gate] = []
    used = 0
    for _ in range(draw(st.integers(1, 25))):
        name = draw(st.sampled_from(["RY", "RZ", "Rot"] + ["CNOT", "entangler"] * (n > 1)))
        wires = tuple(draw(st.permutations(range(n)))[:2])
        inverse = draw(st.booleans())
        if name == "CNOT":
            gates.append(Gate("CNOT", wires))
        elif name == "entangler":
            gates += [Gate("CNOT", wires), Gate("RY", wires[:1], (used,), inverse), Gate("CNOT", wires)]
            used += 1
        else:
            count = 3 if name == "Rot" else 1
            gates.append(Gate(name, wires[:1], tuple(range(used, used + count)), inverse))
            used += count
    gates.append(Gate("RY", (0,), (used,)))
    return Circuit(n, used + 1, tuple(gates))


def rounded_alike(x: np.ndarray, span: int, flips: int, cosine: np.float32, sine: np.float32) -> np.ndarray:
    """A real rotation of outcomes without the bit ``span`` and those that differ in ``flips``: c p - s q, c q + s p.

    Of single precision: s times the other is rounded, and c times its own only with the sum.
    """
    outcomes = np.arange(x.size)
    signs = np.where(outcomes & span, sine, -sine).astype(np.float32)
    return (np.float64(cosine) * x + np.float64(signs * x[outcomes ^ flips])).astype(np.float32)


@pytest.mark.parametrize("rising", [False, True])
@pytest.mark.parametrize("n", [2, 5, 9, 13])
def test_states_do_not_depend_on_what_shares_a_pass(n: int, rising: bool) -> None:
    """Nor, so, on the width of the processor's vectors, which decides it: shots of a training would move."""
    turns = [Gate("RY", (wire,), (wire,)) for wire in range(n)]
    order = range(n - 2, -1, -1) if rising else range(n - 1)
    pairs = [(Gate("CNOT", (k, k + 1)), Gate("RY", (k,), (n + k,)), Gate("CNOT", (k, k + 1))) for k in order]
    circuit = Circuit(n, 2 * n - 1, (*turns, *(gate for pair in pairs for gate in pair)))
    loops = program(circuit)
    assert loops is not None
    theta = np.random.default_rng(n).uniform(0, 2 * np.pi, circuit.n_angles)
    x = np.zeros(2**n, dtype=np.float32)
    x[0] = 1
    for (high, low), (cosine, sine) in zip(loops.masks.tolist(), loops.turns(theta).astype(np.float32), strict=True):
        x = rounded_alike(x, high, high | low, cosine, sine)
    found = statevector(circuit, theta, "single")
    np.testing.assert_array_equal(found.real, x)
    np.testing.assert_array_equal(found.imag, 0)


@settings(max_examples=60, deadline=None)
@given(circuits(), st.integers(0, 2**31))
def test_random_circuits_agree_with_lightning(circuit: Circuit, seed: int) -> None:
    rng = np.random.default_rng(seed)
    theta, cotangent = rng.uniform(-7, 7, circuit.n_parameters), rng.normal(size=2**circuit.n_qubits)
    initial = random_state(circuit.n_qubits, seed)
    loops = program(circuit)
    assert loops is not None
    assert len(loops.kinds) <= sum(3 if g.name == "Rot" else 1 for g in circuit.gates)
    found = (
        statevector(circuit, theta, initial=initial),
        probability_gradient(circuit, theta, cotangent, statevector(circuit, theta, initial=initial)),
        {use.angle: use.sign * use.tangent for use in shifted_states(circuit, theta, initial=initial)},
    )
    psi = statevector_by_lightning(circuit, theta, initial)
    np.testing.assert_allclose(found[0], psi, rtol=0, atol=1e-13)
    by_register = shifted_states(circuit, theta, initial=initial, register_wires=1)
    tangents = {use.angle: use.sign * use.tangent for use in by_register}
    assert tangents.keys() == found[2].keys()
    for angle, tangent in tangents.items():
        np.testing.assert_allclose(found[2][angle], tangent, rtol=0, atol=1e-13)
    slopes = vjp._lightning_pass(circuit, circuit.angles(theta), cotangent, psi)
    np.testing.assert_allclose(found[1], slopes, rtol=0, atol=1e-13)


def statevector_by_lightning(circuit: Circuit, theta: np.ndarray, initial: np.ndarray) -> np.ndarray:
    state = states.start_state(circuit.n_qubits, "double", initial)
    states.apply(state, states.steps_of(circuit, 0), circuit.angles(theta).tolist())
    return states.read_state(state, circuit.n_qubits, "double")


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("n", [11, 12, 13, 14])
@pytest.mark.parametrize("kind", ["line", "inverse", "shuffled"])
def test_states_of_several_tiles_agree_with_lightning(n: int, precision: Precision, kind: str, by_lightning) -> None:
    """Gates below and above a tile's size: in the order of a line and of its inverse, and flips and pairs anyhow."""
    rng = np.random.default_rng(n)
    circuit = line_circuit(n, 2)
    if kind == "inverse":
        circuit = adjoint(circuit)
    if kind == "shuffled":
        pairs = [tuple(int(wire) for wire in rng.choice(n, 2, replace=False)) for _ in range(60)]
        gates = [
            (Gate("CNOT", pair), Gate("RY", pair[:1], (k,)), Gate("CNOT", pair))[: 3 - 2 * (k % 3 == 0)]
            for k, pair in enumerate(pairs)
        ]
        circuit = Circuit(n, 60, tuple(gate for group in gates for gate in group))
    theta = rng.uniform(-4, 4, circuit.n_parameters)
    initial = random_state(n, n)
    found = statevector(circuit, theta, precision, initial)
    expected = by_lightning(statevector, circuit, theta, precision, initial)
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE[precision])


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("n", [3, 5, 8, 11])
def test_tangents_of_inverse_circuits_agree_with_lightning(n: int, precision: Precision, by_lightning) -> None:
    circuit = adjoint(line_circuit(n, 2))
    theta = np.random.default_rng(n).uniform(-4, 4, circuit.n_parameters)
    initial = random_state(n, n)
    tangents = {use.angle: use.tangent for use in shifted_states(circuit, theta, precision, initial)}
    others = by_lightning(lambda: list(shifted_states(circuit, theta, precision, initial)))
    assert sorted(tangents) == sorted(use.angle for use in others)
    for use in others:
        np.testing.assert_allclose(tangents[use.angle], use.tangent, rtol=0, atol=TOLERANCE[precision])


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("n", range(3, 12))
def test_passes_of_several_gates_agree_with_lightning(n: int, precision: Precision, by_lightning) -> None:
    """Every way in which the wires of a line divide into passes, on states and on columns of tangent states."""
    circuit = line_circuit(n, 2)
    theta = np.random.default_rng(n).uniform(-4, 4, circuit.n_parameters)
    initial = random_state(n, n)
    found = statevector(circuit, theta, precision, initial)
    expected = by_lightning(statevector, circuit, theta, precision, initial)
    np.testing.assert_allclose(found, expected, rtol=0, atol=TOLERANCE[precision])
    tangents = {use.angle: use.tangent for use in shifted_states(circuit, theta, precision, initial)}
    others = by_lightning(lambda: list(shifted_states(circuit, theta, precision, initial)))
    assert sorted(tangents) == sorted(use.angle for use in others)
    for use in others:
        np.testing.assert_allclose(tangents[use.angle], use.tangent, rtol=0, atol=TOLERANCE[precision])


@pytest.mark.parametrize(
    ("n", "uses", "itemsize", "expected"),
    [
        (4, 60, 4, 64),
        (10, 120, 4, 32),
        (11, 90, 4, 16),
        (11, 90, 8, 8),
        (12, 48, 4, 8),
        (12, 576, 4, 32),
        (12, 576, 8, 16),
        (13, 52, 4, 1),
        (14, 784, 4, 32),
        (15, 900, 4, 1),
    ],
)
def test_columns_of_a_block(n: int, uses: int, itemsize: int, expected: int) -> None:
    """As many as fit the cache; where many uses share a block, as many as fill two vectors."""
    assert columns._columns(n, uses, itemsize) == expected


def test_large_states_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = line_circuit(6, 2)
    theta = np.random.default_rng(6).uniform(-4, 4, circuit.n_parameters)
    together = {use.angle: use.tangent for use in shifted_states(circuit, theta)}
    monkeypatch.setattr(columns, "_LARGEST", 5)
    for use in shifted_states(circuit, theta):
        np.testing.assert_allclose(use.tangent, together[use.angle], rtol=0, atol=1e-14)


@pytest.mark.parametrize("circuit", [line_circuit(9, 3), adjoint(line_circuit(9, 3)), line_circuit(12, 2)])
def test_line_circuits_agree_with_lightning(circuit: Circuit, by_lightning) -> None:
    theta = np.random.default_rng(4).uniform(0, 2 * np.pi, circuit.n_parameters)
    n = circuit.n_qubits
    np.testing.assert_allclose(statevector(circuit, theta), by_lightning(statevector, circuit, theta), atol=1e-14)
    for q, other in zip(
        dict(layer_probabilities(circuit, theta, [1, 2])).values() if circuit.layer_ends else [],
        by_lightning(lambda: dict(layer_probabilities(circuit, theta, [1, 2]))).values() if circuit.layer_ends else [],
        strict=True,
    ):
        np.testing.assert_allclose(q, other, rtol=0, atol=1e-15)
    cotangent = to_bits(np.arange(2**n), n).sum(axis=1).astype(float)
    found = probability_gradient(circuit, theta, cotangent)
    np.testing.assert_allclose(found, by_lightning(probability_gradient, circuit, theta, cotangent), atol=1e-13)
    assert np.abs(found).max() > 1e-3


def test_turns_about_z_of_a_layer_are_neighbours() -> None:
    """In the line circuit each layer is: entanglers, turns about Z, about Y, about Z; three kinds of blocks a layer."""
    loops = program(line_circuit(5, 3))
    assert loops is not None
    blocks = np.flatnonzero(np.diff(loops.kinds == TURN_Z)).size + 1
    assert blocks == 3 + 3 * 4


def test_turns_are_cosines_and_sines_of_half_the_angles() -> None:
    """Also where the tangent of a quarter has no bound, far from 0, and for columns of angles."""
    circuit, rng = line_circuit(4, 3), np.random.default_rng(6)
    loops = program(circuit)
    assert loops is not None
    special = np.pi * np.array([0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, -1.0, -2.0, 2e6])
    drawn = rng.choice([1.0, 1e3], circuit.n_angles - special.size) * rng.uniform(
        -7, 7, circuit.n_angles - special.size
    )
    angles = np.concatenate([special, drawn])
    found = loops.turns(np.stack([angles, angles[::-1]], axis=1))
    np.testing.assert_array_equal(found[..., 0], loops.turns(angles))
    halves = loops.signs * angles[loops.angles] / 2
    np.testing.assert_allclose(found[..., 0], np.stack([np.cos(halves), np.sin(halves)], axis=1), rtol=0, atol=7e-16)
    np.testing.assert_allclose((found**2).sum(axis=1), 1, rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    ("name", "sources"),
    [
        ("compiled_gates", ["compiled_passes"]),
        ("compiled_batches", ["compiled_gates", "compiled_passes"]),
        ("compiled_circuits", ["compiled_gates", "compiled_passes"]),
        ("compiled_adjoint", ["compiled_gates"]),
        ("compiled_large", ["compiled_adjoint", "compiled_circuits", "compiled_gates"]),
        ("compiled_tangents", ["compiled_gates", "compiled_circuits"]),
    ],
)
def test_kept_machine_code_is_of_these_sources(name: str, sources: list[str]) -> None:
    """Numba keeps compiled functions by the date of their own file, whatever other file they call."""
    folder = Path(states.__file__).parent
    expected = hashlib.sha256(b"".join((folder / f"{source}.py").read_bytes() for source in sources)).hexdigest()[:16]
    found = import_module(f"bornscape.simulators.state_vector.{name}").BUILT_ON
    assert found == expected, f"{name}.py: set BUILT_ON to {expected}, then those built on it"


def test_circuits_without_loops_are_lightning_s() -> None:
    hadamard = Circuit(2, 1, (Gate("Hadamard", (0,)), Gate("RY", (1,), (0,))))
    assert program(hadamard) is None
    assert program(Circuit(2, 0, (Gate("CNOT", (0, 1)),))) is None
    phase = program(Circuit(1, 1, (Gate("PhaseShift", (0,), (0,)),)))
    assert phase is not None
    assert not phase.exact
    np.testing.assert_allclose(
        statevector(Circuit(1, 1, (Gate("PhaseShift", (0,), (0,)),)), [0.5], initial=np.array([0, 1])),
        [0, np.exp(0.5j)],
        atol=1e-15,
    )
