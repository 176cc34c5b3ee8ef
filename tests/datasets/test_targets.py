"""Targets written and read as CSV."""

from pathlib import Path

import numpy as np
import pytest

from bornscape.datasets import SYNTHETIC, Target, read_target, synthetic_target, write_target


def draw(name: str, n: int, seed: int = 170) -> Target:
    return synthetic_target(name, n, np.random.default_rng(seed))


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


@pytest.mark.parametrize(
    ("bits", "p", "message"),
    [
        ([[0, 1], [0, 1]], [0.5, 0.5], "bitstrings: expected distinct rows; add up the probabilities"),
        ([[1, 1], [0, 1], [1, 1]], [0.5, 0.25, 0.25], "bitstrings: expected distinct rows"),
        ([[0] * 70, [0] * 70], [0.5, 0.5], "bitstrings: expected distinct rows"),
        ([[0, 1]], [0.9], "probabilities: expected none below 0 and sum 1, got sum 0.9"),
        ([[0, 1], [1, 1]], [1.5, -0.5], "probabilities: expected none below 0"),
        ([[0, 1]], [np.nan], "probabilities: expected none below 0 and sum 1, got sum nan"),
        ([[0, 2]], [1.0], "bitstrings: expected zeros and ones"),
        ([0, 1], [0.5, 0.5], "expected bitstrings .* got shapes"),
        ([[0, 1]], [0.5, 0.5], "expected bitstrings .* got shapes"),
    ],
)
def test_what_is_no_target(bits: list[object], p: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        Target(np.array(bits), np.array(p))
