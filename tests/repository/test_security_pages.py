"""Pages show what users wrote as text: names, paths, statements and bandwidths never become markup."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
import pytest
from PIL import Image

from bornscape.configuration import ConfigurationError, Source, check_schema
from bornscape.my_model.settings import complete
from bornscape.pages.model_page import as_markdown, describe
from bornscape.pages.model_page import page as model_page
from bornscape.pages.report.page import RunTables
from bornscape.planning.catalogue import FigureEntry, filled_caption
from bornscape.tables.trainability import DEPTHS, STRATEGIES, as_html
from bornscape.tables.trainability import as_markdown as table_as_markdown
from support.report_page import CONFIG, PROVENANCE, write_figure, write_report, write_run

ROOT = Path(__file__).parents[2]
EVIL = "<script>alert('x')</script>\"'><img src=x onerror=alert(1)>"


class Tags(HTMLParser):
    """Tags and attributes of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def assert_shown_as_text(page: str) -> None:
    found = Tags(page)
    assert EVIL in found.text
    assert "script" not in found.tags
    assert not {name for name in found.attributes if name.startswith("on")}


def test_the_parser_sees_what_is_not_escaped() -> None:
    with pytest.raises(AssertionError):
        assert_shown_as_text(f"<p>{EVIL}</p>")
    page = jinja2.Environment(autoescape=False).from_string("<p>{{ x }}</p>").render(x=EVIL)
    with pytest.raises(AssertionError):
        assert_shown_as_text(page)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    Image.new("L", (4, 4)).save(path)
    return path


def model_tables(value: str) -> dict[str, pd.DataFrame]:
    """Tables of a model's page in which every text is ``value``."""
    number = {"n_qubits": 4, "draws": 10, "variance": 0.1, "ci_low": 0.05, "ci_high": 0.2, "snr": 1.0, "shots": 10}
    number |= {"snr_ci_low": 0.9, "snr_ci_high": 1.1}
    sizes = number | {"loss": value, "shots_needed": 10.0, "shots_are": value, "frozen": 0.5, "precision": "single"}
    sizes |= {"engine": value, "engine_kind": value, "error": 0.0, "note": value}
    sizes |= {"hit": 0.5, "hit_ci_low": 0.4, "hit_ci_high": 0.6}
    laws = {"loss": value, "quantity": "variance", "preferred": value}
    for name in (
        "rate",
        "rate_ci_low",
        "rate_ci_high",
        "exp_rate",
        "exp_ci_low",
        "exp_ci_high",
        "poly_power",
        "poly_ci_low",
        "poly_ci_high",
    ):
        laws[name] = 1.0
    beyond = {"loss": value, "n_qubits": 20, "shots_needed": 9.0, "shots_are": value, "law": value, "note": value}
    verdict = {"loss": value, "verdict": "no", "reason": value, "warning": value, "stability": 0.9}
    verdict |= {"at_largest": value, "at_largest_reason": f"also {value}", "resamples": value, "loss_variance": value}
    parameter, needed = {"state": value, "share": 1.0}, {"shots_needed": 10.0}
    stepped = {"steps_by": value, "engine": value, "engine_kind": value, "value_noise": 0.1, "error": 0.1}
    return {
        "sizes": pd.DataFrame([sizes]),
        "laws": pd.DataFrame([laws]),
        "extrapolation": pd.DataFrame([beyond | {"ci_low": 1.0, "ci_high": 2.0}]),
        "bodyness": pd.DataFrame([{"loss": value, "n_qubits": 4, "order": k, "share": 0.5} for k in (1, 2)]),
        "parameters": pd.DataFrame([{"loss": value, "n_qubits": 4, "parameter": 0, "gate": value} | parameter]),
        "path": pd.DataFrame(
            [{"loss": value, "step": 3, "starts": 3, "value": 0.1, "gradient": value} | number | needed | stepped]
        ),
        "verdicts": pd.DataFrame([verdict]),
    }


@pytest.mark.parametrize("data", [{"csv": EVIL}, {"file": EVIL, "function": EVIL}])
def test_a_models_page(data: dict[str, str], picture: Path) -> None:
    settings = complete(
        {
            "circuit": {"file": EVIL, "function": EVIL, "parameters": "n", "layers": EVIL},
            "losses": {EVIL: {"kind": "kld"}},
            "data": data,
            "sizes": [4],
            "path": {"steps": 3},
        }
    )
    template = ROOT / "workflow/report/model.html.jinja"
    pictures = {"figure": picture, "by_parameter": picture}
    page = model_page(template, EVIL, EVIL, settings, model_tables(EVIL), pictures)
    assert_shown_as_text(page)
    assert EVIL in describe(settings["circuit"])


def test_the_table_of_models() -> None:
    names = ("model", "circuit", "initialisation", "data", "loss", "verdict", "reason", "warning", "at_largest")
    row = dict.fromkeys(names, EVIL + " | a") | {"stability": 0.9, "n_max": 4}
    text = as_markdown(pd.DataFrame([row]))
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;" in text
    assert text.count("\\|") == len(names)


def trainability(evidence: str) -> pd.DataFrame:
    rows = [
        {"circuit_depth": d, "strategy": s, "verdict": "no", "paper": "no", "agrees": True, "evidence": evidence}
        for d in DEPTHS
        for s in STRATEGIES
    ]
    return pd.DataFrame(rows)


def assert_never_raw(page: str) -> None:
    """On a page with scripts of its own: the text is there, but never as tags."""
    assert "alert(" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_raw_text_is_noticed() -> None:
    with pytest.raises(AssertionError):
        assert_never_raw(f"<p>{EVIL}</p>")


def test_the_report(tmp_path: Path) -> None:
    write_run(tmp_path)
    read = RunTables.read(tmp_path)
    evil = {name: getattr(read, name).astype(object) for name in ("claims", "controls", "answers")}
    for name, columns in (
        ("claims", ("statement", "source", "expected", "evidence")),
        ("controls", ("control", "evidence")),
        ("answers", ("evidence",)),
    ):
        evil[name] = evil[name].assign(**dict.fromkeys(columns, EVIL))
    variance = read.variance.assign(dataset=EVIL)
    figure = replace(write_figure(tmp_path, "fig_7"), caption=EVIL)
    changed = write_report(
        tmp_path / "again",
        tables=replace(read, variance=variance, **evil),
        figures=[figure],
        cost={EVIL: {"jobs": 1, "wall_seconds": 1.0, "cpu_seconds": 1.0, "peak_memory_mb": 1.0}},
        provenance=PROVENANCE | {"versions": {EVIL: EVIL}, "commit": EVIL},
        config=CONFIG | {"text": EVIL},
        options=f" --configfile {EVIL}",
    )
    assert_never_raw(changed.read_text(encoding="utf-8"))
    table = as_html(trainability(EVIL))
    assert "script" not in Tags(table).tags
    assert "<script" not in table_as_markdown(trainability(EVIL))


def test_captions_take_values_of_the_configuration_as_text() -> None:
    """A value that looks like a template is not one."""
    entry = FigureEntry("fig", (), "At {{ config.x }}.", {})
    assert filled_caption(entry, {"x": "{{ 7 * 7 }}"}) == "At {{ 7 * 7 }}."


BAD_NAMES = ["<script>", "../up", "a/b", "a b", "", "A", ".hidden", "a\\b", "a;b", "{a}"]


@pytest.mark.parametrize("name", BAD_NAMES)
@pytest.mark.parametrize("section", ["models", "experiments", "variance", "training", "notebooks"])
def test_names_that_become_paths_are_letters_digits_and_underscores(section: str, name: str) -> None:
    message = refused({section: {name: {}}})
    assert f"{section}: " in message


@pytest.mark.parametrize("run", ["<script>", "../up", "a/b", "", ".", "a b"])
def test_the_name_of_a_run_is_a_folder(run: str) -> None:
    assert "run: expected text that matches" in refused({"run": run})


def refused(content: dict[str, Any]) -> str:
    """The error for a configuration whose schema requires nothing else."""
    schema = json.loads((ROOT / "workflow/schemas/config.schema.json").read_text(encoding="utf-8")) | {"required": []}
    with pytest.raises(ConfigurationError) as caught:
        check_schema(content, schema, [Source("my.yaml", content)])
    return str(caught.value)
