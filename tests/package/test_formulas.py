"""Formulas of n: values, labels and what is refused."""

import math
from typing import Any

import pytest

from bornscape.formulas import bandwidth_values, depth_value, evaluate, shots_values


@pytest.mark.parametrize(
    ("formula", "n", "expected"),
    [
        (3, 10, 3),
        (0.25, 10, 0.25),
        ("7", 10, 7),
        ("1e-3", 10, 1e-3),
        (1e-30, 10, 1e-30),
        ("n", 10, 10),
        ("n/4", 10, 2.5),
        ("n / 4 + 1", 8, 3),
        ("2 + 3 * n", 4, 14),
        ("(2 + 3) * n", 4, 20),
        ("n - 1 - 1", 4, 2),
        ("n**2", 5, 25),
        ("2**-n", 3, 0.125),
        ("-n", 3, -3),
        ("log2(n)", 8, 3),
        ("log(n)", 7, math.log(7)),
        ("sqrt(n)", 16, 4),
        ("ceil(n/3)", 7, 3),
        ("round(log2(n))", 9, 3),
        ("ceil(sqrt(n)) + 1", 5, 4),
    ],
)
def test_values(formula: Any, n: int, expected: Any) -> None:
    value = evaluate(formula, n)
    assert value == pytest.approx(expected, rel=1e-15)
    assert isinstance(value, float)


@pytest.mark.parametrize(
    "formula",
    [
        "",
        "m",
        "n +",
        "n n",
        "n; n",
        "nn",
        "N",
        "n // 2",
        "n % 2",
        "n & 1",
        "n < 3",
        "n if n else 1",
        "[n]",
        "(n, n)",
        "lambda: n",
        "n.real",
        "'n'",
        "f'{n}'",
        "True",
        True,
        None,
        "1j",
        "exp(n)",
        "log2",
        "log2()",
        "log2(n, 2)",
        "log2(x=n)",
        "log2(*[n])",
        "math.log2(n)",
        "__import__('os')",
        "__import__('os').system('touch broken')",
        "().__class__.__bases__",
        "open('file')",
        "eval('n')",
        "(x := n)",
        "n\x00",
        "(" * 500 + "n",
        "nan",
        "inf",
        float("nan"),
        float("inf"),
    ],
)
def test_anything_else_is_an_error_and_is_not_run(formula: Any) -> None:
    with pytest.raises(ValueError, match=r"formula .*: expected "):
        evaluate(formula, 4)


@pytest.mark.parametrize(
    ("formula", "n"),
    [
        ("1/(n-4)", 4),
        ("log2(n-4)", 4),
        ("log(-n)", 4),
        ("sqrt(-n)", 4),
        ("(-n)**0.5", 4),
        ("9**9**9**n", 4),
        ("1e308*n", 4),
        ("1e308*n - 1e308*n", 4),
        ("0**-n", 1),
    ],
)
def test_a_value_that_is_not_finite_is_an_error(formula: Any, n: int) -> None:
    with pytest.raises(ValueError, match=rf"formula .*: expected .*finite .*at n = {n}"):
        evaluate(formula, n)


@pytest.mark.parametrize(
    ("bandwidth", "expected"),
    [
        (1, (1.0,)),
        (0.01, (0.01,)),
        ("n/4", (3.0,)),
        ([0.01, "n/4", "n"], (0.01, 3.0, 12.0)),
        (("0.1*n",), (1.2000000000000002,)),
    ],
)
def test_bandwidth_values(bandwidth: Any, expected: Any) -> None:
    assert bandwidth_values(bandwidth, 12) == expected


@pytest.mark.parametrize("bandwidth", [0, -1, 0.0, "0", "-n", "n - 12", [], [1, 0], ["n/4", "-1"]])
def test_bandwidths_that_are_not_positive_are_an_error(bandwidth: Any) -> None:
    with pytest.raises(ValueError, match=r"bandwidth .*: expected values above 0 at n = 12"):
        bandwidth_values(bandwidth, 12)


@pytest.mark.parametrize("bandwidth", ["m", ["n/4", "m"], [None], "__import__('os')"])
def test_bandwidths_that_are_no_formulas_are_an_error(bandwidth: Any) -> None:
    with pytest.raises(ValueError, match=r"formula .*: expected numbers"):
        bandwidth_values(bandwidth, 12)


@pytest.mark.parametrize(
    ("formula", "n", "depth"),
    [
        (4, 9, 4),
        ("n", 9, 9),
        ("log2(n)", 9, 3),
        ("log2(n)", 12, 4),
        ("n/4", 9, 2),
        ("0", 9, 0),
        (2.6, 9, 3),
    ],
)
def test_depths(formula: Any, n: int, depth: int) -> None:
    value = depth_value(formula, n)
    assert value == depth
    assert isinstance(value, int)


@pytest.mark.parametrize("formula", [-1, "1 - n", "n-10"])
def test_a_depth_below_0_is_an_error(formula: Any) -> None:
    with pytest.raises(ValueError, match=r"^layers .*: expected at least 0 at n = 9, got -"):
        depth_value(formula, 9)


def test_limits() -> None:
    assert bandwidth_values(1e9, 4) == (1e9,)
    assert shots_values([1e15], 4) == (10**15,)
    with pytest.raises(ValueError, match=r"^bandwidth 1e\+300: expected values up to 1e\+09 at n = 4"):
        bandwidth_values(1e300, 4)
    with pytest.raises(ValueError, match=r"^shots '10\*\*n': expected at most 1e\+15 at n = 16, got 1e\+16"):
        shots_values(["10**n"], 16)


def test_bad_depth_is_an_error() -> None:
    with pytest.raises(ValueError, match="formula 'deep': expected"):
        depth_value("deep", 4)
