"""Write README.md, docs/use/running.md, docs/findings.md and results/paper/README.md.

They are templates of docs/templates, filled in from tables and with the catalogue's words.
"""

import sys
from pathlib import Path

import yaml

from bornscape.pages.documents.filling import filled
from bornscape.pages.documents.run_numbers import Run

ROOT = Path(__file__).parents[1]
PAGES = {
    "README.md": "README.md.jinja",
    "docs/use/running.md": "running.md.jinja",
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
CATALOGUE = yaml.safe_load((ROOT / "config/results.yaml").read_text(encoding="utf-8"))
WORDS = {"words": CATALOGUE["words"], "reasons": CATALOGUE["trainability_table"]["reasons"]}


def page_text(page: str) -> str:
    """A page with the numbers that its tables give now."""
    runs = {name: Run(ROOT / folder) for name, folder in RUNS.items()}
    return filled(ROOT / "docs/templates" / PAGES[page], runs, WORDS)


if __name__ == "__main__":
    problems = []
    for page in PAGES:
        try:
            (ROOT / page).write_text(page_text(page), encoding="utf-8")
        except LookupError as error:
            problems.append(error.args[0])
    sys.exit("\n".join(problems) or 0)
