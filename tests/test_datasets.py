"""Synthetic targets, and targets written and read as CSV."""

from pathlib import Path

import numpy as np
import pytest

from bornscape.datasets import LARGEST_CARDINALITY, SYNTHETIC, Target, read_target, synthetic_target, write_target


def draw(name: str, n: int, seed: int = 170) -> Target:
    return synthetic_target(name, n, np.random.default_rng(seed))


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("name", SYNTHETIC)
def test_every_set_is_uniform_on_distinct_sorted_strings(name: str, n: int) -> None:
    target = draw(name, n)
    sizes = {
        "zero": 1,
        "ghz": 2,
        "o_n": min(n, 2**n),
        "o_n2": min(n * n, 2**n),
        "cardinality": {1: 1, 2: 2, 3: 3, 5: 10, 8: 70}[n],
    }
    assert target.bitstrings.shape == (sizes[name], n)
    assert target.bitstrings.dtype == np.uint8
    assert target.n_qubits == n
    assert set(np.unique(target.bitstrings)) <= {0, 1}
    np.testing.assert_array_equal(target.probabilities, 1 / sizes[name])
    assert np.all(np.diff(target.indices) > 0)
    p = target.dense()
    assert p.shape == (2**n,)
    assert p.sum() == pytest.approx(1, rel=1e-14)
    assert np.count_nonzero(p) == sizes[name]


def test_members_of_each_set() -> None:
    np.testing.assert_array_equal(draw("zero", 3).bitstrings, [[0, 0, 0]])
    np.testing.assert_array_equal(draw("ghz", 3).bitstrings, [[0, 0, 0], [1, 1, 1]])
    np.testing.assert_array_equal(draw("cardinality", 3).bitstrings, [[0, 0, 1], [0, 1, 0], [1, 0, 0]])
    assert set(draw("cardinality", 8).bitstrings.sum(axis=1)) == {4}
    assert draw("o_n2", 2).indices.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("name", SYNTHETIC)
def test_sets_follow_the_seed(name: str) -> None:
    first, second, other = draw(name, 9), draw(name, 9), draw(name, 9, seed=171)
    np.testing.assert_array_equal(first.bitstrings, second.bitstrings)
    if name.startswith("o_n"):
        assert not np.array_equal(first.bitstrings, other.bitstrings)
    else:
        np.testing.assert_array_equal(first.bitstrings, other.bitstrings)


def test_random_strings_are_uniform() -> None:
    """2000 strings of 200 bits: the share of ones within 5 standard deviations, false alarm 6e-7."""
    bits = np.concatenate([draw("o_n", 200, seed).bitstrings for seed in range(10)])
    assert bits.shape == (2000, 200)
    assert abs(bits.mean() - 0.5) < 5 * 0.5 / np.sqrt(bits.size)


@pytest.mark.parametrize("name", ["zero", "ghz", "o_n"])
def test_large_sets(name: str) -> None:
    target = draw(name, 1000)
    assert target.bitstrings.shape == ({"zero": 1, "ghz": 2, "o_n": 1000}[name], 1000)
    with pytest.raises(ValueError, match="1000 bits have no 64-bit index"):
        _ = target.indices


def test_bad_requests_are_named() -> None:
    with pytest.raises(ValueError, match="data set 'mnist': expected one of"):
        draw("mnist", 4)
    for n in (0, -1):
        with pytest.raises(ValueError, match=f"n_qubits: expected at least 1, got {n}"):
            draw("ghz", n)
    with pytest.raises(ValueError, match="cardinality: expected n_qubits at most 24, got 25"):
        draw("cardinality", LARGEST_CARDINALITY + 1)


def test_dense_puts_wire_0_first() -> None:
    target = Target(np.array([[1, 0, 0], [0, 1, 1]], dtype=np.uint8), np.array([0.25, 0.75]))
    np.testing.assert_array_equal(target.dense(), [0, 0, 0, 0.75, 0.25, 0, 0, 0])


@pytest.mark.parametrize("name", SYNTHETIC)
@pytest.mark.parametrize("n", [1, 7, 10, 13])
def test_synthetic_sets_come_back_bit_for_bit(name: str, n: int, tmp_path: Path) -> None:
    check_round_trip(draw(name, n), tmp_path / "target.csv")


def test_any_probabilities_come_back_bit_for_bit(tmp_path: Path) -> None:
    rng = np.random.default_rng(172)
    for _ in range(50):
        count = int(rng.integers(1, 33))
        bitstrings = ((rng.permutation(32)[:count, None] >> np.arange(4, -1, -1)) & 1).astype(np.uint8)
        check_round_trip(Target(bitstrings, rng.dirichlet(0.5 * np.ones(count))), tmp_path / "target.csv")


def check_round_trip(target: Target, path: Path) -> None:
    write_target(target, path)
    back = read_target(path)
    np.testing.assert_array_equal(back.bitstrings, target.bitstrings)
    np.testing.assert_array_equal(back.probabilities, target.probabilities)
    assert back.bitstrings.dtype == np.uint8


def test_the_written_file(tmp_path: Path) -> None:
    path = tmp_path / "target.csv"
    write_target(draw("ghz", 3), path)
    assert path.read_text(encoding="utf-8") == "bitstring,probability\n000,0.5\n111,0.5\n"


def test_leading_zeros_and_long_strings_are_read_as_strings(tmp_path: Path) -> None:
    path = tmp_path / "target.csv"
    path.write_text(f"bitstring,probability\n{'0' * 100},0.25\n{'01' * 50},0.75\n")
    target = read_target(path)
    assert target.n_qubits == 100
    np.testing.assert_array_equal(target.bitstrings[1], [0, 1] * 50)


def test_probabilities_off_by_rounding_are_normalised(tmp_path: Path) -> None:
    path = tmp_path / "target.csv"
    path.write_text("bitstring,probability\n00,0.3333333333\n01,0.3333333333\n10,0.3333333333\n")
    assert read_target(path).probabilities.sum() == pytest.approx(1, rel=1e-15)


HEADER = "bitstring,probability\n"
COLUMNS = "expected columns bitstring, probability and at least one row"
STRINGS = "bitstring: expected strings of 0 and 1, all of one length"
DISTINCT = "bitstring: expected distinct strings"
NUMBERS = "probability: expected positive numbers with sum 1"
FILE = "expected a CSV file"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("", FILE, id="empty"),
        pytest.param(HEADER, COLUMNS, id="header only"),
        pytest.param("bitstring\n01\n", COLUMNS, id="no probability"),
        pytest.param("probability\n1\n", COLUMNS, id="no bitstring"),
        pytest.param("01,0.5\n10,0.5\n", COLUMNS, id="no header"),
        pytest.param("string,probability\n01,1\n", COLUMNS, id="other column"),
        pytest.param("bitstring,probability,x\n01,1,2\n", COLUMNS, id="one column more"),
        pytest.param(HEADER + "01,0.5\n111,0.5\n", STRINGS, id="unequal lengths"),
        pytest.param(HEADER + "01,0.5\n12,0.5\n", STRINGS, id="a digit 2"),
        pytest.param(HEADER + "01,0.5\nab,0.5\n", STRINGS, id="letters"),
        pytest.param(HEADER + "01,0.5\n 1,0.5\n", STRINGS, id="a space"),
        pytest.param(HEADER + "01,0.5\n-1,0.5\n", STRINGS, id="a sign"),
        pytest.param(HEADER + "0,0.5\n\u0661,0.5\n", STRINGS, id="a digit of another script"),
        pytest.param(HEADER + ",0.5\n01,0.5\n", STRINGS, id="a string left out"),
        pytest.param(HEADER + ",1\n", STRINGS, id="the only string left out"),
        pytest.param(HEADER + "01,0.5\n01,0.5\n", DISTINCT, id="repeated"),
        pytest.param(HEADER + "01,1.5\n10,-0.5\n", NUMBERS, id="negative"),
        pytest.param(HEADER + "01,1\n10,0\n", NUMBERS, id="zero"),
        pytest.param(HEADER + "01,0.5\n10,0.4\n", NUMBERS, id="sum below 1"),
        pytest.param(HEADER + "01,0.5\n10,0.500001\n", NUMBERS, id="sum above 1"),
        pytest.param(HEADER + "01,\n10,1\n", NUMBERS, id="a number left out"),
        pytest.param(HEADER + "01,half\n10,0.5\n", NUMBERS, id="a word"),
        pytest.param(HEADER + "01,inf\n10,1\n", NUMBERS, id="infinite"),
        pytest.param(HEADER + "01,0.5\n10,0.5,7\n", FILE, id="a field more"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe", FILE, id="an image"),
        pytest.param(b"\x00" * 64, COLUMNS, id="zero bytes"),
        pytest.param(bytes(range(256)), f"{FILE}|{COLUMNS}", id="all bytes"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(content: str | bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "bad_target.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=rf"bad_target\.csv: ({message})"):
        read_target(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"absent\.csv"):
        read_target(tmp_path / "absent.csv")
