"""The catalogue: what it says fits the project, and what of it a run makes."""

from __future__ import annotations

import copy
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import yaml

from bornscape.configuration import ConfigurationError
from bornscape.planning.catalogue import bandwidths_of, filled_caption, read_catalogue
from bornscape.planning.shown import Shown
from bornscape.tables.trainability import STRATEGIES
from bornscape.tables.trainability import VERDICTS as ANSWERS
from support.shipped import CATALOGUE, CONFIG, ROOT, TABLES, shipped_claims

SCHEMA = ROOT / "workflow/schemas/results.schema.json"
CONTENT = yaml.safe_load((ROOT / "config/results.yaml").read_text(encoding="utf-8"))


def shown(config: dict[str, Any] = CONFIG, tables: frozenset[str] = TABLES) -> Shown:
    return Shown(CATALOGUE, tables, config, "results/x")


def changed(*path: str, value: Any) -> dict[str, Any]:
    """The configuration with one entry set, or without it where the value is None."""
    config = copy.deepcopy(CONFIG)
    *parents, last = path
    part = config
    for name in parents:
        part = part.setdefault(name, {})
    if value is None:
        del part[last]
    else:
        part[last] = value
    return config


# The project's own


def test_it_is_read_and_checked() -> None:
    assert read_catalogue(ROOT / "config/results.yaml", SCHEMA, ROOT / "notebooks") == CATALOGUE


def test_the_default_scale_makes_all_of_it() -> None:
    run = shown()
    assert list(run.figures) == list(CATALOGUE.figures)
    assert list(run.notebooks) == list(CATALOGUE.notebooks)
    assert set(run.targets) >= {*CATALOGUE.results} - {"fig_6"}


def test_every_figure_and_notebook_has_an_entry() -> None:
    folder = ROOT / "src/bornscape/figures"
    assert sorted(CATALOGUE.figures) == sorted(p.stem for p in folder.glob("*.py") if p.stem != "__init__")
    assert sorted(CATALOGUE.notebooks) == sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("name", CATALOGUE.figures)
def test_a_figure_takes_what_its_entry_says(name: str) -> None:
    entry = CATALOGUE.figures[name]
    taken = list(signature(import_module(f"bornscape.figures.{name}").figure).parameters)
    assert taken == [*entry.tables, *entry.settings(CONFIG)]


def test_every_figure_belongs_to_a_result() -> None:
    belong = {figure for result in CATALOGUE.results.values() for figure in result.figures}
    assert belong == set(CATALOGUE.figures)


def test_every_result_has_claims_or_is_a_figure() -> None:
    claimed = {path.stem for path in (ROOT / "config/claims").glob("[a-z]*.yaml")}
    assert claimed <= set(CATALOGUE.results)
    assert {name for name, result in CATALOGUE.results.items() if result.tables} <= claimed


@pytest.mark.parametrize("name", CATALOGUE.figures)
def test_a_caption_speaks_of_entries_that_the_figure_needs(name: str) -> None:
    """Without any one other entry of the configuration the caption can still be filled."""
    entry = CATALOGUE.figures[name]
    for section in ("variance", "training", "experiments"):
        for other in CONFIG[section]:
            config = changed(section, other, value=None)
            tables = TABLES - {other}
            if name in shown(config, tables).figures:
                assert filled_caption(entry, config)


# The story


def test_the_story_tells_every_result_once() -> None:
    told = [name for chapter in CATALOGUE.story for step in chapter["steps"] for name in step["results"]]
    assert sorted(told) == sorted(CATALOGUE.results)


def test_each_step_is_answered_by_claims_of_its_results() -> None:
    results = {claim["claim"]: claim["result"] for claim in shipped_claims()}
    for chapter in CATALOGUE.story:
        for step in chapter["steps"]:
            assert step["asked"].endswith("?")
            assert {results[claim] for claim in step.get("found", [])} <= set(step["results"]), step["asked"]


def test_every_study_has_a_name_for_readers() -> None:
    assert list(CATALOGUE.studies) == list(CONFIG["variance"])


def test_every_verdict_that_a_cell_can_have_has_a_reason() -> None:
    reasons = CATALOGUE.trainability_table["reasons"]
    for strategy in STRATEGIES:
        possible = set(ANSWERS) - ({"depends"} if strategy != "quantum" else set())
        assert {*reasons[strategy], *reasons["any"]} == possible
        assert all(len(reason) < 80 for reason in reasons[strategy].values())


# What a run makes


def test_a_figure_is_left_out_without_its_tables_or_its_studies() -> None:
    assert "qgan" not in shown(tables=TABLES - {"qgan"}).figures
    assert "qgan" not in shown(tables=TABLES - {"qgan"}).notebooks
    without = shown(changed("variance", "fidelity", value=None))
    assert "fig_8" not in without.figures
    assert "fig_7" in without.figures
    # A result that has a table of its own can still be asked for.
    assert "fig_8" in without.targets
    assert "fig_7" not in shown(changed("variance", "line", value=None)).targets


def test_a_notebook_can_be_taken_away() -> None:
    config = changed("notebooks", "qgan", value={})
    config["notebooks"]["qgan"] = None
    assert "qgan" not in shown(config).notebooks
    assert "qgan" in shown(config).figures


def test_what_shows_a_result() -> None:
    run = shown()
    assert run.of_result("corollary_1") == (["fig_2_beyond"], ["proposition_1"])
    assert run.of_result("unknown") == ([], [])
    assert run.results_with("figure", "fig_5") == ["proposition_3", "fig_5", "proposition_4"]
    assert run.results_with("notebook", "qgan") == ["qgan"]


def test_words_of_the_page() -> None:
    claims = [{"claim": "a", "result": "theorem_2"}, {"claim": "b", "result": "my_own"}]
    page = shown().page(claims)
    assert page["topics"] == {"a": "theorem_2", "b": "my_own"}
    assert page["results"]["theorem_2"] == {"figures": ["fig_6"], "notebooks": ["theorem_2"]}
    assert page["results"]["my_own"] == {"figures": [], "notebooks": []}
    assert page["labels"]["theorem_2"] == "Theorem 2"
    assert page["labels"]["my_own"] == "My own"
    assert page["captions"]["fig_7"].startswith("Fig. 7. Variance of the MMD at s = n/4 over 300 random line circuits")


def test_settings_of_a_figure() -> None:
    settings = CATALOGUE.figures["fig_6"].settings(CONFIG)
    assert settings == {
        "studies": {"haar": "product_haar", "ry": "product_ry"},
        "bandwidths": {"1": 1, "10": 10, "n/4": "n/4"},
    }
    assert CATALOGUE.figures["fig_4"].settings(CONFIG) == {}


def test_bandwidths_are_those_of_studies_and_experiments() -> None:
    found = bandwidths_of(CONFIG)
    assert found["line"]["average"] == [0.01, "n/4", "n"]
    assert found["truncation"]["n/4"] == "n/4"
    assert "fidelity" not in found


@pytest.mark.parametrize(
    ("shots", "text"),
    [(1000, "with 1000 shots"), ([None, 1000, 100], "with 100 shots"), ([None], "with infinitely many shots")],
)
def test_captions_follow_the_configuration(shots: int | list[int | None], text: str) -> None:
    config = changed("training", "fig_10", "shots", value=shots)
    assert text in filled_caption(CATALOGUE.figures["fig_10"], config)


def test_files_of_a_target() -> None:
    run = shown()
    assert run.target_files("fig_7") == [f"results/x/figures/fig_7.{ending}" for ending in ("png", "pdf", "csv")]
    assert run.target_files("corollary_2") == [
        "results/x/claims.csv",
        "results/x/stuck_estimates.csv",
        "results/x/notebooks/theorem_1.ipynb",
        "results/x/notebooks/theorem_1.html",
    ]
    assert "results/x/figures/qgan.png" in run.target_files("qgan")
    without = shown(tables=TABLES - {"training_mass"})
    assert "results/x/training_mass.csv" in run.target_files("theorem_1")
    assert "results/x/training_mass.csv" not in without.target_files("theorem_1")


def test_what_figures_and_notebooks_read() -> None:
    run = shown()
    assert run.table_files(CATALOGUE.figures["fig_5"]) == ["results/x/fig_5.csv", "results/x/truncation.csv"]
    assert run.parts(CATALOGUE.figures["fig_8"]) == {
        "variance": ["results/x/variance/fidelity.csv", "results/x/variance/fidelity_large.csv"]
    }
    assert run.parts(CATALOGUE.figures["qgan"]) == {"qgan": ["results/x/qgan.csv"]}
    assert run.shown_in("theorem_1") == [
        f"results/x/figures/{name}.{ending}" for name in ("fig_3", "theorem_1") for ending in ("png", "csv")
    ]
    assert len(run.artifacts()) == 3 * len(CATALOGUE.figures) + 2 * len(CATALOGUE.notebooks)


def test_labels_count_the_verdicts_on_what_is_shown(tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text("claim,verdict\na,reproduced\nb,contradicted\nc,reproduced\n", "utf-8")
    claims = [
        {"claim": name, "result": result}
        for name, result in zip("abc", ("fig_5", "qgan", "proposition_3"), strict=True)
    ]
    run = Shown(CATALOGUE, TABLES, CONFIG, str(tmp_path))
    assert run.labels("figure", "fig_5", claims) == {"figure": "Fig. 5", "verdicts": "2 reproduced"}
    assert run.labels("notebook", "qgan", claims) == {"notebook": "QGAN", "verdicts": "1 contradicted"}
    assert run.labels("notebook", "data", claims) == {"notebook": "Data", "verdicts": "no claims"}


# Errors


def write(folder: Path, content: dict[str, Any]) -> Path:
    path = folder / "results.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("results", "qgan", "figures"), ["qan"], r"results\.qgan\.figures: expected a name that stands under figures"),
        (
            ("results", "qgan", "notebook"),
            "qan",
            r"results\.qgan\.notebook: expected a name that stands under notebooks",
        ),
        (("notebooks", "qgan", "figures"), ["no"], r"notebooks\.qgan\.figures: expected a name that stands under"),
        (("notebooks", "other"), {"tables": ["claims"]}, r"notebooks\.other: expected a notebook .*other\.ipynb"),
        (("figures", "qgan", "tabels"), ["qgan"], r"figures\.qgan\.tabels: unknown key.*did you mean 'tables'"),
        (("figures", "qgan", "needs"), ["qgan"], r"figures\.qgan\.needs\.0: expected text that matches"),
        (
            ("story", 0, "steps", 0, "results"),
            ["fig_72"],
            r"story\.The answer in one picture\..*\.results: expected a name that stands under results, got 'fig_72'",
        ),
    ],
)
def test_errors_name_the_key(tmp_path: Path, place: tuple[str | int, ...], value: Any, message: str) -> None:
    content = copy.deepcopy(CONTENT)
    part: Any = content
    for name in place[:-1]:
        part = part[name]
    part[place[-1]] = value
    with pytest.raises(ConfigurationError, match=message):
        read_catalogue(write(tmp_path, content), SCHEMA, ROOT / "notebooks")


def test_a_caption_that_speaks_of_what_is_not_there_says_what_to_do() -> None:
    config = changed("experiments", "qgan", value=None)
    with pytest.raises(ConfigurationError, match=r"caption of qgan: .*qgan.*; name the entry under needs"):
        filled_caption(CATALOGUE.figures["qgan"], config)
