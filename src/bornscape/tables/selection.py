"""Rows of a table by a condition in words, as templates and configuration write it."""

from __future__ import annotations

import pandas as pd

from bornscape.extras import extra


def rows_where(table: pd.DataFrame, condition: str) -> pd.DataFrame:
    """The rows at which a condition on the columns holds, a Jinja expression: no code can be run by it.

    Raises
    ------
    jinja2.TemplateError
        If the condition is no expression, or names what is no column.

    Examples
    --------
    >>> table = pd.DataFrame({"n_qubits": [4, 8, 16], "shots": [16, 64, 100]})
    >>> rows_where(table, "n_qubits >= 8 and shots == n_qubits ** 2")["n_qubits"].tolist()
    [8]
    """
    with extra("report"):
        from jinja2.sandbox import SandboxedEnvironment
    holds = SandboxedEnvironment().compile_expression(condition, undefined_to_none=False)
    return table[[bool(holds(**{str(name): cell for name, cell in row.items()})) for row in table.to_dict("records")]]
