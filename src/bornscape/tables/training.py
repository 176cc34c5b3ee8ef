"""The tables of all training jobs, one below the other."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def gather(tables: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    """The tables of all jobs one below the other, with these columns; one that no table has is empty.

    Examples
    --------
    >>> import pandas as pd
    >>> tables = [pd.DataFrame({"epoch": [0], "tvd": [1.5]}), pd.DataFrame({"epoch": [10], "tvd": [0.5]})]
    >>> gather(tables, ["tvd", "epoch"]).values.tolist()
    [[1.5, 0.0], [0.5, 10.0]]
    """
    together = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
    return together.reindex(columns=list(columns))
