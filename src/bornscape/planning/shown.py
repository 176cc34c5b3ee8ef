"""What of the catalogue one run makes: its figures, notebooks and targets, their files, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bornscape.aliases import Config
from bornscape.planning.catalogue import Catalogue, FigureEntry, NotebookEntry, filled_caption
from bornscape.tables.verdicts import verdicts_in_words

VARIANCE_TABLES = ("variance", "fixed_points", "training_mass")
TRAINING_TABLES = ("training", "training_final", "training_summary")

SECTIONS = dict.fromkeys(VARIANCE_TABLES, "variance") | dict.fromkeys(TRAINING_TABLES, "training")
"""Tables that are made of one table for each entry of a section of the configuration."""


@dataclass(frozen=True)
class Shown:
    """What of the catalogue one run makes.

    Attributes
    ----------
    catalogue
        All that there could be.
    tables
        Names of the tables that the run makes.
    config
        The run's configuration.
    folder
        Of the run.
    """

    catalogue: Catalogue
    tables: frozenset[str]
    config: Config
    folder: str

    @cached_property
    def figures(self) -> dict[str, FigureEntry]:
        """Figures of the run by name."""
        return {n: entry for n, entry in self.catalogue.figures.items() if entry.is_made(self.tables, self.config)}

    @cached_property
    def notebooks(self) -> dict[str, NotebookEntry]:
        """Notebooks of the run by name; the configuration can take one away."""
        away = [name for name, given in (self.config.get("notebooks") or {}).items() if given is None]
        figures = self.figures
        return {
            name: entry
            for name, entry in self.catalogue.notebooks.items()
            if name not in away and self.tables.issuperset(entry.tables) and set(entry.figures) <= set(figures)
        }

    @property
    def targets(self) -> list[str]:
        """Names by which results and figures of the run can be asked for."""
        results = [name for name, result in self.catalogue.results.items() if result.tables or name in self.figures]
        return list(dict.fromkeys([*results, *self.figures]))

    def of_result(self, name: str) -> tuple[list[str], list[str]]:
        """(figures, notebooks) of the run that show a result."""
        result = self.catalogue.results.get(name)
        if result is None:
            return [], []
        figures = [figure for figure in result.figures if figure in self.figures]
        return figures, [result.notebook] if result.notebook in self.notebooks else []

    def results_with(self, kind: str, name: str) -> list[str]:
        """Results that a figure or a notebook (``kind`` "figure" or "notebook") shows."""
        place = 0 if kind == "figure" else 1
        return [result for result in self.catalogue.results if name in self.of_result(result)[place]]

    @cached_property
    def captions(self) -> dict[str, str]:
        """Captions of the run's figures as plain text, filled in from the configuration."""
        return {name: filled_caption(entry, self.config) for name, entry in self.figures.items()}

    def captions_in(self, notebook: str) -> dict[str, str]:
        """Captions of the figures that a notebook shows."""
        return {name: self.captions[name] for name in self.catalogue.notebooks[notebook].figures}

    def page(self, claims: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """What the report page says and shows of the run, beside its tables: names, words and where they belong."""
        notebooks = self.notebooks
        results = list(dict.fromkeys([*self.catalogue.results, *(claim["result"] for claim in claims)]))
        named = [*results, *self.figures, *notebooks]
        return {
            "captions": self.captions,
            "notebooks": {name: list(entry.figures) for name, entry in notebooks.items()},
            "topics": {claim["claim"]: claim["result"] for claim in claims},
            "results": {
                name: dict(zip(("figures", "notebooks"), self.of_result(name), strict=True)) for name in results
            },
            "labels": {name: self.catalogue.label(name) for name in named},
            "statements": {name: result.statement for name, result in self.catalogue.results.items()},
            "words": dict(self.catalogue.words),
            "studies": dict(self.catalogue.studies),
            "story": [dict(chapter) for chapter in self.catalogue.story],
            "rests_on": dict(self.catalogue.trainability_table),
        }

    def table_files(self, entry: FigureEntry | NotebookEntry) -> list[str]:
        """The tables that a figure or a notebook reads."""
        return [f"{self.folder}/{table}.csv" for table in entry.tables]

    def parts(self, figure: FigureEntry) -> dict[str, list[str]]:
        """The tables that a figure reads, each with its files: of ``SECTIONS`` those of the entries that it shows."""
        return {Path(table).name: self._files(table, figure) for table in figure.tables}

    def _files(self, table: str, figure: FigureEntry) -> list[str]:
        shown = [name for name in self.config.get(SECTIONS.get(table, ""), {}) if name in figure.entries]
        return [f"{self.folder}/{table}/{name}.csv" for name in shown] or [f"{self.folder}/{table}.csv"]

    def figure_files(self, name: str) -> list[str]:
        """PNG, PDF and CSV of a figure."""
        return [f"{self.folder}/figures/{name}.{ending}" for ending in ("png", "pdf", "csv")]

    def notebook_files(self, name: str) -> list[str]:
        """An executed notebook and its page."""
        return [f"{self.folder}/notebooks/{name}.{ending}" for ending in ("ipynb", "html")]

    def shown_in(self, notebook: str) -> list[str]:
        """Pictures and tables of the figures that a notebook reads."""
        files = [self.figure_files(figure) for figure in self.catalogue.notebooks[notebook].figures]
        return [path for png, _, csv in files for path in (png, csv)]

    def target_files(self, name: str) -> list[str]:
        """What is made by the name of a result or a figure; what the configuration leaves out is left out.

        A figure by its name is that figure alone, unless a result of the same name has tables.
        """
        result = self.catalogue.results.get(name)
        if result is None or not result.tables:
            return self.figure_files(name)
        figures, notebooks = self.of_result(name)
        return [
            f"{self.folder}/claims.csv",
            *(f"{self.folder}/{table}.csv" for table in result.tables if table in self.tables),
            *(path for figure in figures for path in self.figure_files(figure)),
            *(path for notebook in notebooks for path in self.notebook_files(notebook)),
        ]

    def artifacts(self) -> list[str]:
        """Every figure and notebook of the run."""
        figures = [path for name in self.figures for path in self.figure_files(name)]
        return figures + [path for name in self.notebooks for path in self.notebook_files(name)]

    def labels(self, kind: str, name: str, claims: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """Labels of a figure or a notebook in Snakemake's report: its name, and the verdicts on what it shows."""
        results = self.results_with(kind, name)
        judged = [claim["claim"] for claim in claims if claim["result"] in results]
        return {kind: self.catalogue.label(name), "verdicts": verdicts_in_words(self.folder, judged)}
