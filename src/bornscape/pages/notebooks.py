"""Running notebooks with papermill: whole or not at all, and the same bytes for the same content."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bornscape.artifacts import atomic, write_text
from bornscape.extras import extra, without_url_grammar
from bornscape.pages.mathml import put_formulas, take_formulas

without_url_grammar()

with extra("workflow"):
    import nbformat

_KERNEL = re.compile(r"ipykernel_\d+")
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)


def without_times(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The notebook without what differs between two runs: times, process numbers in warnings and random cell names."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
        for name in ("papermill", "execution"):
            cell.metadata.pop(name, None)
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = _KERNEL.sub("ipykernel", output.text)
    return notebook


def execute(
    source: str | Path,
    output: str | Path,
    parameters: Mapping[str, Any],
    live: str | Path,
    kernel: type | None = None,
) -> None:
    """Run a notebook with ``parameters``; ``live`` grows cell by cell, ``output`` appears when all is done.

    Paths in it are relative to the folder of ``output``, where it can be run again. ``kernel`` is the class of the
    kernel's manager, if it is not Jupyter's own.

    Raises
    ------
    papermill.PapermillExecutionError
        If a cell fails; ``live`` then holds the notebook up to it.
    """
    with extra("workflow"):
        import papermill

    folder = Path(output).parent
    folder.mkdir(parents=True, exist_ok=True)
    papermill.execute_notebook(
        str(source),
        str(live),
        parameters=dict(parameters),
        kernel_name="python3",
        **({} if kernel is None else {"kernel_manager_class": kernel}),
        progress_bar=False,
        cwd=str(folder),
    )
    done = without_times(nbformat.read(live, as_version=4))
    with atomic(output) as temporary:
        nbformat.write(done, temporary)


def to_html(notebook: str | Path, output: str | Path) -> None:
    """A page of an executed notebook, code folded away, that needs no network and no script.

    Formulas become MathML, which browsers draw by themselves; it goes in last because the exporter would strip it.
    """
    with extra("workflow"):
        from nbconvert import HTMLExporter

    content = nbformat.read(notebook, as_version=4)
    formulas: list[str] = []
    for cell in content.cells:
        if cell.cell_type == "markdown":
            cell.source = take_formulas(cell.source, formulas)
    exporter = HTMLExporter(template_name="classic", exclude_input=True, embed_images=True)
    page, _ = exporter.from_notebook_node(content, resources={"metadata": {"name": Path(notebook).stem}})
    write_text(put_formulas(_SCRIPT.sub("", page), formulas), output)
