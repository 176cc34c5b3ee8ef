"""Write docs/images from a finished run, as small as a page needs, and the captions of docs/figures.md.

python docs/make_images.py results/default    both
python docs/make_images.py                    captions alone, from config/results.yaml
"""

from __future__ import annotations

import csv
import re
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from bornscape.configuration import read_source
from bornscape.pages.notebook_words import escaped
from bornscape.planning.catalogue import filled_caption, read_catalogue

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs/images"
PAGE = ROOT / "docs/figures.md"
TIMES = ROOT / "docs/measured/figure_times.csv"
SCALE = 0.8
"""240 dots an inch: a column on a screen of twice the usual density."""


def shrunk(picture: Image.Image) -> Image.Image:
    """The picture on white, smaller, in at most 256 colours."""
    white = Image.new("RGBA", picture.size, "white")
    flat = Image.alpha_composite(white, picture.convert("RGBA")).convert("RGB")
    size = (round(picture.width * SCALE), round(picture.height * SCALE))
    return flat.resize(size, Image.Resampling.LANCZOS).quantize(256, dither=Image.Dither.NONE)


def main(run: Path) -> None:
    """Renew each image whose figure the run holds."""
    for path in sorted(IMAGES.glob("*.png")):
        figure = run / "figures" / path.name
        if figure.is_file():
            temporary = path.with_suffix(".tmp")
            shrunk(Image.open(figure)).save(temporary, format="png", optimize=True)
            temporary.replace(path)


def captions() -> dict[str, str]:
    """The captions of all figures at the default scale, as the report has them, and what the figures cost."""
    config = read_source(ROOT / "config/config.yaml").content
    figures = read_catalogue(ROOT / "config/results.yaml", schema=None).figures
    with TIMES.open(encoding="utf-8") as lines:
        seconds = {row["figure"]: float(row["job_seconds"]) for row in csv.DictReader(lines)}
    return {name: f"{filled_caption(entry, config)} Jobs: {seconds[name]:.0f} s." for name, entry in figures.items()}


def captioned(page: str, told: Mapping[str, str]) -> str:
    """The page with each picture's caption as a quotation below it, in place of the one that stands there."""

    def below(picture: re.Match[str]) -> str:
        lines = textwrap.wrap(escaped(told[picture[2]]), 96, break_long_words=False, break_on_hyphens=False)
        # What would begin a list.
        quoted = (re.sub(r"^([-+#])", r"\\\1", line) for line in lines)
        return f"{picture[1]}\n" + "".join(f"> {line}\n" for line in quoted)

    return re.sub(r'(<img src="images/(\w+)\.png"[^>]*>\n)(?:\n(?:> .*\n)+)?', below, page)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    PAGE.write_text(captioned(PAGE.read_text(encoding="utf-8"), captions()), encoding="utf-8")
