"""Formulas of n are read, never run: any text is a finite number or an error."""

from __future__ import annotations

from math import ceil, log, log2, sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bornscape.formulas import evaluate
from support.executed import Executed


@pytest.fixture
def executed(tmp_path: Path) -> Executed:
    return Executed(tmp_path)


def test_the_mark_is_left_by_code_that_runs(executed: Executed) -> None:
    assert not executed
    exec(executed.code)
    assert executed


WRAPS = (
    "{}",
    "n if {} else n",
    "log2({})",
    "[{}][0]",
    "(lambda: {})()",
    "f'{{{}}}'",
    "n + ({})",
    "{}.n",
    "{}(n)",
    "n; {}",
)


@pytest.mark.parametrize("wrap", WRAPS)
def test_no_formula_runs_code(executed: Executed, wrap: str) -> None:
    with pytest.raises(ValueError, match="formula "):
        evaluate(wrap.format(executed.code), 4)
    assert not executed


WORDS = st.sampled_from(
    [
        *"n2+-*/()[]{}.,:=<%'\"\\\n\t#@;~\u0663\uff4e",
        *("0.5", "1e3", "1j", "**", "//", ":=", "==", "log2", "sqrt", "ceil", "round", "exp", "lambda", "if", "else"),
        *("for", "in", "not", "and", "True", "None", "__import__", "('os')", ".system", "eval", "exec", "open"),
        *("().__class__.__mro__", "'a'", "f'{n}'"),
    ]
)
LEAVES = st.sampled_from(["n", "2", "0.5", "1e3"])
GOOD = st.recursive(
    LEAVES,
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from(["+", "-", "*", "/", "**"]), part).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(["log2", "log", "sqrt", "ceil", "round"]), part).map(lambda t: f"{t[0]}({t[1]})"),
    ),
    max_leaves=6,
)


@given(
    st.one_of(
        st.text(max_size=60), st.lists(WORDS, max_size=12).map("".join), st.lists(WORDS, max_size=12).map(" ".join)
    )
)
def test_any_text_is_a_finite_number_or_an_error(text: str) -> None:
    try:
        value = evaluate(text, 4)
    except ValueError:
        return
    assert isinstance(value, float)
    assert np.isfinite(value)


@given(GOOD)
def test_formulas_that_are_meant_have_the_value_that_python_gives(text: str) -> None:
    """The fuzzing above does not refuse everything."""
    names = {"n": 4.0, "log2": log2, "log": log, "sqrt": sqrt, "ceil": ceil, "round": round, "__builtins__": {}}
    try:
        expected = eval(text, names)
        # As the package has it: ceil and round of a float are whole numbers of any size in Python.
        expected = expected if isinstance(expected, complex) else float(expected)
    except (ValueError, OverflowError, ZeroDivisionError, TypeError):
        expected = None
    if expected is None or isinstance(expected, complex) or not np.isfinite(expected):
        with pytest.raises(ValueError, match="formula "):
            evaluate(text, 4)
    else:
        assert evaluate(text, 4) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "text",
    ["-" * 200_000 + "n", "(" * 100_000, "n" + "+n" * 100_000, "9" * 10_000, "n**" * 5000 + "n", "-" * 199 + "m"],
)
def test_huge_formulas_are_errors_and_do_not_end_the_process(text: str) -> None:
    with pytest.raises(ValueError, match="formula "):
        evaluate(text, 4)
