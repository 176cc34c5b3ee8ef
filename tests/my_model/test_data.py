"""A user's data: samples, probabilities, files and generators."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bornscape.datasets import synthetic_target
from bornscape.my_model.data.files import read_data
from bornscape.my_model.data.model_data import (
    columns_at,
    columns_problem,
    data_of,
    generated,
    lattice_columns,
    marginal,
)
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
    found = marginal(synthetic_target("o_n2", 6, np.random.default_rng(3)), range(2))
    whole = synthetic_target("o_n2", 6, np.random.default_rng(3)).dense()
    assert found.dense() == pytest.approx(whole.reshape(4, -1).sum(axis=1))
    with pytest.raises(ValueError, match="at least 3 characters, got 2"):
        marginal(found, range(3))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bitstring\n01\n011\n", "row 3: bitstring: expected 2 characters as in the first, got 3"),
        ("bitstring\n01\n0x\n", "row 3: bitstring: expected characters 0 and 1, got '0x'"),
        ("bitstring\n01\n\n1 0\n", "row 4: expected 1 value, as the header 'bitstring' names, got 2: '1 0'"),
        ("bitstring,probability\n01,0.5\n10,0.4\n", "expected probabilities with sum 1, got sum 0.9"),
        ("bitstring,probability\n01,1.5\n10,-0.5\n", "none below 0"),
        ("bitstring,probability\n01,half\n10,0.5\n", "finite probabilities"),
        ("bitstring,probability\n01,0.5\n01,0.5\n", "expected distinct strings"),
        ('bitstring\n01\n""\n', "row 3: bitstring: expected characters 0 and 1, got ''"),
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


def test_generated_spins_and_keywords(tmp_path: Path) -> None:
    text = "import numpy as np\n\ndef make(n, rng, sign=1):\n    return sign * np.ones((3, n), dtype=int)\n"
    part = {"file": str(write(tmp_path / "data.py", text)), "function": "make"}
    assert data_of(part, 3, 1).bitstrings.tolist() == [[1, 1, 1]]
    assert data_of(part | {"keywords": {"sign": -1}}, 3, 1).bitstrings.tolist() == [[1, 1, 1]]
    with pytest.raises(UserCodeError, match=r"data\.py: make: row 0, column 0: expected 0 or 1 .*got 2; "):
        data_of(part | {"keywords": {"sign": 2}}, 3, 1)


# Columns of each size

LATTICE = "".join(" ".join(f"{(value >> k) & 1}" for k in range(16)) + "\n" for value in (0b0000_0000_0011_0001, 0, 0))


def test_a_lattice_is_cut_to_lattices(tmp_path: Path) -> None:
    # Sites 0, 4 and 5 of the first sample are 1: of the first two columns of two rows three are.
    part = {"samples": str(write(tmp_path / "a.txt", LATTICE)), "columns": {"lattice": [4, 4]}}
    found = data_of(part, 4, 0)
    assert found.bitstrings.tolist() == [[0, 0, 0, 0], [1, 0, 1, 1]]
    assert found.probabilities == pytest.approx([2 / 3, 1 / 3])
    same = {"csv": part["samples"], "columns": {"4": [0, 1, 4, 5]}}
    assert np.array_equal(data_of(same, 4, 0).dense(), found.dense())
    assert data_of({"samples": part["samples"]}, 4, 0).bitstrings.tolist() == [[0, 0, 0, 0], [1, 0, 0, 0]]
    with pytest.raises(ValueError, match=r"a\.txt: expected columns for n = 6, as 6: \[0, 1, 2, 3, 4, 5\]"):
        data_of(same, 6, 0)


def test_columns_in_an_order_and_by_a_function(tmp_path: Path) -> None:
    path = write(tmp_path / "columns.py", "def reverse(n):\n    return [15 - k for k in range(n)]\n")
    samples = str(write(tmp_path / "a.txt", LATTICE))
    by_function = {"samples": samples, "columns": {"file": str(path), "function": "reverse"}}
    in_order = {"samples": samples, "columns": list(range(15, -1, -1))}
    for n in (2, 12):
        assert np.array_equal(data_of(by_function, n, 0).dense(), data_of(in_order, n, 0).dense())
    assert data_of(in_order, 12, 0).bitstrings[1].tolist() == [0] * 10 + [1, 1]


def test_lattice_parts() -> None:
    assert lattice_columns(4, 4, 6) == [0, 1, 2, 4, 5, 6]
    assert lattice_columns(4, 4, 16) == list(range(16))
    assert lattice_columns(2, 8, 10) == [0, 1, 2, 3, 4, 8, 9, 10, 11, 12]
    with pytest.raises(
        ValueError, match=r"no part of a lattice of 4 x 4 has 5 sites; .*\[1, 2, 3, 4, 6, 8, 9, 12, 16\]"
    ):
        lattice_columns(4, 4, 5)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ([0, 1], "columns: expected 3 different numbers of columns"),
        ([0, 1, 1], "columns: expected 3 different numbers"),
        ([0, 1, -1], "columns: expected 3 different numbers"),
        ([0, 1, 9], "expected numbers of columns from 0 to 7, got 9"),
        ({"3": [0, 1, 2.5]}, "columns of n = 3: expected 3 different"),
        ({"4": [0, 1, 2, 3]}, "expected columns for n = 3, as 3: [0, 1, 2]"),
    ],
)
def test_columns_that_do_not_fit(chosen: object, message: str) -> None:
    problem = columns_problem(chosen, 8, 3)  # type: ignore[arg-type]
    assert problem is not None
    assert problem.startswith(message)
    assert columns_problem([2, 0, 1], 3, 3) is None
    assert columns_at([2, 0, 1], 2) == [2, 0]
