"""Settings that hold at some sizes only, such as data sets that exist at few numbers of qubits."""

from __future__ import annotations

from collections.abc import Collection, Mapping

Named = Collection[str] | Mapping[str, Collection[int]]
"""Names: of every size, or each with the sizes at which it is asked for."""


def named_at(named: Named, n_qubits: int) -> list[str]:
    """The names that hold at n qubits.

    Examples
    --------
    >>> named_at(["ghz", "jets"], 4), named_at({"jets": [4, 9], "published": [16]}, 4)
    (['ghz', 'jets'], ['jets'])
    """
    if isinstance(named, Mapping):
        return [name for name, sizes in named.items() if n_qubits in sizes]
    return list(named)
