"""The documentation: the site builds strictly, the claims table is up to date, and what pages point at exists."""

import re
import runpy
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bornscape.planning.catalogue import FigureEntry
from bornscape.planning.shown import Shown
from support.glossary_links import PAGES as READ_FIRST
from support.glossary_links import unlinked
from support.shipped import CATALOGUE, CONFIG, TABLES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
MAKE = runpy.run_path(str(DOCS / "make_claims_table.py"))
CLAIMS = MAKE["read_claims"]()
KEPT = (MAKE["read_times"](), MAKE["read_labels"](), MAKE["read_verdicts"]())
PAGES = sorted([*DOCS.rglob("*.md"), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "results/README.md"))])

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.*{}-]+|[\w-]+\.(?:md|cff|yml|toml|lock))`")
GENERATED = (
    "results/",
    "figures/",
    "notebooks/",
    "targets/",
    "draws/",
    "site/",
    "logs/",
    "benchmarks/",
    "data/",
    "losses/",
)
"""Folders of a run, or of the package: not looked for from the top."""


def links(text: str) -> list[str]:
    return LINK.findall(re.sub(r"`[^`]*`", "", text))


def broken_links(page: Path, text: str) -> list[str]:
    """Relative links of a page to files or headings that are not there."""
    found = []
    for link in links(text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, heading = link.partition("#")
        goal = page.parent / name if name else page
        if not goal.is_file() or (heading and heading not in headings(goal)):
            found.append(link)
    return found


def headings(page: Path) -> set[str]:
    lines = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line.lower()).strip().replace(" ", "-") for line in lines}


def missing_files(text: str) -> list[str]:
    """Paths in backticks that look like files of the repository and are none."""
    kept = [path for path in PATH.findall(text) if not path.startswith(GENERATED)]
    return [path for path in kept if not any(ROOT.glob(re.sub(r"\{.*\}|NAME", "*", path)))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_paths(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert broken_links(page, text) == []
    assert missing_files(text) == []


def test_what_is_broken_is_found() -> None:
    """Negative controls of the checks above."""
    text = "[a](nowhere.md) [b](claims.md#no-such) [c](claims.md#claims-and-commands) [d](https://x.y)"
    assert broken_links(DOCS / "index.md", text) == ["nowhere.md", "claims.md#no-such"]
    assert missing_files("`src/no.py` `SECURITY.md` `src/NAME.cpp` `docs/NAME.md`") == ["src/no.py", "src/NAME.cpp"]


def test_the_claims_table_is_up_to_date() -> None:
    made = MAKE["page"](CLAIMS, *KEPT)
    assert (DOCS / "claims.md").read_text(encoding="utf-8") == made, "run python docs/make_claims_table.py"


def test_the_claims_table_tells_a_changed_claim() -> None:
    changed = [CLAIMS[0] | {"tolerance": 0.5}, *CLAIMS[1:]]
    assert MAKE["page"](changed, *KEPT) != MAKE["page"](CLAIMS, *KEPT)


def test_the_claims_table_tells_the_verdicts_of_the_kept_runs() -> None:
    times, labels, verdicts = KEPT
    assert list(verdicts) == ["default run", "paper's scale"]
    other = {run: dict(of_run) | {CLAIMS[0]["claim"]: "not_run"} for run, of_run in verdicts.items()}
    lines = [
        line for line in MAKE["page"](CLAIMS, times, labels, other).splitlines() if f"`{CLAIMS[0]['claim']}`" in line
    ]
    assert [cell.strip() for cell in lines[0].split("|")][3:5] == ["not run", "not run"]


def test_the_claims_page_names_what_is_contradicted_before_it_lists_all() -> None:
    times, labels, verdicts = KEPT
    name = CLAIMS[0]["claim"]
    told = {}
    for verdict in ("reproduced", "contradicted"):
        other = {run: dict.fromkeys(of_run, "reproduced") | {name: verdict} for run, of_run in verdicts.items()}
        told[verdict] = MAKE["page"](CLAIMS, times, labels, other).partition("## How to read")[0].splitlines()
    assert "none." in told["reproduced"]
    (place,) = [k for k, line in enumerate(told["contradicted"]) if f"`{name}`" in line]
    assert told["contradicted"][place + 1] == "  (the paper; default run and paper's scale)"
    paper = sum(claim["origin"] == "paper" for claim in CLAIMS)
    assert (
        f"| the paper | {paper - 1} reproduced, 1 contradicted | {paper - 1} reproduced, 1 contradicted |"
        in told["contradicted"]
    )


@pytest.mark.parametrize("page", READ_FIRST)
def test_words_are_linked_to_the_glossary_where_they_are_used_first(page: str) -> None:
    assert unlinked(page, (DOCS / f"{page}.md").read_text(encoding="utf-8")) == []


def test_words_without_a_link_are_found() -> None:
    text = "# MMD\n\n`LQF` and [bodyness](glossary.md#bodyness), then an MMD, [MMD](glossary.md#mmd).\n\n    LQF\n"
    assert unlinked("index", text) == ["MMD"]
    assert unlinked("index", text.replace("an MMD, ", "")) == []
    assert unlinked("use/running", "The [MMD](glossary.md#mmd).") == []


def test_captions_of_figures_are_the_reports() -> None:
    images = runpy.run_path(str(DOCS / "make_images.py"))
    page, told = (DOCS / "figures.md").read_text(encoding="utf-8"), images["captions"]()
    assert images["captioned"](page, told) == page, "run python docs/make_images.py"
    assert images["captioned"](page, told | {"fig_2": "Another caption."}) != page


def test_every_result_is_a_target() -> None:
    run = Shown(CATALOGUE, frozenset(TABLES), CONFIG, "results/x")
    assert {claim["result"] for claim in CLAIMS} <= set(run.targets)


def test_times_are_the_sums_of_the_jobs(tmp_path: Path) -> None:
    for name, seconds in (("measure/fig_4_n4_c0", 2.5), ("measure/fig_40_n4_c0", 7.0), ("tabulate/fig_4", 1.0)):
        path = tmp_path / f"{name}.tsv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"s\tcpu_time\n{seconds}\t9.0\n", encoding="utf-8")
    assert MAKE["measured_times"](tmp_path, ["fig_4"]) == {"fig_4": 3.5}
    with pytest.raises(SystemExit, match=r"no benchmark files behind qgan\.csv"):
        MAKE["measured_times"](tmp_path, ["qgan"])
    # A figure of two tables of the same jobs, and of one entry of them.
    seconds = {"line_draws/line_n4_c0": 5.0, "line_draws/line_tensor_n4_c0": 50.0, "variance_of_study/line": 1.5}
    for name, value in (seconds | {"draw/any": 2.0}).items():
        path = tmp_path / f"{name}.tsv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"s\tcpu_time\n{value}\t9.0\n", encoding="utf-8")
    figure = FigureEntry("any", ("variance", "fixed_points", "fig_4"), "", {"panels": "line"})
    assert MAKE["measured_figures"](tmp_path, {"any": figure}) == {"any": 12.0}
    assert MAKE["measured_figures"](tmp_path, {"any": replace(figure, studies={})}) == {"any": 62.0}


def test_every_page_is_in_the_navigation() -> None:
    """``mkdocs build --strict`` would only say so."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = re.findall(r"- ([\w/-]+\.md)", text)
    assert sorted(listed) == sorted(page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md"))
    assert yaml.safe_load(text)["strict"] is True


def test_the_site_builds_and_asks_for_nothing(tmp_path: Path) -> None:
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path))
    build(config)
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > len(list(DOCS.rglob("*.md")))
    assert [page.name for page in pages if fetched(page.read_text(encoding="utf-8"))] == []


def fetched(html: str) -> list[str]:
    """Addresses that a browser would fetch to show a page."""
    tags = re.findall(r"<(?:script|img|iframe|source)\b[^>]*>|<link\b[^>]*\bstylesheet\b[^>]*>", html)
    return [tag for tag in tags if re.search(r"(?:src|href)=[\"']?(?:https?:)?//", tag)]


def test_what_is_fetched_is_found() -> None:
    found = fetched('<link href="https://a.b/c.css" rel="stylesheet"><script src="x.js"></script><img src=//a.b/c>')
    assert len(found) == 2
