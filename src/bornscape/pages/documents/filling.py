"""Filling the numbers of runs into templates of documents, and finding numbers that somebody typed."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import pandas as pd

from bornscape.extras import extra
from bornscape.pages.documents.run_numbers import Run
from bornscape.pages.documents.wording import FILTERS, wrapped
from bornscape.tables.names import DEEP

with extra("report"):
    import jinja2

_UNTOLD = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|```.*?```|^    .*?$|`[^`]*`|<[a-z/][^>]*>|\]\([^)]*\)|https?://\S+",
    re.DOTALL | re.MULTILINE,
)
"""What is no prose: expressions, code, HTML and addresses."""

_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e-?\d+)?")


class Missing:
    """Stands where a lookup found nothing, so that one filling tells all that is missing."""

    def _itself(self, *_: Any, **__: Any) -> Missing:
        return self

    __getattr__ = __call__ = __getitem__ = _itself
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __pow__ = _itself
    __neg__ = __abs__ = _itself

    def __iter__(self) -> Iterator[Any]:
        return iter((self, self))

    def __lt__(self, _: object) -> bool:
        return False

    __gt__ = __le__ = __ge__ = __lt__

    def __str__(self) -> str:
        return "[missing]"


class _Asked:
    """A run whose failed lookups are noted and give ``Missing``."""

    def __init__(self, run: Run, name: str, problems: list[str]) -> None:
        self._run, self._name, self._problems = run, name, problems

    def __getattr__(self, lookup: str) -> Any:
        try:
            found = getattr(self._run, lookup)
        except LookupError as error:
            return self._note(lookup, error)
        return self._guarded(lookup, found) if callable(found) else found

    def _guarded(self, lookup: str, found: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **cells: Any) -> Any:
            try:
                return found(*arguments, **cells)
            except (LookupError, pd.errors.UndefinedVariableError) as error:
                return self._note(lookup, error)

        return call

    def _note(self, lookup: str, error: Exception) -> Missing:
        self._problems.append(f"{self._name}.{lookup}: {error.args[0]}")
        return Missing()


def _tolerant(word: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(word)
    def applied(value: Any, *options: Any) -> Any:
        return value if isinstance(value, Missing) else word(value, *options)

    return applied


def filled(template: Path, runs: Mapping[str, Run], words: Mapping[str, Any] | None = None) -> str:
    """A document: the template with the numbers of the runs, which it knows by their names, and with ``words``.

    Raises
    ------
    LookupError
        A number that no table has; all of them are named.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template.parent),
        autoescape=False,  # noqa: S701 - Markdown of our own, from tables of our own.
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {"pi": math.pi, "deep": DEEP, **(words or {})}
    problems: list[str] = []
    environment.filters |= {name: _tolerant(word) for name, word in FILTERS.items()}
    asked = {name: _Asked(run, name, problems) for name, run in runs.items()}
    text = ""
    try:
        text = environment.get_template(template.name).render(asked)
    except (TypeError, ValueError, ArithmeticError):
        if not problems:  # Otherwise it is but what follows from a missing number.
            raise
    if problems:
        listed = "\n".join(f"  {problem}" for problem in dict.fromkeys(problems))
        raise LookupError(f"{template}: not in the tables:\n{listed}")
    return wrapped(text)


def typed_numbers(template: str, allowed: Sequence[str]) -> list[str]:
    """Numbers in a template's prose that no allowed pattern covers, each with the words around it.

    Parameters
    ----------
    template
        Its text.
    allowed
        Regular expressions; a number inside a match is no result: a size, a setting, the number of an equation.

    Examples
    --------
    >>> typed_numbers("At n = 14 it is {{ default.x }}, not 0.3 (`n = 2`).", ["n = [0-9]+"])
    ['0.3: is , not 0.3 ().']
    """
    text = re.sub(r"\s+", " ", _UNTOLD.sub("", template))
    covered = [found.span() for pattern in allowed for found in re.finditer(pattern, text)]
    return [
        f"{found[0]}: {text[max(found.start() - 9, 0) : found.end() + 9].strip()}"
        for found in _NUMBER.finditer(text)
        if not any(start <= found.start() and found.end() <= end for start, end in covered)
    ]


def unused(templates: Sequence[str], allowed: Sequence[str]) -> list[str]:
    """Allowed patterns that cover nothing in any of the templates.

    Examples
    --------
    >>> unused(["At n = 14."], ["n = [0-9]+", "Eq. 3"])
    ['Eq. 3']
    """
    texts = [re.sub(r"\s+", " ", _UNTOLD.sub("", template)) for template in templates]
    return [pattern for pattern in allowed if not any(re.search(pattern, text) for text in texts)]
