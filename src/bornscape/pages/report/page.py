"""Writing the report page from the tables of a run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from bornscape.extras import extra
from bornscape.pages.prose_formulas import with_formulas
from bornscape.pages.report.content import (
    VERDICT_SIGNS,
    FigureFiles,
    NotebookSource,
    Result,
    answers,
    claim_rows,
    duration,
)
from bornscape.pages.report.series import TEXT, explorer_data
from bornscape.pages.report.story import agreement, signs, story
from bornscape.pages.self_contained import packed, page_environment

with extra("report"):
    from markupsafe import Markup

PLOTTING = "plotly/package_data/plotly.min.js"
"""The plotting library's script in the package ``plotly``, which is never imported."""


@dataclass(frozen=True)
class RunTables:
    """Tables of a run as the page needs them."""

    answers: pd.DataFrame
    claims: pd.DataFrame
    controls: pd.DataFrame
    variance: pd.DataFrame
    scaling: pd.DataFrame

    @classmethod
    def read(cls, folder: Path) -> RunTables:
        """Read them from a run's folder."""
        text = dict.fromkeys((*TEXT, "depth"), str)
        numbers = ("estimate", "ci_low", "ci_high")
        claims = pd.read_csv(folder / "claims.csv", keep_default_na=False)
        claims = claims.assign(**{name: pd.to_numeric(claims[name]) for name in numbers})
        return cls(
            answers=pd.read_csv(folder / "trainability_table.csv", keep_default_na=False),
            claims=claims,
            controls=pd.read_csv(folder / "claim_controls.csv", keep_default_na=False),
            variance=pd.read_csv(folder / "variance.csv", dtype=text).fillna(dict.fromkeys(TEXT, "")),
            scaling=pd.read_csv(folder / "scaling.csv", dtype=text).fillna({"bandwidth": "", "dataset": ""}),
        )


def plotting_script() -> bytes:
    """The plotting library, minified."""
    return Path(str(distribution("plotly").locate_file(PLOTTING))).read_bytes()


def figure_files(pictures: Sequence[str], tables: Sequence[str], captions: Mapping[str, str]) -> list[FigureFiles]:
    """Figures by the paths of their pictures and tables, in one order, with their captions."""
    pairs = zip(map(Path, pictures), map(Path, tables), strict=True)
    return [FigureFiles(image.stem, image, data, captions[image.stem]) for image, data in pairs]


def notebook_sources(paths: Sequence[str], figures: Mapping[str, Sequence[str]]) -> list[NotebookSource]:
    """Notebooks by the paths of what is committed, with the figures that each shows."""
    return [NotebookSource(path.stem, path, figures[path.stem]) for path in map(Path, paths)]


def page(
    template: Path,
    config: Mapping[str, Any],
    tables: RunTables,
    shown: Mapping[str, Any],
    figures: Sequence[FigureFiles],
    notebooks: Sequence[NotebookSource],
    cost: Mapping[str, Mapping[str, float]],
    provenance: Mapping[str, Any],
    options: str = "",
) -> str:
    """The page's HTML: one file that needs no other.

    Parameters
    ----------
    template
        Jinja template; the style and the script that it puts in lie beside it.
    config
        The run's configuration, shown in full.
    shown
        Names and words, as ``bornscape.planning.shown.Shown.page`` gives them: the result of each claim
        (``topics``), by which claims can be filtered and which is a target of the workflow; figures and notebooks that
        show each result (``results``); how readers are told names (``labels``, ``studies``); ``words`` for newcomers,
        ``statements`` of results and the ``story``; what the trainability table ``rests_on``.
    cost
        Of each rule, as ``bornscape.run.manifest.cost_by_rule`` gives it.
    provenance
        As ``bornscape.run.manifest.provenance`` gives it, with the ``hardware`` and the ``times`` of
        ``bornscape.run.machine``.
    options
        What follows ``snakemake --cores 2 TARGET`` to rebuild a figure of this run.
    """
    results = {name: Result(**places) for name, places in shown["results"].items()}
    claims = claim_rows(tables.claims, tables.controls, shown["topics"], results)
    counts = {verdict: sum(claim["verdict"] == verdict for claim in claims) for verdict in VERDICT_SIGNS}
    data = explorer_data(tables.variance, tables.scaling, shown["studies"])
    explorer = json.dumps(data, allow_nan=False, separators=(",", ":"))
    chapters = story(shown, claims, notebooks, figures)
    told = {name for chapter in chapters for step in chapter["steps"] for name, _ in step["notebooks"]}
    environment = page_environment(template.parent)
    environment.filters["title_of"] = lambda name: shown["labels"].get(name, name)
    # Escaped by itself; what it adds is MathML.
    environment.filters["formulas"] = lambda text: Markup(with_formulas(str(text)))  # noqa: S704
    environment.filters |= {"signs": signs, "duration": duration}
    return environment.get_template(template.name).render(
        answers=answers(tables.answers, {figure.name for figure in figures}, shown["rests_on"]),
        claims=claims,
        counts={verdict: count for verdict, count in counts.items() if count},
        agreement=agreement(claims),
        words=shown["words"],
        notebooks=[notebook.name for notebook in notebooks],
        signs=VERDICT_SIGNS,
        topics=sorted({claim["topic"] for claim in claims}),
        chapters=chapters,
        more_notebooks=[notebook.name for notebook in notebooks if notebook.name not in told],
        explorer=packed(explorer.encode()),
        plotting=packed(plotting_script()),
        cost=dict(sorted(cost.items(), key=lambda entry: -entry[1]["cpu_seconds"])),
        provenance=provenance,
        config=yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True),
        options=options,
    )
