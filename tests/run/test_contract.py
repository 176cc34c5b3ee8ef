"""The artifact contract: a run that keeps it passes, and every broken thing is named."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bornscape.artifacts import write_table, write_text
from bornscape.experiments import experiment_of
from bornscape.pages import self_contained
from bornscape.run import manifest
from bornscape.run.contract import NOT_EMPTY, TABLES, VALUES, main, problems_of
from support.finished_run import CONFIG, notebook, write_manifest, write_run


@pytest.fixture(autouse=True)
def small_manifest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "commit_of", lambda folder: (None, []))
    monkeypatch.setattr(manifest, "PACKAGES", ("numpy",))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(manifest, "commit_of", lambda folder: (None, []))
        monkeypatch.setattr(manifest, "PACKAGES", ("numpy",))
        return write_run(tmp_path_factory.mktemp("made") / "tiny")


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Path:
    """A copy, free to be broken."""
    return Path(shutil.copytree(made, tmp_path / "tiny"))


def only_problem(run: Path) -> str:
    """The one thing that is wrong although the manifest lists the files as they are."""
    write_manifest(run)
    return one_of(problems_of(run))


def one_of(problems: list[str]) -> str:
    assert len(problems) == 1, problems
    return problems[0]


def change_table(path: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    write_table(change(pd.read_csv(path)), path)


def test_a_good_run_holds(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert problems_of(run) == []
    assert main([str(run)]) == 0
    assert capsys.readouterr().out == "artifact contract: holds\n"


def test_a_broken_run_is_told_and_fails(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run / "report.html").write_text("")
    write_manifest(run)
    assert main([str(run)]) == 1
    assert capsys.readouterr().out == (
        f"{run / 'report.html'}: missing or empty\nartifact contract: broken in 1 places\n"
    )


def test_a_run_that_is_not_there(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "nowhere") == [f"{tmp_path / 'nowhere'}: no such folder"]
    assert main([str(tmp_path / "nowhere")]) == 1
    assert main([]) == 1


def test_one_bad_run_of_two_fails(run: Path, tmp_path: Path) -> None:
    assert main([str(run), str(tmp_path / "nowhere")]) == 1


# Pages


def test_a_page_that_needs_another_file_is_named(run: Path) -> None:
    write_text('<img src="https://example.org/x.png">', run / "report.html")
    assert only_problem(run) == f"{run / 'report.html'}: not self-contained: img src=https://example.org/x.png"


def test_the_page_of_a_model_is_looked_at_too(run: Path) -> None:
    write_text('<script src="x.js"></script>', run / "models/mine/report.html")
    assert only_problem(run) == f"{run / 'models/mine/report.html'}: not self-contained: script src=x.js"


def test_a_page_that_is_too_large_is_named(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_contained, "LARGEST_PAGE", 5)
    assert only_problem(run).startswith(f"{run / 'report.html'}: expected at most")


# Tables


@pytest.mark.parametrize("name", TABLES)
def test_a_missing_table_is_named(run: Path, name: str) -> None:
    (run / name).unlink()
    assert only_problem(run) == f"{run / name}: missing"


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("place", [0, -1])
def test_a_missing_column_is_named(run: Path, name: str, place: int) -> None:
    column = TABLES[name][place]
    change_table(run / name, lambda table: table.drop(columns=column))
    problem = only_problem(run)
    assert problem.startswith(f"{run / name}: expected the columns {', '.join(TABLES[name])}; got ")
    assert column not in problem.split("; got ")[1].split(", ")


def test_another_order_of_columns_or_one_more_is_named(run: Path) -> None:
    path = run / "variance.csv"
    change_table(path, lambda table: table[table.columns[::-1]])
    assert only_problem(run).startswith(f"{path}: expected the columns ")
    change_table(path, lambda table: table[table.columns[::-1]].assign(more=1))
    assert only_problem(run).endswith(", more")


@pytest.mark.parametrize("name", TABLES)
def test_a_table_without_rows_is_named(run: Path, name: str) -> None:
    change_table(run / name, lambda table: table[:0])
    assert only_problem(run) == f"{run / name}: no rows"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'a,b\n1,2,3\n"x'])
def test_a_table_that_is_no_csv_is_named(run: Path, content: bytes) -> None:
    (run / "scaling.csv").write_bytes(content)
    assert only_problem(run).startswith(f"{run / 'scaling.csv'}: expected")


@pytest.mark.parametrize(("name", "column"), VALUES)
@pytest.mark.parametrize("word", ["Perhaps", "", "YES"])
def test_a_wrong_word_is_named(run: Path, name: str, column: str, word: str) -> None:
    def with_second_row(table: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([table, table.assign(**{column: word})])

    change_table(run / name, with_second_row)
    assert only_problem(run).startswith(f"{run / name}: {column}: expected ['")


@pytest.mark.parametrize(("name", "column"), VALUES)
def test_every_allowed_word_passes(run: Path, name: str, column: str) -> None:
    change_table(run / name, lambda t: pd.concat([t.assign(**{column: word}) for word in VALUES[name, column]]))
    write_manifest(run)
    assert problems_of(run) == []


@pytest.mark.parametrize(
    "change",
    [{"variance": 0.3}, {"variance": 0.7}, {"variance": None}, {"ci_low": None}, {"ci_high": None}, {"variance": "x"}],
    ids=str,
)
def test_a_variance_outside_its_interval_is_named(run: Path, change: dict[str, Any]) -> None:
    change_table(run / "variance.csv", lambda table: pd.concat([table, table.assign(**change)]))
    assert only_problem(run) == f"{run / 'variance.csv'}: 1 variances outside their own interval"


def test_only_an_experiment_may_leave_out_a_variance(run: Path) -> None:
    """Beyond state vectors the light cones' own terms are measured without the variance of the loss."""
    nothing = {"variance": None, "ci_low": None, "ci_high": None}
    change_table(run / "variance.csv", lambda table: pd.concat([table, table.assign(**nothing)]))
    assert only_problem(run) == f"{run / 'variance.csv'}: 1 variances outside their own interval"


@pytest.mark.parametrize(("ci_high", "problems"), [(None, 0), (0.6, 1)])
def test_an_experiment_leaves_out_the_interval_as_well(run: Path, ci_high: float | None, problems: int) -> None:
    columns = experiment_of("light_cones").COLUMNS
    cells = {"variance": [0.5, None], "ci_low": [0.4, None], "ci_high": [0.6, ci_high]}
    write_table(pd.DataFrame(cells).reindex(columns=columns), run / "theorem_3.csv")
    config = CONFIG | {"experiments": {"theorem_3": {"kind": "light_cones"}}}
    manifest.write_manifest(manifest.manifest(run, config), run / "manifest.json")
    expected = f"{run / 'theorem_3.csv'}: 1 variances outside their own interval"
    assert problems_of(run) == [expected][:problems]


def test_a_variance_at_the_ends_of_its_interval_passes(run: Path) -> None:
    ends = [{"variance": 0.4}, {"variance": 0.6}, {"ci_high": float("inf")}]
    change_table(run / "variance.csv", lambda table: pd.concat([table.assign(**change) for change in ends]))
    write_manifest(run)
    assert problems_of(run) == []


# Files


@pytest.mark.parametrize("name", [name for name in NOT_EMPTY if name != "manifest.json"])
@pytest.mark.parametrize("missing", [True, False])
def test_a_missing_or_empty_page_is_named(run: Path, name: str, missing: bool) -> None:
    (run / name).unlink()
    if not missing:
        (run / name).touch()
    assert only_problem(run) == f"{run / name}: missing or empty"


@pytest.mark.parametrize("ending", ["png", "pdf", "csv"])
@pytest.mark.parametrize("missing", [True, False])
def test_a_missing_or_empty_figure_is_named(run: Path, ending: str, missing: bool) -> None:
    path = run / f"figures/fig_7.{ending}"
    path.unlink()
    if not missing:
        path.touch()
    assert only_problem(run) == f"{path}: missing or empty"


def test_no_figures(run: Path) -> None:
    for path in (run / "figures").iterdir():
        path.unlink()
    assert only_problem(run) == f"{run / 'figures'}: no figures"


def with_notebook(run: Path, **code: Any) -> str:
    (run / "notebooks/fig_7.ipynb").write_text(json.dumps(notebook(**code)), encoding="utf-8")
    return only_problem(run)


def test_a_failed_cell_is_named(run: Path) -> None:
    outputs = [{"output_type": "stream", "text": "x"}, {"output_type": "error", "ename": "ValueError"}]
    assert with_notebook(run, outputs=outputs) == f"{run / 'notebooks/fig_7.ipynb'}: a cell failed"


def test_a_notebook_that_was_not_run_is_named(run: Path) -> None:
    assert with_notebook(run, execution_count=None) == f"{run / 'notebooks/fig_7.ipynb'}: not executed to its end"


def test_a_notebook_without_page_is_named(run: Path) -> None:
    (run / "notebooks/fig_7.html").unlink()
    assert only_problem(run) == f"{run / 'notebooks/fig_7.html'}: missing or empty"


@pytest.mark.parametrize("content", ["", "no JSON", "[]", "{}"])
def test_a_notebook_that_is_none_is_named(run: Path, content: str) -> None:
    (run / "notebooks/fig_7.ipynb").write_text(content, encoding="utf-8")
    assert only_problem(run).startswith(f"{run / 'notebooks/fig_7.ipynb'}: expected a notebook")


def test_no_notebooks(run: Path) -> None:
    (run / "notebooks/fig_7.ipynb").unlink()
    assert only_problem(run) == f"{run / 'notebooks'}: no notebooks"


@pytest.mark.parametrize("content", ["", "bitstring,probability\n00,0.25\n11,0.7\n", "bitstring\n00\n"])
def test_a_bad_target_is_named(run: Path, content: str) -> None:
    (run / "targets/zero_n2.csv").write_text(content, encoding="utf-8")
    assert only_problem(run).startswith(f"{run / 'targets/zero_n2.csv'}: ")


# The manifest


@pytest.mark.parametrize("content", [None, "", "no JSON", "[]", "{}"])
def test_a_broken_manifest_is_named(run: Path, content: str | None) -> None:
    (run / "manifest.json").unlink()
    if content is not None:
        (run / "manifest.json").write_text(content, encoding="utf-8")
    problems = problems_of(run)
    assert problems
    assert all(problem.startswith(f"{run / 'manifest.json'}: ") for problem in problems)


@pytest.mark.parametrize("name", ["report.html", "figures/fig_7.png", "notebooks/fig_7.html"])
def test_one_flipped_bit_is_named(run: Path, name: str) -> None:
    content = bytearray((run / name).read_bytes())
    content[3] ^= 1
    (run / name).write_bytes(bytes(content))
    assert one_of(problems_of(run)) == f"{run / name}: not the bytes that the manifest lists"


def test_an_extra_file_is_named(run: Path) -> None:
    (run / "figures/fig_8.png").write_text("by hand", encoding="utf-8")
    problems = problems_of(run)
    assert f"{run / 'figures/fig_8.png'}: not listed in the manifest" in problems
    assert f"{run / 'figures/fig_8.pdf'}: missing or empty" in problems


def test_several_problems_are_all_named(run: Path) -> None:
    (run / "claims.csv").unlink()
    (run / "report.html").write_text("", encoding="utf-8")
    named = {problem.split(": ")[0] for problem in problems_of(run)}
    assert named == {str(run / "claims.csv"), str(run / "report.html")}
