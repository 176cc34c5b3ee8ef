"""Pauli paths: the chain against exact averages over angles, moments against dense operators, variances by hand."""

from functools import reduce
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from bornscape import theory
from bornscape.circuits import line_circuit
from bornscape.datasets import Target, synthetic_target
from bornscape.simulators.guided_paths import lqf_variance_of_paths
from bornscape.simulators.pauli_paths import DataMoments, entangle, turn
from bornscape.simulators.state_vector import statevector
from bornscape.statistics import log_standard_error, variance_interval
from bornscape.variance.fidelity import FidelityDraws, fidelity_draws
from support.plain_paths import draw_words
from support.reference import Z_LIMIT, all_strings

MATRICES = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}
LETTERS = {"I": (0, 0), "X": (1, 0), "Y": (1, 1), "Z": (0, 1)}
QUARTERS = np.arange(4) * np.pi / 2
"""Averages of polynomials of degree two in sine and cosine over these angles are those over the circle."""


def matrix(word: str) -> NDArray:
    return reduce(np.kron, [MATRICES[letter] for letter in word])


def bits(*words: str) -> tuple[NDArray, NDArray]:
    parts = np.array([[LETTERS[letter] for letter in word] for word in words], dtype=bool)
    return parts[:, :, 0].T.copy(), parts[:, :, 1].T.copy()


def names(x: NDArray, z: NDArray) -> list[str]:
    back = {value: key for key, value in LETTERS.items()}
    return ["".join(back[int(a), int(b)] for a, b in zip(*path, strict=True)) for path in zip(x.T, z.T, strict=True)]


def unitary(theta: NDArray, n: int, layers: int) -> NDArray:
    circuit = line_circuit(n, layers)
    return np.array([statevector(circuit, theta, initial=row) for row in np.eye(2**n)]).T


@pytest.mark.parametrize("letter", "XYZ")
def test_turn_has_the_exact_squares(letter: str) -> None:
    squares = dict.fromkeys("IXYZ", 0.0)
    for theta in product(QUARTERS, repeat=3):
        rotation = unitary(np.array(theta), 1, 0)
        for other in squares:
            turned = rotation @ MATRICES[letter] @ rotation.conj().T
            squares[other] += np.trace(MATRICES[other] @ turned).real ** 2 / 4 / 64
    assert squares["I"] == pytest.approx(0, abs=1e-14)
    paths = 40_000
    start = bits(*[letter])
    found = names(
        *turn(np.repeat(start[0], paths, axis=1), np.repeat(start[1], paths, axis=1), np.random.default_rng(0))
    )
    for other in "XYZ":
        error = np.sqrt(squares[other] * (1 - squares[other]) / paths)
        assert abs(found.count(other) / paths - squares[other]) < Z_LIMIT * error


def test_the_identity_is_never_turned() -> None:
    nothing = np.zeros((3, 5), dtype=bool)
    x, z = turn(nothing, nothing, np.random.default_rng(0))
    assert not x.any()
    assert not z.any()


@pytest.mark.parametrize("word", ["".join(letters) for letters in product("IXYZ", repeat=2)])
def test_entangling_has_the_exact_squares(word: str) -> None:
    """On two wires W = exp(-i a Y X / 2), read off the circuit of one layer whose other angles are 0."""
    squares: dict[str, float] = {}
    for angle in QUARTERS:
        theta = np.zeros(line_circuit(2, 1).n_parameters)
        theta[6] = angle
        w = unitary(theta, 2, 1)
        turned = w @ matrix(word) @ w.conj().T
        for other in ("".join(letters) for letters in product("IXYZ", repeat=2)):
            squares[other] = squares.get(other, 0) + np.trace(matrix(other) @ turned).real ** 2 / 16 / 4
    paths = 4000
    start = bits(word)
    x, z = np.repeat(start[0], paths, axis=1), np.repeat(start[1], paths, axis=1)
    entangle(x, z, np.random.default_rng(1))
    found = names(x, z)
    for other, chance in squares.items():
        assert abs(found.count(other) / paths - chance) <= Z_LIMIT * np.sqrt(chance * (1 - chance) / paths) + 1e-12


def plain_layer(x: NDArray, z: NDArray, rng: np.random.Generator) -> NDArray:
    """A turn and a layer W letter by letter, in place, from the same random numbers; which rotations were met."""
    held = x | z
    points, coins = rng.random(held.sum(), dtype=np.float32), rng.integers(0, 2, held.sum(), dtype=bool)
    for at, (wire, path) in enumerate(np.argwhere(held)):
        kept = points[at] < (0.25 if x[wire, path] else 0.5)
        x[wire, path], z[wire, path] = not kept, kept or coins[at]
    coins = rng.integers(0, 2, (len(x) - 1, x.shape[1]), dtype=bool)
    met = np.zeros_like(coins)
    for wire, path in np.ndindex(coins.shape):
        met[wire, path] = x[wire, path] ^ z[wire, path] ^ z[wire + 1, path]
        if met[wire, path] and coins[wire, path]:
            x[wire, path] ^= True
            z[wire, path] ^= True
            x[wire + 1, path] ^= True
    return met


@pytest.mark.parametrize("paths", [1, 8, 13, 64])
def test_the_loops_letter_by_letter(paths: int) -> None:
    """The same words, rotations met and random numbers left, whether bytes pass one or eight at a time."""
    x, z = np.random.default_rng(0).integers(0, 2, (2, 5, paths), dtype=bool)
    ours, plain = np.random.default_rng(1), np.random.default_rng(1)
    expected_x, expected_z = x.copy(), z.copy()
    for _ in range(3):
        x, z = turn(x, z, ours)
        np.testing.assert_array_equal(entangle(x, z, ours), plain_layer(expected_x, expected_z, plain))
        np.testing.assert_array_equal([x, z], [expected_x, expected_z])
    assert ours.bit_generator.state == plain.bit_generator.state


def test_no_letters_take_no_random_numbers() -> None:
    rng = np.random.default_rng(0)
    nothing = np.zeros((1, 4), dtype=bool)
    assert entangle(*turn(nothing, nothing, rng), rng).shape == (0, 4)
    assert rng.bit_generator.state == np.random.default_rng(0).bit_generator.state


@pytest.mark.parametrize("seed", range(3))
def test_moments_are_averages_over_the_last_layer(seed: int) -> None:
    """All words on 2 wires, against the average over the 64^2 settings of both wires' Euler angles."""
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(4)) if seed else np.array([0.5, 0, 0, 0.5])
    kept = p > 0
    target = Target(all_strings(2)[kept], p[kept])
    rotations = [unitary(np.array(theta), 1, 0) for theta in product(QUARTERS, repeat=3)]
    turned = {letter: np.array([r @ m @ r.conj().T for r in rotations]) for letter, m in MATRICES.items()}
    phi = np.sqrt(p).reshape(2, 2)
    words = ["".join(letters) for letters in product("IXYZ", repeat=2)]
    expected = []
    for first, second in words:
        values = np.einsum("ab,xac,ybd,cd->xy", phi, turned[first], turned[second], phi)
        expected.append(np.mean(values.real**2))
    np.testing.assert_allclose(DataMoments(target)(*bits(*words)), expected, atol=1e-14)


def test_without_layers_paths_give_the_closed_form() -> None:
    for name in ("zero", "ghz", "o_n", "cardinality"):
        target = synthetic_target(name, 5, np.random.default_rng(0))
        x, z = draw_words(5, 0, np.arange(5), np.random.default_rng(0))
        found = DataMoments(target)(x, z).mean() / 20
        assert found == pytest.approx(theory.product_lqf_variance(target.bitstrings, None, "euler"), abs=1e-15)


def test_a_path_starts_at_z_and_never_dies() -> None:
    x, z = draw_words(6, 0, np.array([2, 5]), np.random.default_rng(0))
    assert names(x, z) == ["IIZIII", "IIIIIZ"]
    x, z = draw_words(6, 4, np.zeros(500, dtype=int), np.random.default_rng(0))
    assert (x | z).any(axis=0).all()


@pytest.mark.parametrize(("n", "layers"), [(2, 1), (4, 1), (4, 3), (6, 2)])
def test_paths_agree_with_state_vectors(n: int, layers: int) -> None:
    """Each of 3 data sets; Bonett's interval of 1500 draws and the spread of 10 batches; limit 5 standard errors."""
    sets = {name: synthetic_target(name, n, np.random.default_rng(n)) for name in ("zero", "ghz", "o_n2")}
    drawn = fidelity_draws(FidelityDraws(n, (layers,), False, 1500), sets, np.random.default_rng(n))
    moments = {name: DataMoments(target) for name, target in sets.items()}
    rng = np.random.default_rng(n + 1)
    batches = [lqf_variance_of_paths(layers, 2000, moments, rng) for _ in range(10)]
    for name in sets:
        found = variance_interval(drawn[(drawn["dataset"] == name) & (drawn["loss"] == "lqf")]["value"].to_numpy())
        values = np.array([batch[name] for batch in batches])
        errors = (
            log_standard_error(found.variance, found.ci_low, found.ci_high),
            values.std(ddof=1) / values.mean() / 10**0.5,
        )
        assert abs(np.log(found.variance / values.mean())) < Z_LIMIT * np.hypot(*errors)


def test_strings_interfere_only_inside_a_word() -> None:
    """GHZ on 6 wires: ZZ keeps 1/4 of its squares on ZZ, where z_A = 1; only a word on all wires can flip the pair."""
    moments = DataMoments(synthetic_target("ghz", 6, np.random.default_rng(0)))
    assert moments(*bits("ZZIIII"))[0] == pytest.approx(1 / 4)
    # 4^-6 on ZZZZZZ; (3/4)^6 on words of X and Y, half of which have an even number of Y.
    assert moments(*bits("XXXXXX"))[0] == pytest.approx(0.25**6 + 0.75**6 / 2)
