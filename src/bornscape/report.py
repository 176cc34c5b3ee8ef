"""The report page: one self-contained HTML file with the table, every claim and every figure."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import pandas as pd

Figures = Sequence[tuple[str, Path, str]]


def caption_text(path: Path, config: Mapping[str, Any]) -> str:
    """A figure's caption, filled in from the configuration as Snakemake's own report does."""
    template = jinja2.Template(path.read_text(encoding="utf-8"), undefined=jinja2.StrictUndefined)
    return template.render(snakemake=SimpleNamespace(config=config))


def _picture(path: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode()


def page(
    template: Path,
    run: str,
    seed: int,
    table: str,
    claims: pd.DataFrame,
    controls: pd.DataFrame,
    figures: Figures,
    notebooks: Sequence[str],
) -> str:
    """The page's HTML.

    Parameters
    ----------
    template
        Jinja template.
    table
        The trainability table as an HTML fragment.
    claims, controls
        claims.csv and claim_controls.csv.
    figures
        (name, PNG file, caption) of each.
    """
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    merged = claims.merge(controls, on="claim", suffixes=("", "_control"))
    return environment.from_string(template.read_text(encoding="utf-8")).render(
        run=run,
        seed=seed,
        table=table,
        claims=merged.to_dict("records"),
        counts=merged["verdict"].value_counts().to_dict(),
        figures=[{"name": name, "picture": _picture(path), "caption": caption} for name, path, caption in figures],
        notebooks=notebooks,
    )
