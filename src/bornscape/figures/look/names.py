"""How losses and data sets are named and told apart, in figures and on pages: no drawing library is needed to read it.

Hues are for losses alone, one for each wherever it is shown: blues and purples for the MMD, greens for the quantum
fidelities, reds, yellows and browns for explicit losses. Markers differ as well, so that nothing depends on colour.
"""

from __future__ import annotations

from typing import NamedTuple

LOSS_STYLES: dict[str, tuple[str, str, str]] = {
    "mmd_average": ("#0173b2", "o", "MMD, averaged"),
    "mmd_0.01": ("#cc78bc", "v", "MMD, s = 0.01"),
    "mmd_0.1": ("#882255", "^", "MMD, s = 0.1"),
    "mmd_1": ("#6a51a3", "^", "MMD, s = 1"),
    "mmd_10": ("#9e9ac8", "d", "MMD, s = 10"),
    "mmd_n4": ("#56b4e9", "s", "MMD, s = n/4"),
    "mmd_n": ("#08306b", "h", "MMD, s = n"),
    "mmd_annealed": ("#4363d8", "P", "MMD, s annealed"),
    "lqf": ("#029e73", "D", "LQF"),
    "lqf_free": ("#8fd175", "d", "LQF, model's own phases"),
    "qf": ("#1b4332", "P", "global QF"),
    "kld": ("#d55e00", "X", "KLD"),
    "lqf_hadamard": ("#5fd3a8", "^", "LQF by Hadamard tests"),
    "kld_flat": ("#f4a261", "x", "KLD, own derivative"),
    "kld_added": ("#a63603", "1", "KLD, added 1e-6"),
    "kld_added_small": ("#7f2704", "2", "KLD, added 1e-8"),
    "kld_smoothed": ("#fdae6b", "3", "KLD, clipped at 1/(2N)"),
    "reverse_kld": ("#f79c79", "P", "reverse KLD"),
    "jsd": ("#8c8c00", "<", "JSD"),
    "tvd": ("#e8718d", ">", "TVD"),
    "classical_fidelity": ("#d9b600", "p", "classical fidelity"),
    "renyi_2": ("#4e2a1e", "*", "Rényi, order 2"),
    "renyi_0.5": ("#a17a5b", "h", "Rényi, order 1/2"),
}
"""Colour, marker (Matplotlib's) and name of each loss, of the MMD at each bandwidth."""


class DatasetName(NamedTuple):
    """A data set's marker (Matplotlib's), its name as Matplotlib draws it, and its name in plain text."""

    marker: str
    title: str
    plain: str


DATASETS = {
    "zero": DatasetName("o", "$|0\\ldots0\\rangle$", "|0…0⟩"),
    "ghz": DatasetName("s", "GHZ", "GHZ"),
    "o_n": DatasetName("D", "$O(n)$ strings", "O(n) strings"),
    "o_n2": DatasetName("^", "$O(n^2)$ strings", "O(n²) strings"),
    "cardinality": DatasetName("X", "cardinality", "cardinality"),
}
"""The synthetic data sets; each has a shade as well, from dark to light."""

IMAGES = {
    "jets": DatasetName("v", "particle jets", "particle jets"),
    "showers": DatasetName("P", "electron showers", "electron showers"),
    "published": DatasetName("o", "published images", "published images"),
    "published_spread": DatasetName("s", "published images, spread", "published images, spread"),
}
"""The data sets of images, in greys; the published ones are what the paper prints of its own."""

DATASET_TITLES = {name: entry.title for name, entry in (DATASETS | IMAGES).items()}
