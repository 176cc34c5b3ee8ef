"""Formulas of the number of qubits n, such as a bandwidth "n/4" or a depth "log2(n)"."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Sequence
from functools import lru_cache

Formula = float | int | str
Bandwidth = Formula | Sequence[Formula]

_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "log2": math.log2,
    "log": math.log,
    "sqrt": math.sqrt,
    "ceil": math.ceil,
    "round": round,
}

LARGEST_BANDWIDTH = 1e9
"""Beyond it the kernel exp(-H / 2s) is 1 to eight digits at every distance: a loss of nothing but the mean of the bits,
whose fourth powers, which intervals are made of, begin to vanish.
"""

LARGEST_SHOTS = 10**15
"""Measurements of a circuit at most: their numbers at every outcome are exact as floating-point numbers."""

LONGEST = 200
"""Characters of a formula: far below what Python's parser holds, which has no error of its own for too much."""


def _value(node: ast.AST, n: int) -> float:
    match node:
        case ast.Expression(body=body):
            return _value(body, n)
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id="n"):
            return float(n)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, n)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(left, n), _value(right, n))
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _FUNCTIONS:
            return float(_FUNCTIONS[name](_value(argument, n)))
    raise ValueError("unknown part")


@lru_cache(maxsize=4096)
def _read(text: str, n: int) -> float:
    # A table asks for the same formula at every row.
    return _value(ast.parse(text, mode="eval"), n)


def evaluate(formula: Formula, n: int) -> float:
    """Value of a formula at n qubits.

    Numbers, ``n``, ``+ - * / **`` and log2, log, sqrt, ceil, round are understood; nothing else is run.

    Raises
    ------
    ValueError
        If the formula is not one of these, is longer than ``LONGEST``, or has no finite value at n.

    Examples
    --------
    >>> evaluate("n/4", 10), evaluate("log2(n)", 8), evaluate(0.5, 3)
    (2.5, 3.0, 0.5)
    >>> evaluate("1e400", 10)
    Traceback (most recent call last):
    ...
    ValueError: formula '1e400': expected a finite value at n = 10, got inf
    """
    text = str(formula)
    if len(text) > LONGEST:
        raise ValueError(f"formula {text[:20] + '...'!r}: expected at most {LONGEST} characters, got {len(text)}")
    try:
        value = _read(text, n)
    except (ValueError, SyntaxError, ZeroDivisionError, OverflowError, TypeError, RecursionError, MemoryError):
        raise ValueError(
            f"formula {formula!r}: expected numbers, n, + - * / ** and {sorted(_FUNCTIONS)}, finite at n = {n}"
        ) from None
    if isinstance(value, complex) or not math.isfinite(value):
        raise ValueError(f"formula {formula!r}: expected a finite value at n = {n}, got {value}")
    return value


def bandwidth_values(bandwidth: Bandwidth, n: int) -> tuple[float, ...]:
    """Bandwidths s at n qubits: one, or several for a mean over kernels (Eq. 50).

    Raises
    ------
    ValueError
        If there is none, or one is not positive or above ``LARGEST_BANDWIDTH``.

    Examples
    --------
    >>> bandwidth_values("n/4", 6), bandwidth_values([0.01, "n/4"], 6)
    ((1.5,), (0.01, 1.5))
    """
    formulas = [bandwidth] if isinstance(bandwidth, (str, int, float)) else list(bandwidth)
    values = tuple(evaluate(formula, n) for formula in formulas)
    if not values or min(values) <= 0:
        raise ValueError(f"bandwidth {bandwidth!r}: expected values above 0 at n = {n}, got {list(values)}")
    if max(values) > LARGEST_BANDWIDTH:
        raise ValueError(
            f"bandwidth {bandwidth!r}: expected values up to {LARGEST_BANDWIDTH:.0e} at n = {n}, got {list(values)}; "
            f"n/4 to n**2 are usual"
        )
    return values


def shots_values(formulas: Sequence[Formula], n: int) -> tuple[int, ...]:
    """Numbers of measurements at n qubits: each formula rounded to a whole number; equal ones are kept once.

    Raises
    ------
    ValueError
        If one is below 2 or above ``LARGEST_SHOTS``.

    Examples
    --------
    >>> shots_values([1000, "n**3", "10*n**2"], 10)
    (1000,)
    """
    values = [round(evaluate(formula, n)) for formula in formulas]
    for formula, value in zip(formulas, values, strict=True):
        if value < 2:
            raise ValueError(f"shots {formula!r}: expected at least 2 at n = {n}, got {value}")
        if value > LARGEST_SHOTS:
            raise ValueError(f"shots {formula!r}: expected at most {LARGEST_SHOTS:.0e} at n = {n}, got {value:.3g}")
    return tuple(dict.fromkeys(values))


def depth_value(formula: Formula, n: int) -> int:
    """Number of layers at n qubits: the formula's value, rounded to the nearest whole number.

    Raises
    ------
    ValueError
        If it is below 0.

    Examples
    --------
    >>> depth_value("log2(n)", 6)
    3
    """
    layers = round(evaluate(formula, n))
    if layers < 0:
        raise ValueError(f"layers {formula!r}: expected at least 0 at n = {n}, got {layers}")
    return layers
