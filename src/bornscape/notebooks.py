"""Running notebooks with papermill: whole or not at all, and the same bytes for the same content."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from bornscape.artifacts import atomic, write_text


def _without_times(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook without what differs between two runs: times, machine names and random cell names."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
    return notebook


def execute(source: str | Path, output: str | Path, parameters: Mapping[str, Any], live: str | Path) -> None:
    """Run a notebook with ``parameters``; ``live`` grows cell by cell, ``output`` appears when all is done.

    Raises
    ------
    papermill.PapermillExecutionError
        If a cell fails; ``live`` then holds the notebook up to it.
    """
    import papermill

    papermill.execute_notebook(
        str(source), str(live), parameters=dict(parameters), kernel_name="python3", progress_bar=False
    )
    done = _without_times(nbformat.read(live, as_version=4))
    with atomic(output) as temporary:
        nbformat.write(done, temporary)


def to_html(notebook: str | Path, output: str | Path) -> None:
    """A page of an executed notebook that needs no network, code folded away; formulas stay readable as text."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(template_name="classic", exclude_input=True, embed_images=True)
    exporter.mathjax_url = ""
    page, _ = exporter.from_filename(str(notebook))
    write_text(page, output)
