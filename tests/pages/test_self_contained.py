"""Pages that need nothing but themselves: what a browser would fetch is found; pictures and formulas survive."""

from __future__ import annotations

import base64
import gzip
import io
from pathlib import Path

import numpy as np
import pytest
from jinja2 import UndefinedError
from PIL import Image

from bornscape.pages import self_contained
from bornscape.pages.mathml import markdown_to_html
from bornscape.pages.self_contained import fetched_by, packed, page_environment, page_problems, picture_uri

INSIDE = """<!doctype html><link rel="icon" href="data:,"><style>p { background: url(data:image/png;base64,AA) }</style>
<p style="fill: url(#here)"><a href="https://example.org">a link to follow</a> <img src="data:image/png;base64,AA">
<script>const text = "<img src='https://example.org/in-a-string.png'>"; // url(https://example.org)</script>
<svg><use href="#here"></use></svg>"""


def test_what_lies_inside_or_is_followed_is_not_fetched() -> None:
    assert fetched_by(INSIDE) == []


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ('<script src="https://example.org/x.js"></script>', "script src=https://example.org/x.js"),
        ('<link rel="stylesheet" href="//example.org/x.css">', "link href=//example.org/x.css"),
        ('<img src="figures/fig_7.png">', "img src=figures/fig_7.png"),
        ('<img srcset="http://example.org/x.png 2x">', "img srcset=http://example.org/x.png 2x"),
        ("<style>@import 'https://example.org/x.css';</style>", "style https://example.org/x.css"),
        ("<style>p { background: url( 'x.png' ) }</style>", "style x.png"),
        ('<p style="background: url(https://example.org/x.png)">', "style https://example.org/x.png"),
        ('<iframe src="other.html"></iframe>', "iframe src=other.html"),
        ('<svg><image href="x.svg"/></svg>', "image href=x.svg"),
        ('<SCRIPT SRC="x.js"></SCRIPT>', "script src=x.js"),
    ],
)
def test_what_is_fetched_is_named(part: str, found: str) -> None:
    assert fetched_by(INSIDE + part) == [found]


def test_problems_of_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.html"
    page.write_text(INSIDE, encoding="utf-8")
    assert page_problems(page) == []
    page.write_text('<img src="x.png">', encoding="utf-8")
    monkeypatch.setattr(self_contained, "LARGEST_PAGE", 10)
    assert page_problems(page) == [
        f"{page}: not self-contained: img src=x.png",
        f"{page}: expected at most 1e-05 MB, got 0.0 MB",
    ]


def test_a_picture_keeps_its_size_and_nearly_its_colours(tmp_path: Path) -> None:
    path = tmp_path / "chart.png"
    chart = np.full((300, 400, 4), 255, np.uint8)
    for k, colour in enumerate(([1, 115, 178], [222, 143, 5], [2, 158, 115], [213, 94, 0])):
        chart[60 * k + 10 : 60 * k + 50, 50:350, :3] = colour
    chart[:, :40, :3] = np.linspace(0, 255, 300)[:, None, None]
    Image.fromarray(chart).save(path)
    kind, _, content = picture_uri(path).partition(",")
    assert kind == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(content))) as image:
        assert image.size == (400, 300)
        shown = np.asarray(image.convert("RGB"), dtype=int)
    assert np.abs(shown - chart[..., :3]).max() < 16
    assert picture_uri(path) == picture_uri(path)


def test_packed_is_the_same_each_time_and_comes_back() -> None:
    content = "n,ä\n".encode() * 1000
    assert packed(content) == packed(content)
    assert len(packed(content)) < len(content) / 10
    assert gzip.decompress(base64.b64decode(packed(content))) == content


def test_templates_escape_inline_and_stop_at_a_missing_name(tmp_path: Path) -> None:
    (tmp_path / "part.css").write_text("a > b {{ }}", encoding="utf-8")
    (tmp_path / "good.jinja").write_text("{{ inline('part.css') }} {{ text }}", encoding="utf-8")
    (tmp_path / "bad.jinja").write_text("{{ missing }}", encoding="utf-8")
    environment = page_environment(tmp_path)
    assert environment.get_template("good.jinja").render(text="<&>") == "a > b {{ }} &lt;&amp;&gt;"
    with pytest.raises(UndefinedError, match="missing"):
        environment.get_template("bad.jinja").render()


def test_markdown_with_formulas() -> None:
    html = markdown_to_html("**Claim.** With $s_A < n$ and `$x` it is\n\n$$\\frac{1}{2}$$\n")
    assert html.startswith("<p><strong>Claim.</strong> With <math")
    assert "<msub>" in html
    assert html.count('<span class="formula"><math') == 1
    assert "<mfrac>" in html
    assert "FORMULA" not in html
