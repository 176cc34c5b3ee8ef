"""Write docs/images from a finished run: ``python docs/make_images.py results/default``, as small as a page needs."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

IMAGES = Path(__file__).parent / "images"
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


if __name__ == "__main__":
    main(Path(sys.argv[1]))
