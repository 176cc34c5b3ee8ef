"""A colour, a marker and a name for what figures tell apart beside losses, whose hues are in ``names``.

Everything here has shades from dark to light. Markers and lines differ as well, so that nothing depends on colour.
"""

from __future__ import annotations

import seaborn as sns

from bornscape.figures.look.names import DATASETS, IMAGES, LOSS_STYLES

Colour = str | tuple[float, float, float]


def shades(name: str, count: int) -> list[Colour]:
    """So many colours of a seaborn map from dark to light, without its palest, which is lost on white.

    Examples
    --------
    >>> lightness = [luminance(colour) for colour in shades("mako", 3)]
    >>> len(lightness), lightness == sorted(lightness)
    (3, True)
    """
    colours = sorted(sns.color_palette(name, count + 1), key=luminance)
    return list(colours[:count])


def luminance(colour: tuple[float, float, float]) -> float:
    """How light a colour is in greyscale, from 0 (black) to 1 (white).

    Examples
    --------
    >>> round(luminance((0.0, 0.0, 0.0)), 6), round(luminance((1.0, 1.0, 1.0)), 6), luminance((1.0, 0.0, 0.0))
    (0.0, 1.0, 0.299)
    """
    red, green, blue = colour
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _bandwidth(loss: str, name: str) -> tuple[str, str, str]:
    return (*LOSS_STYLES[loss][:2], name)


BANDWIDTH_STYLES = {
    "1": _bandwidth("mmd_1", "s = 1"),
    "10": _bandwidth("mmd_10", "s = 10"),
    "n/4": _bandwidth("mmd_n4", "s = n/4"),
}
"""Colour, marker and name of each bandwidth of the MMD: those of the loss."""

KERNEL_STYLES = {
    "0": _bandwidth("mmd_0.01", "s → 0"),
    "1": BANDWIDTH_STYLES["1"],
    "n/4": BANDWIDTH_STYLES["n/4"],
    "n": _bandwidth("mmd_n", "s = n"),
    "average": _bandwidth("mmd_average", "average of s → 0, 1, n/4"),
}
"""The same for the kernels of Fig. 5."""

_CIRCUITS = shades("rocket", 3)
CIRCUIT_STYLES = {
    "product_haar": (_CIRCUITS[2], "D", "product, Haar (Theorem 2)"),
    "product_ry": (_CIRCUITS[1], "X", "product, $R_y$ (Theorem 2)"),
    "line": (_CIRCUITS[0], "o", "line, $\\log_2 n$ layers"),
}
"""Colour, marker and name of each random circuit."""

_SYNTHETIC = zip(DATASETS.items(), shades("mako", len(DATASETS)), strict=True)
_IMAGES = zip(IMAGES.items(), ("0.45", "0.6", "0.2", "0.7"), strict=True)
DATASET_STYLES: dict[str, tuple[Colour, str]] = {name: (shade, entry.marker) for (name, entry), shade in _SYNTHETIC} | {
    name: (grey, entry.marker) for (name, entry), grey in _IMAGES
}
"""Colour and marker of each data set, where several share an axis."""

_SHOTS = shades("flare", 5)
SHOTS_STYLES = {
    "100": (_SHOTS[4], "<", "N = 100"),
    "512": (_SHOTS[3], "P", "N = 512"),
    "1000": (_SHOTS[2], ">", "N = 1000"),
    "n**2": (_SHOTS[1], "v", "N = $n^2$"),
    "2.7**n": (_SHOTS[0], "*", "N = $2.7^n$"),
}
"""Colour, marker and name of each number of shots."""

_MODELS = shades("mako", 3)
MODEL_STYLES = {
    "qcbm_sampled": (*LOSS_STYLES["kld"][:2], "circuit, KLD from shots"),
    "qcbm_exact": (_MODELS[0], "o", "circuit, exact KLD"),
    "matrix_product": (_MODELS[1], "s", "matrix product state"),
    "autoregressive": (_MODELS[2], "^", "autoregressive"),
}
"""Colour, marker and name of each model, implicit or explicit; the explicit ones are trained with the exact KLD."""

_SUPPORTS = shades("rocket", 3)
SUPPORT_STYLES = {
    ("half_weight", "sector"): (_SUPPORTS[0], "o", "weight n/2: all of it"),
    ("half_weight", "sector_n**2"): (_SUPPORTS[0], "s", "weight n/2: $n^2$ strings"),
    ("half_weight", "sector_n"): (_SUPPORTS[0], "D", "weight n/2: n strings"),
    ("line", "sector"): (_SUPPORTS[1], "v", "line: all of weight n/2"),
    ("line", "sector_n"): (_SUPPORTS[1], "X", "line: n of weight n/2"),
    ("weight_two", "sector_n"): (_SUPPORTS[2], "P", "weight 2: n strings"),
}
"""The same for each model's support and training set."""

_STARTS = shades("viridis", 6)
START_STYLES = {
    ("string", "0"): ("0.2", "*", "string, σ = 0"),
    ("string", "0.1"): (_STARTS[0], "o", "string, σ = 0.1"),
    ("string", "0.3"): (_STARTS[1], "s", "string, σ = 0.3"),
    ("string", "1/sqrt(n)"): (_STARTS[2], "P", "string, σ = $1/\\sqrt{n}$"),
    ("string", "1"): (_STARTS[3], "^", "string, σ = 1"),
    ("marginals", "0.1"): (_STARTS[4], "v", "marginals, σ = 0.1"),
    ("uniform", "uniform"): (_STARTS[5], "X", "uniform angles"),
}
"""The same for each start of a circuit and the scale of its angles."""
