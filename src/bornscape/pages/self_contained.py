"""Pages that need nothing but themselves: pictures and data inside, and the check that nothing is fetched."""

from __future__ import annotations

import base64
import gzip
import io
import re
from html.parser import HTMLParser
from pathlib import Path

from bornscape.extras import extra

with extra("report"):
    import jinja2
    from markupsafe import Markup

LARGEST_PAGE = 15_000_000
"""Bytes."""

_LOADING = {
    **dict.fromkeys(("src", "srcset", "poster", "data", "background", "action", "formaction"), ()),
    "href": ("link", "base", "image", "use"),
    "xlink:href": ("image", "use"),
}
"""Attributes that make a browser fetch something, and on which elements only, if not on all."""

_STYLE_SOURCE = re.compile(r"""url\(\s*['"]?(?!data:|\#)([^'")]+)|@import\s+['"]([^'"]+)""")


def page_environment(folder: Path) -> jinja2.Environment:
    """Jinja for the templates of a folder; ``inline(name)`` puts a file of it in as it is, style or script."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Our own style sheets and scripts, which must not be escaped.
    environment.globals["inline"] = lambda name: Markup((folder / name).read_text(encoding="utf-8"))  # noqa: S704
    return environment


def picture_uri(path: Path, colours: int = 192) -> str:
    """A PNG as a data URI, with at most ``colours`` colours: a chart looks the same at a quarter of the size."""
    with extra("report"):
        from PIL import Image

    with Image.open(path) as image:
        few = image.convert("RGB").quantize(colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    written = io.BytesIO()
    few.save(written, format="PNG")
    return "data:image/png;base64," + base64.b64encode(written.getvalue()).decode()


def packed(content: bytes) -> str:
    """Bytes as base64 of gzip, for a script element that a page's own script unpacks when it is needed."""
    return base64.b64encode(gzip.compress(content, compresslevel=6, mtime=0)).decode()


class _Sources(HTMLParser):
    """Collects what a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        for name, value in attrs:
            elements = _LOADING.get(name)
            loads = elements is not None and (not elements or tag in elements)
            if loads and value and not value.startswith(("data:", "#")):
                self.found.append(f"{tag} {name}={value[:80]}")
            if name == "style" and value:
                self._look_at_style(value)

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self._look_at_style(data)

    def _look_at_style(self, text: str) -> None:
        self.found += [f"style {url or imported}" for url, imported in _STYLE_SOURCE.findall(text)]


def fetched_by(html: str) -> list[str]:
    """What a browser would fetch to show a page, in the page's order; empty if the page is self-contained.

    Links that a reader may follow do not count, nor does what a script does.

    Examples
    --------
    >>> fetched_by('<img src="data:image/png;base64,AAAA"><a href="https://arxiv.org">paper</a>')
    []
    >>> fetched_by('<img src="figure.png">')
    ['img src=figure.png']
    """
    sources = _Sources()
    sources.feed(html)
    sources.close()
    return sources.found


def page_problems(path: Path) -> list[str]:
    """What keeps a page from being one self-contained file of bearable size, one line each."""
    problems = [
        f"{path}: not self-contained: {source}"
        for source in fetched_by(path.read_text(encoding="utf-8", errors="replace"))
    ]
    if (size := path.stat().st_size) > LARGEST_PAGE:
        problems.append(f"{path}: expected at most {LARGEST_PAGE / 1e6:g} MB, got {size / 1e6:.1f} MB")
    return problems
