"""Formulas in plain sentences, as tables and captions have them (``s = n/4``, ``4 sum_A (c_s(A) z_A)^2``), as MathML.

A formula is found by trying to read one at each word. What cannot be read as one stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

VARIABLES = "nNskKqpxzMrLlwtVCBAPQTW"
"""Letters that may stand in a formula; the others only with an index, a power or in brackets."""
ALONE = "nNskqpxzrMK"
"""Letters that are a formula by themselves; the others may be words or names of panels."""
_NAMES = ("pi", "sigma", "epsilon", "eps", "theta", "phi", "psi", "mu", "delta", "Delta", "lambda")
GREEK = dict(zip(_NAMES, "πσεεθφψμδΔλ", strict=True))
FUNCTIONS = dict.fromkeys(("log", "exp", "poly", "max", "min", "O", "Var", "E"), "")
FUNCTIONS |= {"Theta": "Θ", "Omega": "Ω", "sum": "∑", "prod": "∏"}
"""Names of what is applied to what follows, and their signs where these are not the names."""
SIGNS = {"<=": "≤", ">=": "≥", "->": "→", "→": "→", "≤": "≤", "≥": "≥", "=": "=", "<": "&lt;", ">": "&gt;"}
SIGNS |= {"+": "+", "-": "−", "*": "·", "/": "/"}
LONGEST_BRACKET = 120
"""Characters; what is longer is prose."""

_OPERATOR = re.compile("|".join(re.escape(sign) for sign in SIGNS))
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e-?\d+)?")
_NAME = re.compile(r"[A-Za-z]+")
_KET = re.compile(r"\|([01+]\.\.\.[01+]|0…0)(?:>|⟩)")
_START = re.compile(r"(?<![\w./^'-])(?=[\w(\[|<\-−])")
_END = re.compile(r"(?![\w^]|'\w|\.\d|\. \d)")
_NAMED = re.compile(r"(?:Figs?\.|Eqs?\.|Theorem|Proposition|Corollary|Lemma|Table|Python|order) $")


@dataclass(frozen=True)
class _Read:
    """What was read: its MathML and where it ends; whether it is more than a number, and whether something must follow.

    ``inside`` is what a bracket holds.
    """

    mathml: str
    end: int
    telling: bool = True
    open: bool = False
    inside: str = ""


def _row(*parts: str) -> str:
    return f"<mrow>{''.join(parts)}</mrow>"


def _fence(bracket: str) -> str:
    return f'<mo stretchy="false">{bracket}</mo>'


def _number(text: str) -> str:
    digits, _, power = text.partition("e")
    if not power:
        return f"<mn>{digits}</mn>"
    ten = f"<msup><mn>10</mn><mn>{str(int(power)).replace('-', '−')}</mn></msup>"
    return ten if digits == "1" else _row(f"<mn>{digits}</mn><mo>·</mo>", ten)


def _brackets(text: str, at: int, lenient: bool) -> _Read | None:
    """A bracket whose whole content is a formula, or several behind commas."""
    closing = {"(": ")", "[": "]", "{": "}"}[text[at]]
    if closing not in text[at : at + LONGEST_BRACKET]:
        return None
    parts, position, telling = [_fence(text[at])], at + 1, False
    lenient = lenient or bool(re.match(r"[^\])}]*[\^_/]", text[at + 1 :]))
    while inner := _expression(text, position, lenient):
        parts.append(inner.mathml)
        position, telling = inner.end, telling or inner.telling
        if text[position : position + 1] == closing:
            return _Read(_row(*parts, _fence(closing)), position + 1, telling, inside=_row(*parts[1:]))
        if not text[position : position + 2].startswith(","):
            return None
        parts.append("<mo>,</mo>")
        position += 2 if text[position + 1 : position + 2] == " " else 1
    return None


def _word_in_brackets(text: str, at: int) -> _Read | None:
    """A loss or another name in brackets, as in Var[MMD]."""
    found = re.compile(r"[(\[]([A-Z][A-Za-z]*(?:_[a-z]+)?(?: [A-Z]\b)?)[)\]]").match(text, at)
    if not found:
        return None
    ends = _fence(found[0][0]), _fence(found[0][-1])
    return _Read(_row(ends[0], f"<mtext>{escape(found[1])}</mtext>", ends[1]), found.end())


def _named(text: str, at: int, lenient: bool) -> _Read | None:
    """A variable, a Greek letter or a function, with what it is applied to."""
    found = _NAME.match(text, at)
    if not found:
        return None
    name, end = found[0], found.end()
    if name == "sqrt" and text[end : end + 1] == "(":
        inner = _brackets(text, end, True)
        return inner and _Read(f"<msqrt>{inner.inside}</msqrt>", inner.end)
    following = text[end : end + 1]
    if name in FUNCTIONS and following:
        sign = FUNCTIONS[name]
        big = sign in ("∑", "∏")
        mathml = f"<mo>{sign}</mo>" if big else f"<mi>{sign or name}</mi>"
        if name == "log" and re.match(r"2 ?[\w(]", text[end:]):
            mathml, end, following = f"<msub>{mathml}<mn>2</mn></msub>", end + 1, text[end + 1 : end + 2]
        if following in ("(", "[") and following:
            inner = _brackets(text, end, True) or _word_in_brackets(text, end)
            return inner and _Read(_row(mathml, inner.mathml), inner.end)
        if following == "_" or (following == " " and (big or name == "log")):
            return _Read(mathml, end, open=True)
        if name not in VARIABLES:
            return None
    if name in GREEK:
        return _applied(text, _Read(f"<mi>{GREEK[name]}</mi>", end))
    if len(name) != 1:
        return None
    marked = re.match(r"[_^(]| (?:[<>=]|<=|>=) \d", text[end:])
    if not (name in VARIABLES or lenient or marked):
        return None
    if following == "~":
        return _Read(f"<mover><mi>{name}</mi><mo>~</mo></mover>", end + 1)
    if following == "*" and not re.match(r"\*[\w(]", text[end:]):
        return _Read(f"<msup><mi>{name}</mi><mo>*</mo></msup>", end + 1)
    return _applied(text, _Read(f"<mi>{name}</mi>", end, name in ALONE))


def _applied(text: str, read: _Read) -> _Read:
    """With the bracket behind it, as in q(x) or c_s(A)."""
    if text[read.end : read.end + 1] == "(" and (inner := _brackets(text, read.end, True)):
        return _Read(_row(read.mathml, inner.mathml), inner.end)
    return read


def _script(text: str, at: int) -> _Read | None:
    """What stands behind ``_`` or ``^``."""
    sign = ""
    if text[at : at + 1] == "-":
        sign, at = "<mo>−</mo>", at + 1
    found = None
    if text[at : at + 1] in ("(", "{", "["):
        found = _brackets(text, at, True)
        if found and text[at] != "[":
            # The brackets only hold the script together.
            found = _Read(found.inside, found.end)
    elif number := _NUMBER.match(text, at):
        found = _Read(_number(number[0]), number.end())
    elif name := _NAME.match(text, at):
        found = _Read(f"<mi>{GREEK.get(name[0], name[0])}</mi>", name.end())
        if index := re.compile(r"_([a-z]|\d)\b|(\*)(?![\w(])").match(text, name.end()):
            kind = "msub" if index[1] else "msup"
            found = _Read(f"<{kind}>{found.mathml}<mi>{index[1] or index[2]}</mi></{kind}>", index.end())
    return found and _Read(_row(sign, found.mathml) if sign else found.mathml, found.end)


def _factor(text: str, at: int, lenient: bool) -> _Read | None:
    if ket := _KET.match(text, at):
        inside = ket[1].replace("...", "…")
        return _Read(_row("<mo>|</mo>", f"<mn>{inside}</mn>", "<mo>⟩</mo>"), ket.end())
    if size := re.compile(r"\|([A-Z])\|").match(text, at):
        return _Read(_row("<mo>|</mo>", f"<mi>{size[1]}</mi>", "<mo>|</mo>"), size.end())
    if mean := re.compile(r"<([A-Z])_([a-z])>").match(text, at):
        inside = f"<msub><mi>{mean[1]}</mi><mi>{mean[2]}</mi></msub>"
        return _Read(_row("<mo>⟨</mo>", inside, "<mo>⟩</mo>"), mean.end())
    base: _Read | None
    if number := _NUMBER.match(text, at):
        base = _Read(_number(number[0]), number.end(), telling="e" in number[0])
    elif text[at : at + 1] in ("(", "["):
        base = _brackets(text, at, lenient)
    else:
        base = _named(text, at, lenient)
    if base is None:
        return None
    below = above = None
    if text[base.end : base.end + 1] == "_" and not (below := _script(text, base.end + 1)):
        return None
    end = below.end if below else base.end
    if text[end : end + 1] == "^" and not (above := _script(text, end + 1)):
        return None
    end = above.end if above else end
    if below and above:
        return _Read(f"<msubsup>{base.mathml}{below.mathml}{above.mathml}</msubsup>", end, open=base.open)
    if below:
        return _applied(text, _Read(f"<msub>{base.mathml}{below.mathml}</msub>", end, open=base.open))
    if above:
        return _Read(f"<msup>{base.mathml}{above.mathml}</msup>", end)
    return base


def _expression(text: str, at: int, lenient: bool = False) -> _Read | None:
    """The longest formula that begins here; ``lenient``: in brackets, where any letter is a variable."""
    parts: list[str] = []
    position, telling, count, related = at, False, 0, False
    best: _Read | None = None
    if sign := re.match(r"[-−+]", text[at : at + 1]):
        parts, position = [f"<mo>{SIGNS.get(sign[0], sign[0])}</mo>"], at + 1
    while found := _factor(text, position, lenient):
        parts.append(found.mathml)
        position, count = found.end, count + 1
        telling = telling or found.telling
        if _END.match(text, position) and not found.open:
            best = _Read(_row(*parts), position, telling or count > 1)
        following = re.match(r" ?", text[position:])
        after = position + (following.end() if following else 0)
        if operator := _OPERATOR.match(text, after):
            spaced = after > position
            ahead = operator.end() + (text[operator.end() : operator.end() + 1] == " ")
            if spaced != (ahead > operator.end()):
                break
            tight = ' lspace="0" rspace="0"' if operator[0] == "/" else ""
            parts.append(f"<mo{tight}>{SIGNS[operator[0]]}</mo>")
            position, related = ahead, related or operator[0] not in "+-*/"
            if minus := re.match(r"-(?=[\w(])", text[position:]):
                parts.append("<mo>−</mo>")
                position += minus.end()
        elif after > position and not (found.open or _multiplies(text, after, lenient, related or not found.telling)):
            break
        elif after > position:
            parts.append('<mspace width="0.2em"/>')
            position = after
    return best


def _multiplies(text: str, at: int, lenient: bool, ended: bool) -> bool:
    """Whether what follows a blank is a factor: no word, number or, once a value has ``ended``, another formula."""
    if name := _NAME.match(text, at):
        marked = text[name.end() : name.end() + 1] in ("_", "^", "(")
        alone = len(name[0]) == 1 and (name[0] in ALONE or lenient or marked)
        return (
            alone or name[0] in GREEK or (name[0] in (*FUNCTIONS, "sqrt") and not (ended and name[0] in ("Var", "E")))
        )
    if re.match(r"\d+\^", text[at:]):
        return True
    return (
        bool(re.match(r"\([^()=<>]*[-+*/_^]|\(\(", text[at:])) if not lenient else text[at : at + 1] in ("(", "|", "[")
    )


def with_formulas(text: str) -> str:
    """HTML of a plain sentence: its formulas as MathML, the rest escaped.

    Examples
    --------
    >>> with_formulas("For n < 5.")
    'For <math><mrow><mi>n</mi><mo>&lt;</mo><mn>5</mn></mrow></math>.'
    >>> with_formulas("a, b: 95 % & more")
    'a, b: 95 % &amp; more'
    """
    done: list[str] = []
    position = copied = 0
    while start := _START.search(text, position):
        at = start.start()
        found = None if _NAMED.search(text[:at]) and text[at].isdigit() else _expression(text, at)
        if found and found.telling and _is_formula(text[at : found.end]):
            done += [escape(text[copied:at], quote=False), f"<math>{found.mathml}</math>"]
            position = copied = found.end
        else:
            word = re.compile(r"[\w…]+|.").match(text, at)
            position = word.end() if word else at + 1
    return "".join(done) + escape(text[copied:], quote=False)


def _is_formula(text: str) -> bool:
    """Not a date, a range, a share, a name with a hyphen or a sentence's letter."""
    return bool(re.search(r"[a-zA-Z|π^]|\de", text)) and not (len(text) == 1 and text not in ALONE)
