"""Formulas in plain sentences: what is one is found whole, what is none stays as it is."""

from __future__ import annotations

import re
from html import unescape
from xml.etree import ElementTree

import pytest
import yaml

from bornscape.pages.prose_formulas import with_formulas
from support.shipped import CATALOGUE, ROOT

FORMULA = re.compile(r"<math>(.*?)</math>", re.DOTALL)
STATEMENTS = [
    claim["statement"]
    for path in sorted((ROOT / "config/claims").glob("[a-z]*.yaml"))
    for claim in yaml.safe_load(path.read_text(encoding="utf-8")).get("claims", [])
]
CAPTIONS = [re.sub(r"\{\{.*?\}\}", "300", entry.caption) for entry in CATALOGUE.figures.values()]


def formulas(text: str) -> list[str]:
    """The formulas that are found, as bare characters."""
    return [unescape(re.sub(r"<[^>]+>", "", found)) for found in FORMULA.findall(with_formulas(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("for s = n/4.", ["s=n/4"]),
        ("is n - (pi^2/6) E[H], H the distance, up to n = 100.", ["n−(π2/6)E[H]", "n=100"]),
        ("at most 4 (n-k) of k* = max(k, n/4s), for k < n", ["4(n−k)", "k*=max(k,n/4s)", "k<n"]),
        ("the mean of 1 - (1 - q)^N over circuits", ["1−(1−q)N"]),
        ("At s = n/4 Var[MMD] is not below 4 sum_A (c_s(A) z_A)^2", ["s=n/4", "Var[MMD]", "4∑A(cs(A)zA)2"]),
        ("target |0...0>, below 1e-6", ["|0…0⟩", "10−6"]),
        ("at log2(n) layers, of R_y rotations within 1/sqrt(n)", ["log2(n)", "Ry", "1/n"]),
        ("falls as n^-k e^(-r n) and E[q(x)] = 2^-n", ["n−ke−rn", "E[q(x)]=2−n"]),
        ("<Z_i> for |A| = 1", ["⟨Zi⟩", "|A|=1"]),
    ],
)
def test_formulas_are_found_whole(text: str, found: list[str]) -> None:
    assert formulas(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "A layer, a: exact, b and c: 95 % of 12 (0.5 to 0.7), 3 to 4.",
        "The paper's Fig. 2 (p. 19), on 2026-11-26, Theorem 2's I-beam.",
        "the sum of all, prod over them, MMD and LQF <= QF",
        "snakemake --cores 2 fig_7",
    ],
)
def test_prose_stays_as_it_is(text: str) -> None:
    assert formulas(text) == []
    assert unescape(with_formulas(text)) == text


def test_what_is_no_formula_is_escaped() -> None:
    assert "<script" not in with_formulas("x<script>alert(1)</script> & n = 2")
    assert with_formulas("<b> & n = 2").startswith("&lt;b&gt; &amp; <math>")


@pytest.mark.parametrize("text", [*STATEMENTS, *CAPTIONS, "(" * 5000 + "n^2", "(" * 100 + "n" + ")" * 100])
def test_no_text_is_lost_and_all_is_well_formed(text: str) -> None:
    html = with_formulas(text)
    ElementTree.fromstring(f"<p>{html}</p>")
    words = re.findall(r"[A-Za-z]{3,}", FORMULA.sub(" ", html))
    assert all(word in text or word in ("amp", "lt", "gt") for word in words)
    assert len(re.sub(r"\W", "", unescape(re.sub(r"<[^>]+>", "", html)))) > 0.6 * len(re.sub(r"\W", "", text))


def test_powers_and_indices_are_not_left_in_captions() -> None:
    left = [found for text in CAPTIONS for found in re.findall(r"\w+[\^_]\S*", FORMULA.sub("", with_formulas(text)))]
    assert left == []
