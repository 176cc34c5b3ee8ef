"""README, findings and the paper scale's page: their numbers are those of the tables, and none is typed."""

from __future__ import annotations

import functools
import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bornscape.pages.documents.filling import filled, typed_numbers, unused
from bornscape.pages.documents.run_numbers import Run

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "docs/templates"
MADE = runpy.run_path(str(ROOT / "docs/fill_numbers.py"))
PAGES: dict[str, str] = MADE["PAGES"]
RUNS: dict[str, str] = MADE["RUNS"]
ALLOWED = yaml.safe_load((TEMPLATES / "allowed_numbers.yaml").read_text(encoding="utf-8"))
PATTERNS = [entry["pattern"] for entry in ALLOWED]


def text_of(template: str) -> str:
    return (TEMPLATES / template).read_text(encoding="utf-8")


@functools.cache
def page_text(page: str) -> str:
    """A page as it would be made now; the larger ones take seconds."""
    return str(MADE["page_text"](page))


@functools.cache
def runs() -> dict[str, Run]:
    return {name: Run(ROOT / folder) for name, folder in RUNS.items()}


@pytest.fixture(scope="module")
def other_run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Run]:
    @functools.cache
    def made(run: str, table: str) -> Run:
        folder = tmp_path_factory.mktemp(run)
        for path in runs()[run].folder.iterdir():
            if path.stem != table:
                (folder / path.name).symlink_to(path)
        content = runs()[run].table(table).copy()
        if table == "claims":
            content["verdict"] = content["verdict"].replace("reproduced", "contradicted")
        else:
            content["tvd"] += 0.25
        content.to_csv(folder / f"{table}.csv", index=False)
        return Run(folder)

    return made


@pytest.mark.parametrize("page", PAGES)
def test_numbers_are_up_to_date(page: str) -> None:
    """Where results/reference is not there at all: ``make reproduce reference numbers``."""
    assert (ROOT / page).read_text(encoding="utf-8") == page_text(page), "run make numbers"


def test_every_template_is_filled() -> None:
    assert {path.name for path in TEMPLATES.glob("*.jinja")} == set(PAGES.values())


@pytest.mark.parametrize(
    ("run", "table", "page"),
    [
        ("default", "claims", "README.md"),
        ("default", "claims", "docs/use/running.md"),
        ("default", "claims", "docs/findings.md"),
        ("paper", "training", "docs/findings.md"),
        ("paper", "training", "results/paper/README.md"),
    ],
)
def test_another_run_gives_another_page(other_run: Callable[[str, str], Run], run: str, table: str, page: str) -> None:
    """Were a number typed instead, nothing would change: what was reproduced is refused, distances grow."""
    before = page_text(page)
    other = filled(TEMPLATES / PAGES[page], runs() | {run: other_run(run, table)}, MADE["WORDS"])
    assert other != before
    if table == "claims":
        assert other.count("reproduced") < before.count("reproduced")
        assert other.count("contradicted") > before.count("contradicted")


@pytest.mark.parametrize("template", PAGES.values())
def test_no_result_is_typed(template: str) -> None:
    assert typed_numbers(text_of(template), PATTERNS) == []


@pytest.mark.parametrize(
    "sentence",
    ["The KLD ends at 4.99.", "It is right in 98 % of cases.", "The gap is 0.320 against 0.313.", "About 31 shots."],
)
def test_a_typed_result_is_found(sentence: str) -> None:
    assert typed_numbers(text_of("findings.md.jinja") + sentence, PATTERNS) != []


def test_every_allowed_number_is_needed_and_has_its_reason() -> None:
    assert unused([text_of(template) for template in PAGES.values()], PATTERNS) == []
    assert all(set(entry) == {"pattern", "reason"} and entry["reason"] for entry in ALLOWED)
