"""Importing this exports a small notebook, and so compiles the patterns, templates and checks that any page needs.

Where jobs are copied from that is done once: it takes longer than a page itself.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from bornscape.extras import extra
from bornscape.pages.notebooks import to_html, without_times

with extra("workflow"):
    import nbformat
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output


def _export() -> None:
    """Text, a formula, code, and what code leaves: printed words, a table, a picture."""
    shown = [
        new_output("stream", text="words"),
        new_output("display_data", {"text/html": "<table><tr><td>1</td></tr></table>", "text/plain": "1"}),
        new_output("display_data", {"image/png": "iVBORw0KGgo=", "text/plain": "a picture"}),
    ]
    cells = [
        new_markdown_cell("# Title\n\n`code` and $x^2$\n\n- a [link](https://a.b)"),
        new_code_cell("1", outputs=shown),
    ]
    with TemporaryDirectory() as folder:
        notebook = Path(folder) / "any.ipynb"
        nbformat.write(without_times(new_notebook(cells=cells)), notebook)
        to_html(notebook, notebook.with_suffix(".html"))


_export()
