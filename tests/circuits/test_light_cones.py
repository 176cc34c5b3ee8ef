"""Light cones by hand, against dense matrices, and Theorem 3 by exact integration over all angles."""

from collections.abc import Iterator
from functools import cache
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from bornscape import theory
from bornscape.bitstrings.walsh import subset_sizes, walsh_hadamard
from bornscape.circuits.light_cones import (
    FAMILIES,
    Family,
    layer_rotations,
    random_subset_supports,
    random_supports,
    subset_pairs,
    supports,
)
from bornscape.losses.mmd import spectrum_weights
from bornscape.theory.shallow import SECOND_MOMENTS

PAULIS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1.0, -1.0]),
}
TURNS = np.arange(5) * 2 * np.pi / 5
"""Five equal turns integrate every trigonometric polynomial of degree up to 4 exactly."""

Complex = NDArray[np.complex128]


@cache
def word(letters: str) -> Complex:
    found = np.eye(1)
    for letter in letters:
        found = np.kron(found, PAULIS[letter])
    return found.astype(complex)


@cache
def words(n: int) -> dict[str, Complex]:
    """Every Pauli word."""
    return {"".join(letters): word("".join(letters)) for letters in product("IXYZ", repeat=n)}


def generators(family: str, n: int) -> list[str]:
    """Pauli words of a layer's rotations, in their order."""

    def placed(letters: dict[int, str]) -> str:
        return "".join(letters.get(i, "I") for i in range(n))

    found = [placed({i: "Y", i + 1: "X"}) for i in range(n - 1)]
    if family == "line":
        found += [placed({i: letter}) for i in range(n) for letter in "ZYZ"]
    return found


@cache
def rotation(letters: str, angle: float) -> Complex:
    return np.cos(angle / 2) * word("I" * len(letters)) - 1j * np.sin(angle / 2) * word(letters)


def dense_support(family: str, n: int, layers: list[NDArray[np.bool_]], subset: int) -> tuple[int, int]:
    """Factors Z, and X or Y, of U'^dagger Z_A U', found as the one Pauli word with an overlap."""
    unitary = word("I" * n)
    for chosen in layers:
        for letters, turned in zip(generators(family, n), chosen, strict=True):
            unitary = rotation(letters, np.pi / 2 * turned) @ unitary
    parity = word("".join("IZ"[subset >> (n - 1 - i) & 1] for i in range(n)))
    carried = unitary.conj().T @ parity @ unitary
    # The trace of the product with each, which is Hermitian.
    (found,) = [letters for letters, dense in words(n).items() if abs(np.vdot(dense, carried)) > 0.5]
    return found.count("Z"), found.count("X") + found.count("Y")


@pytest.mark.parametrize(
    ("family", "n", "depth"), [("entanglers", 3, 2), ("line", 2, 2), ("line", 3, 1), ("line", 4, 1)]
)
def test_supports_are_those_of_dense_matrices(family: str, n: int, depth: int) -> None:
    rng = np.random.default_rng(7)
    for _ in range(2):
        clifford = [rng.integers(0, 2, len(layer_rotations(family, n))).astype(bool) for _ in range(depth)]
        for layers, found in supports(family, n, clifford, range(depth + 1), n):
            for subset in range(2**n):
                expected = dense_support(family, n, clifford[:layers], subset)
                assert (found.z_factors[subset], found.xy_factors[subset]) == expected


@pytest.mark.parametrize(("family", "n", "depth"), [("entanglers", 9, 4), ("line", 12, 3), ("line", 70, 2)])
def test_supports_are_stims(family: Family, n: int, depth: int) -> None:
    stim = pytest.importorskip("stim", reason="stim, the second path, has no wheel here")
    names = [f"SPP Y{i}*X{i + 1}" for i in range(n - 1)]
    if family == "line":
        names += [f"{name} {i}" for i in range(n) for name in ("S", "SQRT_Y", "S")]
    clifford = list(np.random.default_rng(n).integers(0, 2, (depth, len(names))).astype(bool))
    pairs = subset_pairs(n)
    for layers, found in supports(family, n, clifford, range(depth + 1), 2):
        simulator = stim.TableauSimulator()
        simulator.set_num_qubits(n)
        for chosen in clifford[:layers]:
            simulator.do(stim.Circuit("\n".join(np.array(names, dtype=object)[chosen])))
        _, _, x, z, _, _ = simulator.current_inverse_tableau().to_numpy()
        both = [bits[pairs[:, 0]] ^ (bits[pairs[:, 1]] & (pairs[:, :1] != pairs[:, 1:])) for bits in (x, z)]
        assert np.array_equal(found.xy_factors, both[0].sum(axis=1))
        assert np.array_equal(found.z_factors, (both[1] & ~both[0]).sum(axis=1))


def test_two_qubits_by_hand() -> None:
    """Y X anticommutes with Z_1 and Z_2 but not with Z_1 Z_2; Z_1 becomes X_1 X_2 and Z_2 becomes Y_1 Y_2."""
    ((_, still), (_, turned)) = supports("entanglers", 2, [np.array([True])], [0, 1], 2)
    assert still.z_factors.tolist() == [0, 1, 1, 2]
    assert still.xy_factors.tolist() == [0, 0, 0, 0]
    assert turned.z_factors.tolist() == [0, 0, 0, 2]
    assert turned.xy_factors.tolist() == [0, 2, 2, 0]
    assert turned.sizes.tolist() == [0, 2, 2, 2]


def test_pairs_are_a_part_of_all_subsets() -> None:
    n = 6
    pairs = subset_pairs(n)
    assert len(pairs) == n + n * (n - 1) // 2
    indices = [(1 << n - 1 - i) | (1 << n - 1 - j) for i, j in pairs]
    everything, few = (
        [cones for _, cones in random_supports("line", n, [1, 3], k, np.random.default_rng(1))] for k in (n, 2)
    )
    for whole, part in zip(everything, few, strict=True):
        np.testing.assert_array_equal(whole.z_factors[indices], part.z_factors)
        np.testing.assert_array_equal(whole.xy_factors[indices], part.xy_factors)


def test_chosen_subsets_are_a_part_of_all() -> None:
    n, layers = 5, [0, 1, 3]
    subsets = np.array([[0, 0, 1, 0, 0], [1, 1, 0, 0, 1], [1, 1, 1, 1, 1]], dtype=bool)
    places = subsets @ (1 << np.arange(n - 1, -1, -1))
    everything = random_supports("line", n, layers, n, np.random.default_rng(4))
    chosen = random_subset_supports("line", n, layers, subsets, np.random.default_rng(4))
    for (_, whole), (_, part) in zip(everything, chosen, strict=True):
        assert np.array_equal(part.z_factors, whole.z_factors[places])
        assert np.array_equal(part.xy_factors, whole.xy_factors[places])


def test_more_qubits_than_a_word_has_bits() -> None:
    """One rotation, on the last pair of 70: it only touches subsets that hold one of its two qubits, and not both."""
    n = 70
    chosen = np.zeros(n - 1, dtype=bool)
    chosen[-1] = True
    ((_, found),) = supports("entanglers", n, [chosen], [1], 2)
    pairs = subset_pairs(n)
    held = (pairs >= n - 2).sum(axis=1)
    held[pairs[:, 0] == pairs[:, 1]] //= 2
    np.testing.assert_array_equal(found.xy_factors, np.where(held == 1, 2, 0))


def test_wrong_input() -> None:
    with pytest.raises(ValueError, match="expected one of"):
        layer_rotations("ring", 3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="largest_subset"):
        list(random_supports("line", 5, [1], 3, np.random.default_rng(0)))
    with pytest.raises(ValueError, match="first_layer"):
        theory.log_second_moments([1], [0], "clifford")  # type: ignore[arg-type]


# Theorem 3 by exact integration. A first layer's Bloch vector enters the square of the MMD with degree 4: the twelve
# vertices of an icosahedron integrate that exactly over the sphere.


def first_layer(kind: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Polar and azimuthal angles of equally likely Bloch vectors, exact to degree 4."""
    if kind == "euler":
        polar, azimuth = np.meshgrid(TURNS, TURNS)
        return polar.ravel(), azimuth.ravel()
    belt = np.arctan(0.5)
    polar = np.concatenate([[0, np.pi], np.full(5, np.pi / 2 - belt), np.full(5, np.pi / 2 + belt)])
    return polar, np.concatenate([[0, 0], TURNS, TURNS + np.pi / 5])


def product_states(kind: str, n: int) -> Complex:
    """All first layers on |0...0>, (K, 2^n)."""
    polar, azimuth = first_layer(kind)
    single = np.stack([np.cos(polar / 2), np.exp(1j * azimuth) * np.sin(polar / 2)], axis=1)
    states = np.ones((1, 1), dtype=complex)
    for _ in range(n):
        states = np.einsum("ka,lb->klab", states, single).reshape(-1, 2 * states.shape[1])
    return states


def moments(states: Complex, z_of_data: NDArray, weights: NDArray, words: list[str]) -> Iterator[tuple[float, ...]]:
    """Means over the states of X, Y, X^2, X Y and Y^2 at every combination of angles of the rotations."""
    for angles in product(TURNS, repeat=len(words)):
        unitary = word("I" * int(np.log2(states.shape[1])))
        for letters, angle in zip(words, angles, strict=True):
            unitary = rotation(letters, angle) @ unitary
        q = np.abs(states @ unitary.T) ** 2
        z = q @ hadamard(q.shape[1])
        x, y = z**2 @ weights, z @ (weights * z_of_data)
        yield x.mean(), y.mean(), (x * x).mean(), (x * y).mean(), (y * y).mean()


def hadamard(size: int) -> NDArray[np.float64]:
    return np.array([walsh_hadamard(row) for row in np.eye(size)])


def rotations_that_matter(family: str, n: int, depth: int) -> list[str]:
    """All rotations but the last R_z of every qubit, which cannot change q."""
    words = generators(family, n) * depth
    if family == "entanglers":
        return words
    euler = words[-3 * n :]
    return words[: -3 * n] + [letters for k, letters in enumerate(euler) if k % 3 != 2]


CASES = [
    ("entanglers", 1, 1),
    ("entanglers", 2, 1),
    ("entanglers", 2, 2),
    ("entanglers", 3, 1),
    ("line", 1, 1),
    ("line", 2, 1),
]


@pytest.mark.parametrize("kind", list(SECOND_MOMENTS))
@pytest.mark.parametrize(("family", "n", "depth"), CASES)
def test_theorem_3_by_exact_integration(family: str, n: int, depth: int, kind: str) -> None:
    """Var[MMD] = Var[X] + the Clifford mean, Cov[X, Y] = 0, and the bound below, for a random target at s = n/4."""
    if kind == "euler" and n == 3:
        n = 2
    rng = np.random.default_rng(n)
    z_of_data = walsh_hadamard(rng.dirichlet(np.ones(2**n)))
    weights = spectrum_weights(n, n / 4)[subset_sizes(n)]
    weights[0] = 0
    words = rotations_that_matter(family, n, depth)
    found = np.mean(list(moments(product_states(kind, n), z_of_data, weights, words)), axis=0)
    own, mean, own_square, mixed, square = found
    assert mean == pytest.approx(0, abs=1e-14)
    assert mixed - own * mean == pytest.approx(0, abs=1e-14)
    variance = own_square - own**2 + 4 * (square - mean**2) - 4 * (mixed - own * mean)

    count = len(layer_rotations(family, n))
    logs = []
    for bits in product([False, True], repeat=depth * count):
        layers = list(np.array(bits, dtype=bool).reshape(depth, count))
        ((_, cones),) = supports(family, n, layers, [depth], n)
        logs.append(theory.log_second_moments(cones.z_factors, cones.xy_factors, kind))
    coefficients = theory.linear_coefficients(n, n / 4, subset_sizes(n), z_of_data)
    assert 4 * square == pytest.approx(float(np.mean(np.exp(logs), axis=0) @ coefficients), rel=1e-12)
    bound = theory.light_cone_bound(coefficients, np.mean(logs, axis=0))
    assert 0 < bound <= variance * (1 + 1e-12)
    # The control: light cones of no qubit give no bound.
    assert coefficients.sum() > variance


def test_coefficients_by_hand() -> None:
    p = theory.flip_probability(0.5)
    found = theory.linear_coefficients(2, 0.5, [0, 1, 2], [1.0, 0.5, 1.0])
    np.testing.assert_allclose(found, [0, 4 * (p * (1 - p) * 0.5) ** 2, 4 * p**4], rtol=1e-12)


def test_pair_parities_by_hand() -> None:
    found = theory.pair_parities([[0, 0], [0, 1], [1, 1]], [0.5, 0.25, 0.25])
    np.testing.assert_allclose(found, [[0.5, 0.5], [0.5, 0.0]])


def test_pair_parities_are_the_transform() -> None:
    rng = np.random.default_rng(3)
    strings, p = rng.integers(0, 2, (9, 5)), rng.dirichlet(np.ones(9))
    dense = np.zeros(32)
    np.add.at(dense, strings @ (1 << np.arange(4, -1, -1)), p)
    z, matrix = walsh_hadamard(dense), theory.pair_parities(strings, p)
    for i, j in subset_pairs(5):
        assert matrix[i, j] == pytest.approx(z[(1 << 4 - i) | (1 << 4 - j)])


def test_families() -> None:
    assert [len(layer_rotations(family, 5)) for family in FAMILIES] == [4, 19]
