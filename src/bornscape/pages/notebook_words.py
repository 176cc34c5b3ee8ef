"""What notebooks say in words, from the tables of a run: what came out, captions, and plain names in tables.

The same sentences stand in the report: statements and evidence of claims.csv, captions of the catalogue.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from bornscape.extras import extra
from bornscape.figures.look.names import DATASETS, IMAGES, LOSS_STYLES
from bornscape.tables.verdicts import ORIGINS, counts_by_origin, told

COLUMNS = {
    "n_qubits": "qubits",
    "n_layers": "layers",
    "n_parameters": "parameters",
    "dataset": "data",
    "ci_low": "95 % from",
    "ci_high": "95 % to",
    "tvd": "TVD",
    "kld": "KLD",
    "snr": "signal over noise",
    "rms": "root mean square",
    "pvalue": "p",
    "preferred": "law",
    "poly_slope": "power of n",
    "exp_rate": "rate per qubit",
}
"""Names of columns in words; of the others only underscores go."""

VALUES = {name: entry.plain for name, entry in (DATASETS | IMAGES).items()} | {
    name: title for name, (_, _, title) in LOSS_STYLES.items()
}
"""Names of data sets and losses in words."""


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """A table with names of columns, data sets and losses in words, and nothing where there is no value.

    Examples
    --------
    >>> plain(pd.DataFrame({"dataset": ["o_n"], "n_qubits": [4], "best_accuracy": [0.5]})).columns.tolist()
    ['data', 'qubits', 'best accuracy']
    """
    named = table.rename(index=_value, columns=_value)
    for column in named.select_dtypes(["object", "str"]).columns:
        named[column] = named[column].map(_value)
    named.index = named.index.set_names([_column(name) for name in table.index.names])
    named.columns = named.columns.set_names([_column(name) for name in table.columns.names])
    renamed = named.rename(columns=_column)
    return renamed.astype(object).where(renamed.notna(), "") if renamed.isna().any(axis=None) else renamed


def _value(value: Any) -> Any:
    return VALUES.get(value, value) if isinstance(value, str) else value


def _column(name: Any) -> Any:
    return COLUMNS.get(name, name.replace("_", " ")) if isinstance(name, str) else name


@dataclass(frozen=True)
class Reader:
    """The words of a run.

    Attributes
    ----------
    folder
        Of the run, such as ``../results/default``.
    captions
        Of its figures, by name.
    """

    folder: str | Path
    captions: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def claims(self) -> pd.DataFrame:
        """claims.csv of the run."""
        return pd.read_csv(Path(self.folder, "claims.csv"), keep_default_na=False)

    def about(self, *prefixes: str) -> pd.DataFrame:
        """The claims whose names begin with one of these."""
        return self.claims[self.claims["claim"].str.startswith(prefixes)]

    def came_out(self, *prefixes: str) -> Any:
        """What came out of the claims whose names begin with one of these, in words; what did not hold by name."""
        return _markdown(self.sentences(*prefixes))

    def sentences(self, *prefixes: str) -> str:
        """The text of ``came_out``, in Markdown."""
        rows = self.about(*prefixes).to_dict("records")
        lines = ["**What came out here.** " + ("" if rows else "No claim was judged.")]
        for origin, counts in counts_by_origin(rows).items():
            lines[0] += f"Claims {ORIGINS[origin]}: {told(counts)}. "
        for verdict in ("contradicted", "inconclusive"):
            for row in rows:
                if row["verdict"] == verdict:
                    whose = ORIGINS[row["origin"]]
                    said = escaped(f"{row['statement']} Found: {row['evidence']}")
                    lines.append(f"- *{verdict.capitalize()}* ({whose}): {said}.")
        return "\n".join([lines[0].strip(), "", *lines[1:]])

    def figure(self, name: str, width: int = 900) -> None:
        """Show a figure of the run, and its caption below."""
        with extra("workflow"):
            from IPython.display import Image, display

        display(Image(Path(self.folder, "figures", f"{name}.png"), width=width))
        if name in self.captions:
            display(_markdown(f"> {escaped(self.captions[name])}"))

    def verdicts(self, *prefixes: str) -> pd.DataFrame:
        """The verdicts, with what was expected and the evidence."""
        table = self.about(*prefixes).set_index("claim")
        table["whose"] = table["origin"].map(lambda origin: ORIGINS[origin].removeprefix("of "))
        return table[["whose", "verdict", "expected", "evidence"]]


def escaped(text: str) -> str:
    r"""Text whose stars, underscores and dollars are themselves in Markdown.

    Examples
    --------
    >>> escaped("fig_7, n * p")
    'fig\\_7, n \\* p'
    """
    return re.sub(r"([*_$`<|~])", r"\\\1", text)


def _markdown(text: str) -> Any:
    with extra("workflow"):
        from IPython.display import Markdown

    return Markdown(text)
