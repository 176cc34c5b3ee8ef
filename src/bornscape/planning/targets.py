"""Target distributions of a run: where their files are, and the sizes at which a run uses them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from bornscape.datasets.images import IMAGE_SETS
from bornscape.datasets.kept_jets import kept_jets


def target_path(folder: str, dataset: str, n_qubits: int | str) -> str:
    """Path of a target distribution in the folder of a run.

    Examples
    --------
    >>> target_path("results/mine", "ghz", 8)
    'results/mine/targets/ghz_n8.csv'
    """
    return f"{folder}/targets/{dataset}_n{n_qubits}.csv"


def synthetic_sizes(needed: Iterable[tuple[Collection[str], Collection[int]]]) -> dict[str, list[int]]:
    """Sizes of each synthetic data set, sorted, from the (data sets, sizes) that the parts of a run need.

    Examples
    --------
    >>> synthetic_sizes([(["ghz", "jets"], [4, 9]), (["ghz"], [2])])
    {'ghz': [2, 4, 9]}
    """
    sizes: dict[str, set[int]] = {}
    for datasets, wanted in needed:
        for dataset in datasets:
            if dataset not in IMAGE_SETS:
                sizes.setdefault(dataset, set()).update(wanted)
    return {name: sorted(distinct) for name, distinct in sorted(sizes.items())}


def kept_jet_files(settings: Mapping[str, Any]) -> list[str]:
    """Files of the kept jets of these settings, relative to the current folder.

    Raises
    ------
    ValueError
        If there are none; see ``bornscape.datasets.kept_jets.kept_jets``.
    """
    return [os.path.relpath(path) for path in kept_jets(settings).files]
