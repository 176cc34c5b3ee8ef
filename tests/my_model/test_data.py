"""A user's data: samples, probabilities, files and generators."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bornscape.datasets import synthetic_target
from bornscape.my_model.data import data_of, first_columns, generated, read_data
from bornscape.my_model.user_code import UserCodeError

# Data


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_samples_are_counted(tmp_path: Path) -> None:
    found = read_data(write(tmp_path / "a.csv", "bitstring\n011\n000\n011\n011\n"))
    assert found.bitstrings.tolist() == [[0, 0, 0], [0, 1, 1]]
    assert found.probabilities.tolist() == [0.25, 0.75]


def test_probabilities_are_kept_and_zeros_dropped(tmp_path: Path) -> None:
    found = read_data(write(tmp_path / "a.csv", "bitstring,probability\n10,0.25\n01,0.75\n00,0\n"))
    assert found.bitstrings.tolist() == [[0, 1], [1, 0]]
    assert found.probabilities.tolist() == [0.75, 0.25]


def test_first_columns_are_the_marginal() -> None:
    found = first_columns(synthetic_target("o_n2", 6, np.random.default_rng(3)), 2)
    whole = synthetic_target("o_n2", 6, np.random.default_rng(3)).dense()
    assert found.dense() == pytest.approx(whole.reshape(4, -1).sum(axis=1))
    with pytest.raises(ValueError, match="at least 3 characters, got 2"):
        first_columns(found, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bitstring\n01\n011\n", "row 3: bitstring: expected 2 characters as in the first, got 3"),
        ("bitstring\n01\n0x\n", "row 3: bitstring: expected characters 0 and 1, got '0x'"),
        ("bitstring\n01\n\n1 0\n", "row 3: bitstring: expected characters 0 and 1"),
        ("bitstring,probability\n01,0.5\n10,0.4\n", "expected probabilities with sum 1, got sum 0.9"),
        ("bitstring,probability\n01,1.5\n10,-0.5\n", "none below 0"),
        ("bitstring,probability\n01,half\n10,0.5\n", "finite probabilities"),
        ("bitstring,probability\n01,0.5\n01,0.5\n", "expected distinct strings"),
        ("01\n10\n", "expected a header 'bitstring'"),
        ("bitstring\n", "at least one row"),
        ("", "expected a CSV file"),
    ],
)
def test_bad_csv_files(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=rf"a\.csv: .*{message}"):
        read_data(write(tmp_path / "a.csv", text))


def test_missing_csv_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"gone\.csv: cannot be read"):
        read_data(tmp_path / "gone.csv")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("np.zeros((5, n + 1))", r"expected bitstrings of shape \(M, 3\), got shape \(5, 4\)"),
        ("np.full((5, n), 2)", "zeros and ones"),
        ("(np.eye(n), np.ones(n))", "sum 1, got sum 3"),
        ("(np.eye(n), np.ones(2) / 2)", "expected 3 probabilities"),
        ("(np.eye(n),)", "got 1 parts"),
    ],
)
def test_generators_that_return_something_else(tmp_path: Path, answer: str, message: str) -> None:
    path = write(tmp_path / "data.py", f"import numpy as np\n\ndef make(n, rng):\n    return {answer}\n")
    with pytest.raises(UserCodeError, match=rf"data\.py: make: .*{message}"):
        generated(str(path), "make", 3, np.random.default_rng(0))


def test_generated_data_follow_their_own_seed(tmp_path: Path) -> None:
    path = write(tmp_path / "data.py", "def make(n, rng):\n    return rng.integers(0, 2, (50, n))\n")
    part = {"file": str(path), "function": "make"}
    first, again = data_of(part, 4, 1), data_of(part, 4, 1)
    assert np.array_equal(first.dense(), again.dense())
    assert not np.array_equal(first.dense(), data_of(part, 4, 2).dense())
    assert np.array_equal(first.dense(), data_of(part | {"seed": 1}, 4, 2).dense())
