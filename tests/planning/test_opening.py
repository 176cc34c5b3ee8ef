"""Opening a run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bornscape.planning.opening import one_of, open_run, rebuild_options
from support.shipped import ROOT, shipped_configuration


@pytest.fixture(autouse=True)
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_names_are_matched_as_they_are() -> None:
    assert re.fullmatch(one_of(["a.b", "c"]), "a.b")
    assert not re.fullmatch(one_of(["a.b", "c"]), "axb")
    assert not re.fullmatch(one_of([]), "")


def test_options_name_files_as_they_can_be_given_again(tmp_path: Path) -> None:
    assert rebuild_options([]) == ""
    files = ["config/smoke.yaml", tmp_path / "mine.yaml"]
    assert rebuild_options(files) == f" --configfile config/smoke.yaml {tmp_path / 'mine.yaml'}"


def test_a_run_is_opened_with_claims_in_the_order_of_results() -> None:
    opened = open_run(shipped_configuration("config.yaml"), ["config/config.yaml"], {})
    assert (opened.folder, opened.seed) == ("results/default", 230502881)
    results = list(dict.fromkeys(claim["result"] for claim in opened.claims))
    assert results == [name for name in opened.catalogue.results if name in results]


def test_a_job_of_a_cluster_checks_nothing(tmp_path: Path) -> None:
    config = shipped_configuration("config.yaml") | {"sed": 1}
    (tmp_path / "mine.yaml").write_text("sed: 1\n", "utf-8")
    files = ["config/config.yaml", tmp_path / "mine.yaml"]
    assert open_run(dict(config), files, {}, checked=False).seed == 230502881
    with pytest.raises(SystemExit, match=r"Error: .*mine\.yaml: sed: unknown key.*did you mean 'seed'"):
        open_run(dict(config), files, {})


def test_the_command_line_is_a_layer() -> None:
    config = shipped_configuration("config.yaml") | {"seed": -1}
    with pytest.raises(SystemExit, match="Error: --config: seed: expected at least 0"):
        open_run(config, ["config/config.yaml"], {"seed": -1})
