"""Write README.md, docs/findings.md and results/paper/README.md: templates of docs/templates, filled in from tables."""

import sys
from pathlib import Path

from bornscape.pages.documents.filling import filled
from bornscape.pages.documents.run_numbers import Run

ROOT = Path(__file__).parents[1]
PAGES = {
    "README.md": "README.md.jinja",
    "docs/findings.md": "findings.md.jinja",
    "results/paper/README.md": "paper_README.md.jinja",
}
RUNS = {
    "default": "results/reference",
    "paper": "results/paper",
    "benchmarks": "benchmarks",
    # The paper's own curves, as they were read off its pages.
    "published": "src/bornscape/published",
}


def page_text(page: str) -> str:
    """A page with the numbers that its tables give now."""
    return filled(ROOT / "docs/templates" / PAGES[page], {name: Run(ROOT / folder) for name, folder in RUNS.items()})


if __name__ == "__main__":
    problems = []
    for page in PAGES:
        try:
            (ROOT / page).write_text(page_text(page), encoding="utf-8")
        except LookupError as error:
            problems.append(error.args[0])
    sys.exit("\n".join(problems) or 0)
