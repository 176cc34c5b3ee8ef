"""The data of the paper's training figures as far as it prints them: Fig. 10's images and Fig. 12's strings."""

from __future__ import annotations

from bornscape.published.curves import published_curves

FIG_10_IMAGES: dict[str, float] = {
    "0000011111110000": 0.1906,
    "0000111111110000": 0.1834,
    "0000111111110011": 0.0747,
    "0000111111110010": 0.0688,
    "0010111111110011": 0.0660,
    "0011111111110011": 0.0642,
    "0001111111110011": 0.0378,
    "0011111111110111": 0.0300,
    "0000111111110001": 0.0264,
    "0010111111110111": 0.0223,
    "0000011111110011": 0.0201,
    "0000011111110001": 0.0173,
    "0010111111110010": 0.0168,
    "0000011111110010": 0.0164,
    "0000011011110000": 0.0150,
}
"""Fig. 10c (p. 20): the 15 most probable images of 4 x 4 pixels, row by row from the top, with their probabilities.

They sum to 0.85; the paper does not show the rest.
"""


def fig_12_strings() -> dict[str, float]:
    """Fig. 12 (p. 70): the strings of 6 bits of its data and their probabilities, read off its panels (sum near 1).

    Examples
    --------
    >>> strings = fig_12_strings()
    >>> len(strings), round(max(strings.values()), 2)
    (20, 0.71)
    """
    curves = published_curves("12")
    drawn = curves[(curves["panel"] == "distribution polynomial, inf shots") & (curves["loss"] == "target")]
    return {format(int(x), "06b"): float(y) for x, y in zip(drawn["x"], drawn["y"], strict=True)}
