"""The report page's content: what it takes from the tables of a run, and what it leaves out."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import pandas as pd
import pytest
from docutils.core import publish_doctree
from matplotlib.colors import to_hex

from bornscape.claims.register import VERDICTS
from bornscape.figures.look import names
from bornscape.figures.look.names import LOSS_STYLES
from bornscape.figures.look.palette import DATASET_STYLES
from bornscape.pages.report import content
from bornscape.pages.report.content import (
    ANSWER_SIGNS,
    VERDICT_SIGNS,
    FigureFiles,
    Result,
    answers,
    claim_rows,
    notebook_opening,
    reason,
    shown_number,
)
from bornscape.pages.report.page import RunTables, plotting_script
from bornscape.pages.report.series import CURVES, DATASETS, explorer_data
from bornscape.pages.report.story import agreement, story
from bornscape.pages.self_contained import page_problems
from bornscape.planning.catalogue import FigureEntry, filled_caption
from bornscape.tables.trainability import PAPER
from bornscape.tables.trainability import VERDICTS as ANSWERS
from support.report_page import COST, PROVENANCE, ROOT, TOPICS, write_figure, write_notebook, write_report
from support.shipped import CATALOGUE, CONFIG, RESTS_ON, shipped_configuration


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def html(report: Path) -> str:
    return report.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tables(report: Path) -> RunTables:
    return RunTables.read(report.parent)


# The page


def test_the_page_is_self_contained_and_small(report: Path) -> None:
    assert page_problems(report) == []
    assert report.stat().st_size < 4_000_000


def test_the_page_is_the_same_each_time(report: Path, tmp_path: Path) -> None:
    assert write_report(tmp_path).read_bytes() == report.read_bytes()


def test_the_page_holds_what_it_should(html: str, tables: RunTables) -> None:
    assert all(f'id="claim-{name}"' in html for name in tables.claims["claim"])
    assert html.count("[0.1 to 0.2]") == len(TOPICS) * (len(VERDICTS) - 1)
    assert 'The claim "fig_7_reproduced" says a &lt; b &amp; c.' in html
    assert html.count('aria-label="Plot the variances behind') == 6
    assert "<code>snakemake --cores 2 fig_7 --configfile made_up.yaml</code>" in html
    assert re.search(r"Caption of fig_7: <math>.*?0…0.*?</math> &amp; <math>.*?</math>, a &lt; b\.", html)
    assert all(str(number) in html for number in COST["train"].values() if isinstance(number, float) and number < 100)
    assert str(PROVENANCE["commit"]) in html
    assert "run: made_up\nseed: 7\n" in html
    for text in ("8.5 seconds of CPU time", "A made-up processor", "4 GiB", "2026-01-01 11:30", "last 2026-01-01"):
        assert text in html


def test_the_page_opens_with_what_it_is_about_the_answers_and_what_disagrees(html: str) -> None:
    head = html.split("<nav")[0]
    assert "A Born machine is a quantum circuit" in head
    assert all(f"<b>{term}</b>" in head for term in ("explicit loss", "implicit loss", "quantum strategy"))
    assert head.count('<span class="reason">') == 9
    whose = re.findall(r"<b>Claims (.*?):</b>(.*?)</p>", head, re.DOTALL)
    assert [name for name, _ in whose] == ["of the paper", "of this project"]
    assert all("1 contradicted" in " ".join(counts.split()) for _, counts in whose)
    assert re.findall(r'href="#claim-(\w+)"', head) == ["theorem_2_contradicted", "fig_7_contradicted"]


def test_every_picture_has_its_size(html: str) -> None:
    pictures = re.findall(r"<img [^>]*>", html)
    assert len(pictures) == len(TOPICS)
    assert all('width="400" height="240"' in " ".join(picture.split()) for picture in pictures)


def test_statements_evidence_and_captions_have_formulas_drawn(html: str) -> None:
    """Nothing that a reader sees has a power left; code, scripts and links are not looked at."""
    body = html.split("<main")[1].split('<script type="application/gzip" id="explorer-data">')[0]
    seen = re.sub(r"<(script|style|math|code|pre)\b.*?</\1>|<[^>]+>", " ", body, flags=re.DOTALL)
    assert re.findall(r"\S*\^\S*", seen) == []
    assert re.search(r"\S*\^\S*", re.sub(r"<[^>]+>", " ", "a caption with 2^n"))


def test_the_plotting_library_is_the_installed_one() -> None:
    assert b"plotly.js v" in plotting_script()[:200]


# Claims and table


def test_signs_for_every_verdict() -> None:
    assert set(VERDICT_SIGNS) == set(VERDICTS)
    assert set(ANSWER_SIGNS) == set(ANSWERS)
    cells = {(depth, strategy) for depth, rests in RESTS_ON["depths"].items() for strategy in rests["figures"]}
    assert cells == set(PAPER)
    assert len(set(VERDICT_SIGNS.values())) == len(VERDICTS)


def test_every_figure_named_as_evidence_exists() -> None:
    drawn = {path.stem for path in (ROOT / "src/bornscape/figures").glob("*.py")}
    named = {name for rests in RESTS_ON["depths"].values() for names in rests["figures"].values() for name in names}
    assert named <= drawn


def test_answers_are_the_tables(tables: RunTables) -> None:
    found = answers(tables.answers, {"fig_7"}, RESTS_ON)
    assert [row["depth"] for row in found] == ["product", "shallow", "deep"]
    cells = [cell for row in found for cell in row["cells"]]
    assert [(cell["circuit_depth"], cell["strategy"]) for cell in cells] == list(PAPER)
    assert [cell["verdict"] for cell in cells] == tables.answers["verdict"].tolist()
    assert {name for cell in cells for name in cell["figures"]} == {"fig_7"}


def test_claims_have_number_interval_topic_and_places(tables: RunTables) -> None:
    results = {"theorem_2": Result(["fig_6"], ["theorem_2"])}
    rows = claim_rows(tables.claims, tables.controls, {"theorem_2_reproduced": "theorem_2"}, results)
    found = {row["claim"]: row for row in rows}
    first = found["theorem_2_reproduced"]
    assert (first["number"], first["interval"], first["topic"]) == ("0.1235", "0.1 to 0.2", "theorem_2")
    assert (first["figures"], first["notebooks"]) == (["fig_6"], ["theorem_2"])
    assert (first["control"], first["verdict_control"]) == ("sign = -1", "contradicted")
    last = found["fig_7_not_run"]
    assert (last["number"], last["interval"], last["topic"], last["figures"]) == ("", "", "fig_7_not_run", ())


@pytest.mark.parametrize(("value", "shown"), [(math.nan, ""), (None, ""), (1.23456789e-9, "1.235e-09"), (0.0, "0")])
def test_shown_numbers(value: float | None, shown: str) -> None:
    assert shown_number(value) == shown


@pytest.mark.parametrize(
    ("name", "title"),
    [("theorem_2", "Theorem 2"), ("fig_6", "Fig. 6a"), ("qgan", "QGAN"), ("data", "Data"), ("my_fig", "My fig")],
)
def test_titles(name: str, title: str) -> None:
    assert CATALOGUE.label(name) == title


# Figures and notebooks


def test_captions_are_filled_in_and_plain() -> None:
    entry = FigureEntry("fig", (), "{{ config.draws }} draws,\n target |0...0>.\n", {})
    assert filled_caption(entry, {"draws": 3}) == "3 draws, target |0...0>."


@pytest.mark.parametrize("path", sorted((ROOT / "workflow/report").glob("*.rst")), ids=lambda path: path.stem)
def test_captions_are_valid_restructured_text(path: Path) -> None:
    captions = {"fig_7": "a|b| *c* `d` \\e" + filled_caption(CATALOGUE.figures["fig_7"], CONFIG)}
    known = SimpleNamespace(
        config=shipped_configuration("config.yaml") | {"captions": captions},
        wildcards=SimpleNamespace(name="fig_7", figure="fig_7"),
    )
    # As Snakemake renders them for its own report.
    template = jinja2.Environment(trim_blocks=True, lstrip_blocks=True).from_string(path.read_text(encoding="utf-8"))
    publish_doctree(template.render(snakemake=known), settings_overrides={"halt_level": 2, "report_level": 5})


# The story

SHOWN: dict[str, Any] = {
    "story": [
        {
            "title": "One",
            "opening": "",
            "steps": [
                {"asked": "First?", "results": ["theorem_2"], "found": ["b", "not_here"]},
                {"asked": "Again?", "results": ["theorem_3"], "found": ["d"]},
                {"asked": "Nothing?", "results": ["qgan"], "found": ["e"]},
            ],
        },
        {"title": "Empty", "opening": "", "steps": [{"asked": "No?", "results": ["phases"], "found": ["f"]}]},
    ],
    "results": {
        "theorem_2": {"figures": ["theorem_2"], "notebooks": ["theorem_2"]},
        "theorem_3": {"figures": ["theorem_2"], "notebooks": []},
    },
    "statements": {"theorem_2": "It holds."},
}


def made_up_claim(name: str, topic: str, verdict: str, origin: str = "paper") -> dict[str, Any]:
    return {"claim": name, "topic": topic, "verdict": verdict, "origin": origin, "statement": f"{name}. Inferred: x."}


CLAIMS = [
    made_up_claim("a", "theorem_2", "reproduced"),
    made_up_claim("b", "theorem_2", "consistent", "ours"),
    made_up_claim("c", "theorem_2", "contradicted", "ours"),
    made_up_claim("d", "theorem_3", "contradicted"),
    made_up_claim("z", "my_own", "not_run", "ours"),
]


def test_a_step_asks_and_tells_what_was_found(tmp_path: Path) -> None:
    figures = [write_figure(tmp_path, name) for name in ("fig_7", "theorem_2")]
    first_chapter, rest = story(SHOWN, CLAIMS, [write_notebook(tmp_path)], figures)
    first, again = first_chapter["steps"]
    names = {key: [claim["claim"] for claim in first[key]] for key in ("found", "refused", "others")}
    assert names == {"found": ["b"], "refused": ["c"], "others": ["a"]}
    assert (first["asked"], first["results"]) == ("First?", [("theorem_2", "It holds.")])
    assert first["counts"] == {
        "of the paper": {"reproduced": 1},
        "of this project": {"consistent": 1, "contradicted": 1},
    }
    assert "<math" in first["notebooks"][0][1]
    # A contradicted answer is told once; a figure stands where it is first shown.
    assert ([claim["claim"] for claim in again["found"]], again["refused"]) == (["d"], [])
    assert [[figure["name"] for figure in step["figures"]] for step in (first, again)] == [["theorem_2"], []]
    assert rest["title"] == "More"
    assert [step["results"][0][0] for step in rest["steps"]] == ["my_own", "fig_7"]
    assert [figure["name"] for figure in rest["steps"][1]["figures"]] == ["fig_7"]


def test_what_does_not_agree_is_told_by_origin_and_result() -> None:
    paper, ours = agreement(CLAIMS)
    assert (paper["whose"], paper["counts"]) == ("of the paper", {"reproduced": 1, "contradicted": 1})
    assert paper["refused"] == {"theorem_3": [{"claim": "d", "statement": "d."}]}
    assert [*ours["refused"]] == ["theorem_2"]


def test_a_large_table_is_left_beside_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figure: FigureFiles = write_figure(tmp_path, "fig_7")
    # One cell holds a line end: lines are not rows.
    assert content.figure_entry(figure)["rows"] == 60
    assert content.figure_entry(figure)["table"] is not None
    monkeypatch.setattr(content, "LARGEST_TABLE", 100)
    assert content.figure_entry(figure)["table"] is None


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_notebook_opens_with_a_title_and_formulas_that_can_be_drawn(path: Path) -> None:
    title, text = notebook_opening(path)
    assert title
    assert not title.startswith(("#", "<"))
    assert "$" not in title + text
    assert "<p>" in text


# The plot


def test_colours_and_names_are_those_of_the_figures() -> None:
    for name, (colour, label) in CURVES.items():
        shown = LOSS_STYLES[name.replace("/", "")]
        assert (to_hex(shown[0]), shown[2]) == (colour, label)
    assert {name: marker for name, (marker, _) in DATASETS.items()} == {
        "zero": "circle",
        "ghz": "square",
        "o_n": "diamond",
        "o_n2": "triangle-up",
        "cardinality": "x",
    }
    assert all(DATASET_STYLES[name][1] == entry.marker for name, entry in names.DATASETS.items())


def test_the_reason_of_a_cell_is_the_catalogues() -> None:
    assert reason(RESTS_ON, "mmd", "yes") == RESTS_ON["reasons"]["mmd"]["yes"]
    assert reason(RESTS_ON, "mmd", "not_run") == RESTS_ON["reasons"]["any"]["not_run"]


def test_explorer_data_is_the_table(tables: RunTables) -> None:
    variance = pd.concat([tables.variance, tables.variance.tail(1).assign(loss="mmd_noise")], ignore_index=True)
    found = explorer_data(variance, tables.scaling, {"line": "line circuits"})
    assert found["studies"] == {"line": "line circuits"}
    columns, expected = found["columns"], tables.variance
    json.dumps(found, allow_nan=False)
    for name in ("experiment", "loss", "dataset", "bandwidth", "n_layers", "shots"):
        decoded = [columns[name]["values"][code] for code in columns[name]["codes"]]
        assert decoded == expected[name].tolist()
    assert columns["n_qubits"] == expected["n_qubits"].tolist()
    assert columns["variance"] == pytest.approx(expected["variance"].tolist(), rel=1e-3)
    assert set(columns["shots"]["values"]) == {"", "512"}
    assert "inf" in columns["n_layers"]["values"]
    assert {law["loss"] for law in found["laws"]} == {"mmd"}
    assert {law["depth"] for law in found["laws"]} >= {"product", "shallow", "deep", "1"}
    assert all(law["rate_ci_low"] <= law["rate"] <= law["rate_ci_high"] for law in found["laws"])


def test_a_loss_that_never_varies_has_points_but_no_law(tables: RunTables) -> None:
    scaling = tables.scaling.assign(exp_rate=math.nan)
    assert explorer_data(tables.variance, scaling, {})["laws"] == []
