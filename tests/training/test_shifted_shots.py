"""Shots of both shifted circuits in one walk, against the distributions written out."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from bornscape.circuits import line_circuit
from bornscape.simulators.state_vector import ShiftedBlock, ShiftedState, shifted_blocks, statevector
from bornscape.training import shifted_shots
from bornscape.training.compiled_shot_tables import look_up_all
from bornscape.training.shifted_shots import measured, shift_differences

FALSE_ALARM = 1e-6


def random_block(n: int, uses: int, seed: int) -> tuple[NDArray, ShiftedBlock]:
    rng = np.random.default_rng(seed)
    states = rng.normal(size=(uses + 1, 2**n)) + 1j * rng.normal(size=(uses + 1, 2**n))
    # Gaps in the support, so that an outcome that cannot be measured would be seen.
    if n > 2:
        states[:, rng.random(2**n) < 0.3] = 0
        states[:, -1] = 0.1
    states /= np.linalg.norm(states, axis=1, keepdims=True)
    # A tangent state's overlap with its state is a Pauli word's expectation value: real, so that both sides sum to 1.
    overlap = np.imag(states[1:] @ states[0].conj())
    states[1:] -= 1j * overlap[:, None] * states[0]
    states[1:] /= np.linalg.norm(states[1:], axis=1, keepdims=True)
    return states[0], ShiftedBlock(np.arange(uses), np.array([1, -1] * uses)[:uses], states[1:])


def sides(psi: NDArray, block: ShiftedBlock) -> NDArray:
    """(2, k, 2**n)."""
    uses = zip(block.angles, block.signs, block.tangents, strict=True)
    return np.swapaxes([ShiftedState(*use).probabilities(psi) for use in uses], 0, 1)


def differences(values: NDArray, psi: NDArray, block: ShiftedBlock, shots: int, rng: np.random.Generator) -> NDArray:
    return shift_differences(measured(values, shots), psi, block, rng)


def repeated(
    values: NDArray, psi: NDArray, block: ShiftedBlock, shots: int, rng: np.random.Generator, repeats: int
) -> NDArray:
    """(repeats, k): copies of a use in one block have shots of their own."""
    copies, kinds = 100, len(block.angles)
    many = ShiftedBlock(*[np.concatenate([part] * copies) for part in (block.angles, block.signs, block.tangents)])
    wanted, (calls, rest) = measured(values, shots), divmod(repeats, copies)
    assert rest == 0
    found = [shift_differences(wanted, psi, many, rng).reshape(copies, kinds) for _ in range(calls)]
    return np.concatenate(found)


def force(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """Make every draw take one of the three ways."""
    monkeypatch.setattr(shifted_shots, "_COUNT_FROM", 0 if way == "counts" else 10**9)
    monkeypatch.setattr(shifted_shots, "_WALK_FROM", 0 if way == "walks" else 10**9)


WAYS = ["counts", "tables", "walks"]


@pytest.mark.parametrize("n", [1, 5, 6, 7, 8])
@pytest.mark.parametrize("shots", [1, 40, 1000])
@pytest.mark.parametrize("kinds", [3, None])
def test_mean_and_variance_of_the_differences(n: int, shots: int, kinds: int | None) -> None:
    """With values that all differ, and with three of which two are rare, by the way that shots and sizes choose."""
    psi, block = random_block(n, 3, 100 * n + shots)
    plus, minus = sides(psi, block)
    rng = np.random.default_rng(n)
    values = rng.normal(size=(1, 2**n))
    if kinds:
        values = np.where(rng.random((1, 2**n)) < 0.7, 0.5, rng.choice([-1.0, 2.0], size=(1, 2**n)))
    found = repeated(values, psi, block, shots, rng, 3000)
    mean = (plus - minus) @ values[0]
    variance = (plus + minus) @ values[0] ** 2 - (plus @ values[0]) ** 2 - (minus @ values[0]) ** 2
    if n == 1 and kinds and values[0, 0] == values[0, 1]:
        assert np.abs(found).max() < 1e-12
        return
    z = (found.mean(axis=0) - mean) / np.sqrt(variance / shots / len(found))
    assert np.abs(z).max() < stats.norm.isf(FALSE_ALARM / 6)
    kurtosis_bound = np.sqrt(stats.kurtosis(found, axis=0, fisher=False).max() / len(found))
    assert np.abs(found.var(axis=0) / (variance / shots) - 1).max() < 5.5 * kurtosis_bound


@pytest.mark.parametrize("precision", [np.complex64, np.complex128])
@pytest.mark.parametrize("n", [3, 7])
@pytest.mark.parametrize("way", WAYS)
def test_every_outcome_comes_as_often_as_it_should(
    n: int, precision: type, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One shot, and values that name the outcome: chi-squared over the differences of both sides' names."""
    force(monkeypatch, way)
    psi, block = random_block(n, 1, n)
    plus, minus = sides(psi, block)
    rng = np.random.default_rng(5)
    names = np.arange(2.0**n)[None]
    single = ShiftedBlock(block.angles, block.signs, block.tangents.astype(precision))
    trials = 40_000
    seen = repeated(names, psi.astype(precision), single, 1, rng, trials)[:, 0]
    expected = np.zeros(2 ** (n + 1) - 1)
    for up, p in enumerate(plus[0]):
        expected[np.arange(2**n - 1, -1, -1) + up] += p * minus[0]
    counts = np.bincount(np.rint(seen).astype(int) + 2**n - 1, minlength=len(expected))
    kept = expected * trials > 5
    assert counts[expected < 1e-12].sum() == 0
    rare = trials * expected[~kept].sum()
    assert counts[~kept].sum() <= stats.poisson.isf(FALSE_ALARM, rare) if rare > 1e-9 else counts[~kept].sum() == 0
    wanted = expected[kept] / expected[kept].sum() * counts[kept].sum()
    assert stats.chisquare(counts[kept], wanted).pvalue > FALSE_ALARM


@pytest.mark.parametrize("n", [1, 6, 9])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("place", [0, -2, -1])
def test_impossible_outcomes_are_never_met(n: int, way: str, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    force(monkeypatch, way)
    psi = np.zeros(2**n, dtype=np.complex64)
    psi[place] = 1
    block = ShiftedBlock(np.array([0]), np.array([1]), psi[None])
    # All different, so that no class joins them. Counts multiply every value by its number: 0 inf would be no number.
    values = np.arange(2.0 * 2**n).reshape(2, -1) + 1e300
    values[:, place] = 2.5
    assert np.all(differences(values, psi, block, 300, np.random.default_rng(0)) == 0)


@pytest.mark.parametrize("ways", [("counts", "tables"), ("tables", "walks")])
def test_all_ways_have_the_same_law(ways: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    psi, block = random_block(4, 2, 8)
    values = np.random.default_rng(1).normal(size=(2, 16))
    seen = []
    for way in ways:
        force(monkeypatch, way)
        rng = np.random.default_rng(2)
        seen.append(repeated(values, psi, block, 30, rng, 4000)[:, 1])
    assert stats.ks_2samp(*seen).pvalue > FALSE_ALARM


def test_another_distribution_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control of the test above: the table of a state whose last outcomes are swapped."""
    psi, block = random_block(4, 2, 8)
    values = np.random.default_rng(1).normal(size=(2, 16))
    other = psi[[*range(8), *range(15, 7, -1)]]
    force(monkeypatch, "tables")
    rng = np.random.default_rng(2)
    seen = [repeated(values, state, block, 30, rng, 4000)[:, 1] for state in (psi, other)]
    assert stats.ks_2samp(*seen).pvalue < FALSE_ALARM


def test_outcomes_of_equal_values_are_one_class() -> None:
    found = measured(np.array([[0.0, -0.0, 3.0, 0.0, 2.0, 0.0, 3.0, 0.0]]), 9)
    assert found.values.tolist() == [[0.0, 2.0, 3.0]]
    assert found.outcomes.tolist() == [2, 4, 6]
    assert found.labels.tolist() == [2, 1, 2]
    assert found.rest == 0
    assert found.shots == 9
    different = measured(np.array([[1.0, 2.0, 2.0, 4.0]]), 9)
    assert different.rest == -1
    assert different.labels.tolist() == [0, 1, 2, 3]


def test_classes_of_several_rows_differ_where_one_row_does() -> None:
    rows = np.array([[1.0] * 6 + [2.0, 2.0], [5.0] * 7 + [4.0]])
    found = measured(rows, 3)
    assert sorted(found.values.T.tolist()) == [[1.0, 5.0], [2.0, 4.0], [2.0, 5.0]]
    assert found.outcomes.tolist() == [6, 7]
    np.testing.assert_array_equal(found.values[:, found.labels], rows[:, 6:])
    np.testing.assert_array_equal(found.values[:, found.rest], rows[:, 0])


@pytest.mark.parametrize("way", WAYS)
def test_copies_of_a_use_have_shots_of_their_own(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests above stand on: estimates within a block are as independent as those of two blocks."""
    force(monkeypatch, way)
    psi, block = random_block(5, 1, 3)
    seen = repeated(np.random.default_rng(1).normal(size=(1, 32)), psi, block, 60, np.random.default_rng(2), 4000)
    pairs = seen.reshape(-1, 2)
    assert len(np.unique(seen)) > 3900
    assert abs(np.corrcoef(pairs.T)[0, 1]) < stats.norm.isf(FALSE_ALARM / 2) / np.sqrt(len(pairs))
    blocks = seen.reshape(-1, 100).mean(axis=1)
    ratio = (len(blocks) - 1) * 100 * blocks.var(ddof=1) / seen.var(ddof=1)
    assert FALSE_ALARM < stats.chi2.sf(ratio, len(blocks) - 1) < 1 - FALSE_ALARM


@pytest.mark.parametrize("shots", [50, 5000])
def test_patterns_of_rows_are_the_classes(shots: int) -> None:
    """Hamming weights, whose rows of outcomes are alike: the numbers of single outcomes, and the right means."""
    n = 8
    psi, block = random_block(n, 3, 1)
    weights = np.array([[float(x.bit_count()) for x in range(2**n)]])
    wanted = measured(weights, shots)
    assert wanted.rows is not None
    kinds, patterns = wanted.rows
    classes = patterns[kinds].ravel()
    np.testing.assert_array_equal(wanted.values[0][classes], weights[0])
    plain = wanted._replace(rows=None)
    found = [shift_differences(each, psi, block, np.random.default_rng(3)) for each in (wanted, plain)]
    np.testing.assert_allclose(*found, atol=1e-12)
    plus, minus = sides(psi, block)
    seen = repeated(weights, psi, block, shots, np.random.default_rng(4), 2000)
    error = seen.std(axis=0, ddof=1) / np.sqrt(len(seen))
    z = (seen.mean(axis=0) - (plus - minus) @ weights[0]) / error
    assert np.abs(z).max() < stats.norm.isf(FALSE_ALARM / 6)


def test_values_without_pattern_have_no_rows() -> None:
    rng = np.random.default_rng(0)
    assert measured(rng.integers(0, 3, (1, 64)) * 1.0, 9).rows is None
    alike = np.tile(rng.integers(0, 3, 8), 8) * 1.0
    assert measured(alike[None], 9).rows is not None
    alike[5] += 1
    found = measured(alike[None], 9)
    assert found.rows is not None
    np.testing.assert_array_equal(found.values[0][found.rows[1][found.rows[0]].ravel()], alike)


@pytest.mark.parametrize("halves", [0, 2**12])
def test_words_of_both_lengths_have_the_law(halves: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chi-squared of single shots in tables, and a law that is moved by one outcome is noticed."""
    monkeypatch.setattr(shifted_shots, "_HALF_WORDS_TO", halves)
    force(monkeypatch, "tables")
    psi, block = random_block(7, 1, 11)
    plus, minus = sides(psi, block)
    rows = 40_000
    # Each row has a shot of its own: the differences of four rows, -127 to 127 each, are the digits of one number.
    names = np.arange(2.0**7)
    digits = np.array([1.0, 2.0**8, 2.0**16, 2.0**24])[:, None]
    rng = np.random.default_rng(5)
    many = ShiftedBlock(*[np.repeat(part, rows // 4, axis=0) for part in (block.angles, block.signs, block.tangents)])
    sums = np.rint(4 * shift_differences(measured(names * digits, 1), psi, many, rng)).astype(np.int64)
    shifted = sums[:, None] + 127 * digits.astype(int)[:, 0].sum()
    seen = shifted // digits.astype(int)[:, 0] % 256
    expected = np.convolve(plus[0], minus[0][::-1])
    counts, kept = np.bincount(seen.ravel(), minlength=256)[:255], expected * rows > 5
    assert counts[~kept].sum() <= stats.poisson.isf(FALSE_ALARM, max(rows * expected[~kept].sum(), 1e-9))
    wanted = expected[kept] / expected[kept].sum() * counts[kept].sum()
    assert stats.chisquare(counts[kept], wanted).pvalue > FALSE_ALARM
    wrong = np.roll(wanted, 1)
    assert stats.chisquare(counts[kept], wrong).pvalue < FALSE_ALARM


@pytest.mark.parametrize(("words", "step"), [(np.uint32, 1), (np.uint64, 2**11)])
def test_a_shot_rounded_to_the_end_of_its_block_is_of_an_outcome_that_can_be_met(words: type, step: int) -> None:
    """Two blocks of 16 outcomes, whose first eight have 1/16 each and whose last eight have 0, so edges are known.

    ``step`` is seen in the double precision that finds the block, not in the single precision of the sums inside it.
    """
    p = np.tile(np.repeat([2.0**-4, 0], 8), 2)
    psi = np.sqrt(p).astype(np.complex64).view(np.float32)
    names = np.where(p > 0, np.arange(32.0), np.nan)[None]
    size = 2 ** (8 * np.dtype(words).itemsize)
    for word, outcome in [(0, 0), (size // 2 - step, 7), (size // 2, 16), (size - 1, 23)]:
        points = np.array([word, 0], dtype=words).reshape(1, 2, 1, 1)
        assert look_up_all(names, psi, psi[None], np.array([1]), points) == outcome


def test_equal_rows_share_their_shots() -> None:
    found = measured(np.tile([1.0, 2.0, 3.0, 4.0], (10, 1)), 7)
    assert found.values.shape == (1, 4)
    assert found.shots == 70


def test_rows_have_shots_of_their_own() -> None:
    psi, block = random_block(6, 1, 4)
    row = np.random.default_rng(1).normal(size=(1, 64))
    # Equal up to rounding, but rows of their own.
    rows = row * (1 + 1e-12 * np.arange(4)[:, None])
    rng = np.random.default_rng(3)
    alone = np.var(repeated(row, psi, block, 20, rng, 2000))
    for four in (rows, np.repeat(row, 4, axis=0)):
        together = np.var(repeated(four, psi, block, 20, rng, 2000))
        assert 3 < alone / together < 5.3


def test_blocks_hold_every_use_once() -> None:
    circuit = line_circuit(4, 2)
    theta = np.random.default_rng(0).uniform(0, 6, circuit.n_parameters)
    angles = np.concatenate([block.angles for block in shifted_blocks(circuit, theta, register_wires=2)])
    assert sorted(angles.tolist()) == list(range(circuit.n_parameters))
    assert statevector(circuit, theta).shape == (16,)
