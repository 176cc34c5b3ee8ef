"""Write README.md, docs/findings.md and results/paper/README.md: templates of docs/templates, filled in from tables."""

import sys
from pathlib import Path

from bornscape.pages.documents.filling import filled
from bornscape.pages.documents.run_numbers import Run

ROOT = Path(__file__).parents[1]
PAGES = {
    "README.md.jinja": "README.md",
    "findings.md.jinja": "docs/findings.md",
    "paper_README.md.jinja": "results/paper/README.md",
}
RUNS = {"default": "results/reference", "paper": "results/paper", "benchmarks": "benchmarks"}


def pages() -> dict[str, str]:
    """Each page's text, by its path."""
    runs = {name: Run(ROOT / folder) for name, folder in RUNS.items()}
    return {page: filled(ROOT / "docs/templates" / template, runs) for template, page in PAGES.items()}


if __name__ == "__main__":
    try:
        for page, text in pages().items():
            (ROOT / page).write_text(text, encoding="utf-8")
    except LookupError as error:
        sys.exit(error.args[0])
