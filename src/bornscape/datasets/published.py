"""The paper's own data, as far as its pages print them: Fig. 10's images at 16 qubits, Fig. 12's strings at 6."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from bornscape.datasets.synthetic import SYNTHETIC, synthetic_target
from bornscape.datasets.targets import Target
from bornscape.published import FIG_10_IMAGES, fig_12_strings


def _target(weights: Mapping[str, float]) -> Target:
    """Probabilities in proportion to ``weights``, strings in order."""
    strings = sorted(weights)
    bits = np.array([[int(bit) for bit in string] for string in strings], dtype=np.uint8)
    values = np.array([weights[string] for string in strings])
    return Target(bits, values / values.sum())


def _neighbours(string: str) -> list[str]:
    """The strings that differ in one bit."""
    return [string[:k] + ("1" if string[k] == "0" else "0") + string[k + 1 :] for k in range(len(string))]


def spread(images: Mapping[str, float]) -> dict[str, float]:
    """The printed images and, beside them, what is missing to 1 on images that differ from one of them in one pixel.

    An image hands on in proportion to its own probability, and as much to each neighbour that is not printed itself:
    the printed probabilities stay, and no other image is as likely as the least of them.

    Examples
    --------
    >>> spread({"00": 0.5, "01": 0.25})
    {'00': 0.5, '01': 0.25, '10': 0.16666666666666666, '11': 0.08333333333333333}
    """
    missing, printed = 1 - sum(images.values()), sum(images.values())
    weights = dict(images)
    for image, p in images.items():
        others = [neighbour for neighbour in _neighbours(image) if neighbour not in images]
        for neighbour in others:
            weights[neighbour] = weights.get(neighbour, 0.0) + missing * p / printed / len(others)
    return weights


PUBLISHED: dict[str, dict[int, Callable[[], Target]]] = {
    "published": {6: lambda: _target(fig_12_strings()), 16: lambda: _target(FIG_10_IMAGES)},
    "published_spread": {16: lambda: _target(spread(FIG_10_IMAGES))},
}
"""Data sets of printed strings by number of qubits: renormalised, and with the missing mass on one-pixel neighbours."""


def published_target(name: str, n_qubits: int) -> Target:
    """One of the published data sets.

    Fig. 10 (p. 20) prints 15 images that hold 0.85 of the mass; "published" divides by that sum, "published_spread"
    spreads the rest over their one-pixel neighbours. Fig. 12 (p. 70) shows 20 strings of 6 bits.

    Raises
    ------
    ValueError
        If the name is unknown, or the data set has no strings of so many bits.

    Examples
    --------
    >>> target = published_target("published", 16)
    >>> len(target.probabilities), round(float(target.probabilities.max()), 4)
    (15, 0.2243)
    """
    if name not in PUBLISHED:
        raise ValueError(f"data set {name!r}: expected one of {sorted(PUBLISHED)}")
    if n_qubits not in PUBLISHED[name]:
        raise ValueError(f"data set {name} has strings of {sorted(PUBLISHED[name])} bits, not {n_qubits}")
    return PUBLISHED[name][n_qubits]()


LISTED = frozenset({*SYNTHETIC, *PUBLISHED})
"""Data sets that are made from their name, without files of others: synthetic and published ones."""


def listed_target(name: str, n_qubits: int, rng: np.random.Generator) -> Target:
    """One of ``LISTED`` at n qubits; a published one takes no random numbers.

    Raises
    ------
    ValueError
        If the name is unknown, or the data set does not exist at n qubits.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> [len(listed_target(name, 6, rng).probabilities) for name in ("ghz", "published")]
    [2, 20]
    """
    return published_target(name, n_qubits) if name in PUBLISHED else synthetic_target(name, n_qubits, rng)
