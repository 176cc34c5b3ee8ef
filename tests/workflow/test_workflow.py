"""The workflow as a whole: complete, the same on any number of cores, restartable, sparing, and clear about errors."""

from __future__ import annotations

import json
import random
import re
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from snakemake.utils import update_config

from bornscape.pages.self_contained import fetched_by
from bornscape.run.same_arithmetic import instructions
from support.shipped import shipped_configuration
from support.workflow_run import LOSSES, NOTEBOOKS, PARTS, ROOT, RUN, Project

DATA = {"jet_chunk", "jet_targets", "shower_targets", "synthetic_targets"}
DRAWS = {"line_draws", "product_draws", "product_shot_draws"}
SIMULATION = DATA | DRAWS | {"train", "measure"}
"""Rules that draw random numbers: the expensive ones."""

ENDING = {"report_page", "manifest", "all"}
TARGETS = {
    *("fig_6", "fig_7", "fig_10", "theorem_1", "theorem_2", "proposition_3"),
    *("trainability_table", "claims", "verify", "report"),
}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with the repository's own configuration, in which nothing has run and nothing is to run."""
    return Project.make(tmp_path_factory.mktemp("fresh") / "project", cut_down=False)


def rules(project: Project, *targets: str, **settings: Any) -> set[str]:
    """Rules that a run would use."""
    return set(project.planned(*targets, **settings).rules)


# A whole run


def test_finished_run_keeps_the_contract(copied: Project) -> None:
    check = ("-m", "bornscape.run.contract", str(RUN))
    found = copied.python(*check)
    assert found.status == 0, found.output
    assert "artifact contract: holds" in found.output
    copied.append(str(RUN / "training.csv"), "\n")
    copied.path("figures/fig_7.pdf").unlink()
    found = copied.python(*check)
    assert found.status == 1
    assert "training.csv: not the bytes that the manifest lists" in found.output
    assert "fig_7.pdf: missing" in found.output


def test_jobs_use_the_instructions_that_all_processors_share(copied: Project) -> None:
    used = json.loads(copied.path("manifest.json").read_text(encoding="utf-8"))["instructions"]
    assert not [name for name in used if name == "X86_V4" or name.startswith("AVX512")]
    assert ("X86_V3" in used) == ("X86_V3" in instructions())


def test_report_shows_the_run(copied: Project) -> None:
    page = copied.path("report.html").read_text(encoding="utf-8")
    claims = pd.read_csv(copied.path("claims.csv"))
    assert all(f'id="claim-{name}"' in page for name in claims["claim"])
    assert all(f'id="fig-{path.stem}"' in page for path in copied.path("figures").glob("*.png"))
    assert all(f'href="notebooks/{name}.html"' in page for name in NOTEBOOKS)
    assert "<code>snakemake --cores 2 fig_7 --configfile tiny.yaml</code>" in page
    assert "<code>line_draws</code>" in page


def test_snakemakes_own_report_needs_no_network(copied: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whatever would be downloaded is refused at once.
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    found = copied.python("-m", "snakemake", "--configfile", "tiny.yaml", "--report", "snakemake_report.html")
    assert found.status == 0, found.output
    assert "WARNING/2" not in found.output
    page = (copied.folder / "snakemake_report.html").read_text(encoding="utf-8")
    assert fetched_by(page) == []
    for part in ("Figures", "Notebooks", "Verdicts", "Variance of the MMD at s = n/4 over 8 random line circuits"):
        assert part in page
    # Labels: the verdicts on what a figure shows.
    verdicts = pd.read_csv(copied.path("claims.csv")).set_index("claim")["verdict"]
    shown = verdicts[verdicts.index.str.startswith("proposition_5")]
    assert set(shown) == {"reproduced"}
    assert re.search(rf'"Proposition 5",\s*"verdicts":\s*"{len(shown)} reproduced"', page)


def test_second_run_does_nothing(finished: Project, copied: Project) -> None:
    before = copied.hashes()
    found = copied.snakemake()
    assert found.status == 0
    assert "Nothing to be done" in found.output
    assert copied.hashes() == before == finished.hashes()


def test_copied_package_is_the_one_that_runs(copied: Project) -> None:
    shown = copied.python("-c", "import bornscape, snakemake_logger_plugin_bornscape as p; print(bornscape, p)").output
    assert shown.count(str(copied.folder / "src")) == 2
    # Jobs too: the verdict on a moment that is computed with another formula is another one.
    source = copied.folder / "src/bornscape/theory/bodyness.py"
    text = source.read_text(encoding="utf-8")
    source.write_text(text + "\n\ndef mean_bodyness(n_qubits, s):\n    return 1.0\n", encoding="utf-8")
    assert copied.snakemake("claims").status == 0
    verdicts = pd.read_csv(copied.path("claims.csv")).set_index("claim")["verdict"]
    assert verdicts["proposition_3_mean"] == "contradicted"
    assert verdicts["proposition_3_variance"] == "reproduced"


# Interrupted runs


def test_killed_run_on_one_core_elsewhere_ends_with_the_same_artifacts(finished: Project, tmp_path: Path) -> None:
    """Neither the folder, nor the number of cores, nor three interruptions change a byte.

    One run shows it all: one that differed would have to be taken apart by hand.
    """
    project = Project.make(tmp_path / "elsewhere")
    signals = (signal.SIGKILL, signal.SIGINT, signal.SIGKILL)
    moments = random.Random(230502881)
    for after, number in zip(sorted(moments.sample(range(1, 17), 3)), signals, strict=True):
        run = project.start(cores=1)
        run.wait_until(lambda: len(list(project.path("logs").rglob("*.log"))) >= after)  # noqa: B023
        time.sleep(moments.uniform(0, 0.5))
        ended = run.stop(number)
        assert ended.status != 0, ended.output
        if number == signal.SIGINT:
            assert "the same command goes on from here" in ended.output
    folders = [project.path(name) for name in ("draws", "training", "measurements", "data", "targets")]
    kept = {path: path.stat().st_mtime_ns for folder in folders for path in folder.rglob("*.*") if path.is_file()}
    assert kept
    found = project.snakemake(cores=1)
    assert found.status == 0, found.output
    # The job that was running may be made again, no other; that of the jets writes into two folders.
    again = [path for path, before in kept.items() if not path.exists() or path.stat().st_mtime_ns != before]
    assert len({path.parent for path in again}) <= 2
    expected, hashes = finished.hashes(), project.hashes()
    assert [name for name in expected if hashes.get(name) != expected[name]] == []
    assert set(hashes) == set(expected)
    # Chunks are different draws, and nothing was left out of the comparison.
    assert hashes["draws/line/n4_c0.parquet"] != hashes["draws/line/n4_c1.parquet"]
    assert {"variance.csv", "scaling.csv", "training.csv", "claims.csv"} <= set(hashes)
    assert {f"draws/line/n{n}_c{chunk}.parquet" for n in (4, 5) for chunk in (0, 1)} <= set(hashes)
    assert {"targets/jets_n4.csv", "targets/showers_n16.csv", "targets/ghz_n4.csv"} <= set(hashes)
    assert {f"figures/fig_{k}.{ending}" for k in (6, 7, 10) for ending in ("png", "csv")} <= set(hashes)
    assert {f"notebooks/{name}.{ending}" for name in NOTEBOOKS for ending in ("ipynb", "html")} <= set(hashes)
    assert rules(project) == set()


def test_killed_training_goes_on_from_its_checkpoint(copied: Project) -> None:
    every = 20
    settings = {"overlay": {"training": {"jets_16": {"epochs": 800, "checkpoint_every": every}}}}
    cell = "n4_l2_50shots_mmd_average_r0"
    curve = copied.path(f"training/jets_16/{cell}_curves.csv")
    target, log = str(curve.relative_to(copied.folder)), copied.path(f"logs/training/jets_16/{cell}.log")
    checkpoint = curve.with_name(f".{cell}") / "mmd_average_50_r0.npz"
    run = copied.start(target, **settings)
    run.wait_until(checkpoint.exists)
    assert run.stop(signal.SIGKILL).status != 0
    with np.load(checkpoint) as kept:
        done = len(kept["estimates"])
    assert done >= every
    assert copied.snakemake(target, **settings).status == 0
    assert log.read_text().split()[4:6] == ["epoch", str(done + every)]
    assert not checkpoint.parent.exists()
    resumed = curve.read_bytes()
    assert len(resumed.splitlines()) == 802
    curve.unlink()
    assert copied.snakemake(target, **settings).status == 0
    assert log.read_text().split()[4:6] == ["epoch", str(every)]
    assert curve.read_bytes() == resumed


def test_two_runs_in_one_folder(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "project")
    first = project.start(str(RUN / "variance.csv"))
    first.wait_until(lambda: project.path("logs").exists())
    first.send(signal.SIGSTOP)
    try:
        # Looking is allowed, running is not.
        assert "bodyness" in rules(project, str(RUN / "bodyness.csv"))
        second = project.snakemake(str(RUN / "bodyness.csv"))
        assert second.status != 0
        assert ".snakemake/run.lock: another run is going on in this folder" in second.output
        assert "Traceback" not in second.output
        assert not project.path("bodyness.csv").exists()
    finally:
        first.stop(signal.SIGKILL)
    third = project.snakemake(str(RUN / "bodyness.csv"))
    assert third.status == 0, third.output
    assert project.path("bodyness.csv").exists()


# What a change makes run again


def test_nothing_runs_again_for_a_new_time_of_change(copied: Project) -> None:
    # As after a fresh checkout of the same files.
    for part in PARTS:
        for path in (copied.folder / part).rglob("*.*"):
            path.touch()
    assert rules(copied) == set()


def test_a_comment_or_a_docstring_repeats_nothing(copied: Project) -> None:
    """docs/work/reruns.md, the first line of its example."""
    copied.append("src/bornscape/simulators/state_vector/states.py", "\n# A comment.\n")
    text = (copied.folder / "workflow/scripts/scaling.py").read_text(encoding="utf-8")
    (copied.folder / "workflow/scripts/scaling.py").write_text('"""A docstring."""\n' + text, encoding="utf-8")
    assert rules(copied) == set()


def test_editing_the_kernels_repeats_draws_and_training(copied: Project) -> None:
    copied.append("src/bornscape/simulators/state_vector/states.py", "\nNEW = 1\n")
    planned = copied.planned()
    assert planned.rules["line_draws"] == 4
    assert planned.rules["train"] == len(LOSSES)
    assert not set(planned.rules) & DATA


def test_editing_a_figure_repeats_what_shows_it(copied: Project) -> None:
    copied.append("src/bornscape/figures/fig_7.py", "\nNEW = 1\n")
    planned = copied.planned()
    assert set(planned.rules) == {"draw", "notebook"} | ENDING
    assert {job for job in planned.jobs if job.startswith(("draw ", "notebook"))} == {"draw fig_7", "notebook fig_7"}


def test_editing_the_laws_repeats_no_simulation(copied: Project) -> None:
    copied.append("src/bornscape/tables/scaling.py", "\nNEW = 1\n")
    found = rules(copied)
    assert {"scaling", "table", "claims_register"} | ENDING <= found
    assert not found & (SIMULATION | {"variance", "training_table"})


def test_editing_a_caption_repeats_the_report_and_the_notebook_that_shows_it(copied: Project) -> None:
    with copied.edited("config/results.yaml") as catalogue:
        catalogue["figures"]["fig_7"]["caption"] += " One more sentence."
    assert rules(copied) == {"notebook"} | ENDING


def test_changing_a_tolerance_repeats_the_judging(copied: Project) -> None:
    with copied.edited("config/claims/_defaults.yaml") as defaults:
        defaults["tolerance"]["identity"] *= 2
    assert rules(copied) == {"claims_register", "notebook"} | ENDING


def test_more_draws_are_new_chunks_only(copied: Project) -> None:
    planned = copied.planned(overlay={"variance": {"line": {"draws": 12}}})
    made = {job for job in planned.jobs if job.split()[0] in SIMULATION}
    assert made == {"line_draws line n=4 chunk=2", "line_draws line n=5 chunk=2"}
    assert {"variance", "scaling", "table", "claims_register"} <= set(planned.rules)
    assert "draw fig_7" in planned.jobs


def test_a_figure_alone_needs_its_own_study_alone(fresh: Project) -> None:
    planned = fresh.planned("fig_7")
    assert set(planned.rules) == {"line_draws", "synthetic_targets", "variance_of_study", "draw", "fig_7"}


def test_more_repetitions_are_new_runs_only(copied: Project) -> None:
    planned = copied.planned(overlay={"training": {"jets_16": {"repetitions": 2}}})
    made = {job for job in planned.jobs if job.split()[0] in SIMULATION}
    assert made == {f"train jets_16 n4_l2_50shots_{loss}_r1" for loss in LOSSES}
    assert {"training_table", "claims_register"} <= set(planned.rules)
    assert "draw fig_10" in planned.jobs
    assert not {"variance", "scaling"} & set(planned.rules)
    assert "draw fig_7" not in planned.jobs


def test_more_chunks_of_an_experiment_are_new_jobs_only(copied: Project) -> None:
    planned = copied.planned(overlay={"experiments": {"proposition_5": {"chunks": 3}}})
    made = {job for job in planned.jobs if job.split()[0] in SIMULATION}
    assert made == {f"measure proposition_5 2-3 chunk={chunk}" for chunk in (1, 2)}
    assert {"tabulate", "claims_register"} <= set(planned.rules)
    assert "draw proposition_5" in planned.jobs
    assert not {"variance", "training_table"} & set(planned.rules)
    assert "draw fig_7" not in planned.jobs


def test_another_seed_repeats_all_simulation(copied: Project) -> None:
    assert rules(copied, overlay={"seed": 7}) >= SIMULATION


def test_deleted_chunk_is_made_again(copied: Project) -> None:
    copied.path("draws/line/n4_c1.parquet").unlink()
    planned = copied.planned()
    assert {job for job in planned.jobs if job.split()[0] in SIMULATION} == {"line_draws line n=4 chunk=1"}
    assert {"variance", "scaling", "claims_register", "draw"} | ENDING <= set(planned.rules)


# Bad input


def assert_one_line(output: str) -> None:
    """One line says what is wrong; before it Snakemake may say which profile it uses."""
    lines = [line for line in output.splitlines() if line and not line.startswith("Using workflow specific profile")]
    assert len(lines) == 1, output


def test_bad_configuration_is_one_clear_error(fresh: Project) -> None:
    """One of many that tests/configuration/test_configuration.py has: here, that it ends the run before any job."""
    found = fresh.snakemake(overlay={"data": {"jets": {"jetz": 10}}})
    assert found.status != 0
    pattern = r"data\.jets\.jetz: unknown key; expected one of .*\(did you mean 'jets'\?\)"
    assert re.search(rf"^Error: .*/overlay\.yaml: {pattern}$", found.output, re.MULTILINE), found.output
    assert_one_line(found.output)
    assert not (fresh.folder / "results").exists()


def test_bad_claims_register_names_its_file(tmp_path: Path) -> None:
    project = Project.make(tmp_path / "project")
    with project.edited("config/claims/proposition_3.yaml") as register:
        register["claims"][0]["kind"] = "opinion"
    found = project.snakemake()
    assert found.status != 0
    wanted = (
        r"^Error: config/claims/proposition_3\.yaml: claims\.proposition_3_mean\.kind: expected one of .* 'opinion'$"
    )
    assert re.search(wanted, found.output, re.MULTILINE)
    assert_one_line(found.output)
    assert not (project.folder / "results").exists()


# Targets and verdicts


def few_jobs(scale: str) -> dict[str, Any]:
    """One chunk of each study and experiment and one repetition of each training: targets do not depend on how many."""
    config = shipped_configuration("config.yaml")
    update_config(config, shipped_configuration(scale))
    return {
        "data": {"jets": {"jets": config["data"]["jets"]["chunk"]}},
        "variance": {name: {"draws": study["chunk"]} for name, study in config["variance"].items()},
        "training": {name: {"repetitions": 1} for name in config["training"]},
        "experiments": {name: {"chunks": 1} for name in config["experiments"]},
    }


@pytest.mark.parametrize("configfile", [None, "config/smoke.yaml", "config/paper.yaml"])
def test_every_named_target_exists_at_every_scale(fresh: Project, configfile: str | None) -> None:
    header = (ROOT / "Snakefile").read_text(encoding="utf-8").split("\n\n")[0]
    named = {name for names in re.findall(r"--cores N (\w+(?: \| \w+)*)", header) for name in names.split(" | ")}
    assert {"fig_7", "theorem_2", "verify"} <= named
    overlay = None if configfile is None else few_jobs(Path(configfile).name)
    # Without a model there is nothing to ask about.
    targets = (named | TARGETS) - {"my_model"}
    planned = fresh.planned(*sorted(targets), configfile=configfile, overlay=overlay)
    assert targets <= set(planned.rules)
    assert set(planned.rules) >= SIMULATION


def test_unknown_target_is_an_error(fresh: Project) -> None:
    found = fresh.snakemake("fig_99", dry=True)
    assert found.status != 0
    assert "fig_99" in found.output


def test_verify_fails_on_a_contradicted_claim_and_claims_does_not(copied: Project) -> None:
    found = copied.snakemake("verify")
    assert found.status == 0, found.output
    with copied.edited("config/claims/proposition_3.yaml") as register:
        claims = {claim["claim"]: claim for claim in register["claims"]}
        claims["proposition_3_mean"]["settings"]["convention"] = "standard_deviation"
    found = copied.snakemake("verify")
    assert found.status != 0
    # The register itself was written: only verify fails.
    verdicts = pd.read_csv(copied.path("claims.csv")).set_index("claim")["verdict"]
    assert verdicts["proposition_3_mean"] == "contradicted"
    said = r"^1 of \d+ claims contradicted, and in no kept run: proposition_3_mean$"
    assert re.search(said, found.output, re.MULTILINE)
    # What a kept run contradicts too is named, and is no failure.
    reference = copied.folder / "results/reference"
    reference.mkdir(parents=True, exist_ok=True)
    verdicts.reset_index().to_csv(reference / "claims.csv", index=False)
    found = copied.snakemake("verify")
    assert found.status == 0, found.output
    assert re.search(r"^contradicted here as in the kept runs .*proposition_3_mean", found.output, re.MULTILINE)


# Damaged files


def test_damaged_chunk_is_named_and_can_be_made_again(finished: Project, copied: Project) -> None:
    chunk = copied.path("draws/product_haar/n6_c0.parquet")
    chunk.write_bytes(chunk.read_bytes()[:200])
    table = str(RUN / "variance.csv")
    found = copied.snakemake(table)
    assert found.status != 0
    assert f"{RUN}/draws/product_haar/n6_c0.parquet: expected a Parquet file of draws; delete it" in found.output
    chunk.unlink()
    # The whole workflow would make it again too, though all that stands on it is there.
    assert {"product_draws", "variance_of_study", "variance"} <= rules(copied)
    assert copied.snakemake(str(RUN / "variance/product_haar.csv")).status == 0
    assert copied.hashes() == finished.hashes()


def test_damaged_target_is_named(copied: Project) -> None:
    path = copied.path("targets/ghz_n4.csv")
    path.write_text(path.read_text().replace("0.5", "0.4"))
    chunk = copied.path("draws/line/n4_c0.parquet")
    found = copied.snakemake(str(chunk.relative_to(copied.folder)))
    assert found.status != 0
    assert f"{RUN}/targets/ghz_n4.csv" in found.output
    shutil.rmtree(copied.path("targets"))
    assert copied.snakemake(str(chunk.relative_to(copied.folder))).status == 0
