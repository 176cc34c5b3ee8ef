"""Target distributions of a run: where their files are, and the sizes at which a run uses them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from bornscape.datasets.images import IMAGE_SETS


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
