"""Training runs made elsewhere, added to a finished run."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml

from bornscape.artifacts import compress, sha256, write_table
from bornscape.planning.catalogue import read_catalogue
from bornscape.run.combine import add, main, source
from bornscape.run.finished_cells import finished_cells, thinned
from bornscape.run.manifest import changed_artifacts, manifest, write_manifest
from bornscape.tables.columns import TRAINING_COLUMNS, TRAINING_FINAL_COLUMNS, TRAINING_SUMMARY_COLUMNS
from support.made_up_training import baselines

CLAIM = {
    "claim": "kld_behind",
    "source": "a test",
    "origin": "ours",
    "statement": "mmd ends below kld",
    "kind": "ordering",
    "check": "measured_order",
    "settings": {
        "value": "tvd",
        "where": {"experiment": "fig_12_polynomial", "shots": 100, "epoch": "last"},
        "lower": {"loss": "mmd_average"},
        "higher": {"loss": "kld"},
    },
    "expected": "mmd_average < kld",
    "tolerance": 0.05,
    "control": {"lower": {"loss": "kld"}, "higher": {"loss": "mmd_average"}},
    "evidence": ["training.csv"],
}
ROOT = Path(__file__).parents[2]
FIGURES = read_catalogue(ROOT / "config/results.yaml", schema=None).figures
LOSSES = {"mmd_average": 0.1, "kld": 1.2}


def rows(experiment: str, repetition: int, loss: str, level: float) -> dict[str, pd.DataFrame]:
    run = dict(zip(TRAINING_COLUMNS, (experiment, "jets", loss, 6, 8, "100", repetition), strict=False))
    epochs = pd.DataFrame({"epoch": [0, 10], "tvd": [1.5, level + 0.001 * repetition], "estimated_loss": [0.3, None]})
    return {
        "curves": epochs.assign(**run),
        "finals": pd.DataFrame({"bitstring": ["000010"], "target": [0.7], "model": [level]}).assign(**run),
        "summary": pd.DataFrame([run | {"tvd_seen": level, "tvd_true": level}]),
    }


def write_cells(run: Path, repetitions: range) -> Path:
    """Cells of the workflow's form, a loss each, and what their jobs cost."""
    for loss, level in LOSSES.items():
        for repetition in repetitions:
            cell = run / "training/fig_12_polynomial" / f"n6_l8_100shots_{loss}_r{repetition}"
            for part, table in rows("fig_12_polynomial", repetition, loss, level).items():
                write_table(table, f"{cell}_{part}.csv")
    for repetition in repetitions:
        write_cost(run, f"train/fig_12_polynomial_n6_l8_100shots_kld_r{repetition}", 12.5)
    # Taken elsewhere before.
    write_cost(run, "train/fig_12_polynomial_n6_l8_100shots_kld_r99", 1000)
    write_cost(run, "train/fig_9_n4_l1", 1000)
    (run / "logs").mkdir()
    return run


def write_cost(run: Path, job: str, seconds: float) -> None:
    benchmark = run / f"benchmarks/{job}.tsv"
    benchmark.parent.mkdir(parents=True, exist_ok=True)
    benchmark.write_text(f"s\tmax_rss\tcpu_time\n{seconds}\t100\t11\n", encoding="utf-8")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A run with one training curve of another experiment."""
    folder = tmp_path / "base"
    columns = {
        "curves": ("training.csv", TRAINING_COLUMNS),
        "finals": ("training_final.csv", TRAINING_FINAL_COLUMNS),
        "summary": ("training_summary.csv", TRAINING_SUMMARY_COLUMNS),
    }
    for part, table in rows("fig_9", 0, "kld", 0.5).items():
        name, wanted = columns[part]
        write_table(table.reindex(columns=wanted), folder / name)
    write_table(baselines(), folder / "baselines.csv")
    write_manifest(manifest(folder, {"run": "base", "seed": 1}), folder / "manifest.json")
    return folder


def contents(folder: Path) -> dict[str, str]:
    return {str(path): sha256(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def test_rows_verdicts_and_sources(base: Path, tmp_path: Path) -> None:
    before = (base / "training.csv").read_text(encoding="utf-8")
    runs = [write_cells(tmp_path / name, reps) for name, reps in (("one", range(3)), ("two", range(3, 6)))]
    add(base, runs, [CLAIM], [FIGURES["fig_9"]])
    after = (base / "training.csv").read_text(encoding="utf-8")
    assert after.startswith(before)
    assert len(pd.read_csv(base / "training.csv")) == 2 + 2 * 6 * 2
    assert len(pd.read_csv(base / "training_summary.csv")) == 1 + 2 * 6
    # Strings stay strings.
    assert "000010" in (base / "training_final.csv").read_text(encoding="utf-8")
    verdicts = pd.read_csv(base / "claims.csv")
    assert verdicts["verdict"].tolist() == ["reproduced"]
    assert "6 pairs" in verdicts["evidence"][0]
    assert (base / "figures/fig_9.png").is_file()
    said = json.loads((base / "manifest.json").read_text(encoding="utf-8"))
    assert [len(source["cells"]) for source in said["added"]] == [6, 6]
    assert said["added"][0]["cost"]["train"]["wall_seconds"] == 3 * 12.5
    assert said["added"][0]["cells"][0] == "fig_12_polynomial/n6_l8_100shots_kld_r0"
    cells = [name for name in said["artifacts"] if name.startswith("training/")]
    assert len(cells) == 3 * 12
    # All else that is there is listed with its bytes.
    problems = [problem for problem in changed_artifacts(base) if "/training/" not in problem]
    assert problems == []


def test_tables_are_taken_whole(base: Path, tmp_path: Path) -> None:
    run = write_cells(tmp_path / "one", range(1))
    write_table(pd.DataFrame({"n_qubits": [4], "value": [1.5]}), run / "fig_4.csv")
    before = contents(base)
    with pytest.raises(ValueError, match=r"fig_5.csv: expected a table of a finished run"):
        add(base, [run], [CLAIM], tables=["fig_4", "fig_5"])
    assert contents(base) == before
    add(base, [run], [CLAIM], tables=["fig_4"])
    assert sha256(base / "fig_4.csv") == sha256(run / "fig_4.csv")
    said = json.loads((base / "manifest.json").read_text(encoding="utf-8"))
    assert [source["tables"] for source in said["added"]] == [["fig_4"]]
    assert pd.read_csv(base / "claims.csv")["verdict"].tolist() == ["not_run"]
    assert changed_artifacts(base) == []


def test_tables_and_runs_come_together(base: Path, tmp_path: Path) -> None:
    """One judging and one entry of the manifest for what came from a folder; another folder has what it has."""
    one, two = (write_cells(tmp_path / name, reps) for name, reps in (("one", range(3)), ("two", range(3, 6))))
    for name in ("fig_4", "phases"):
        write_table(pd.DataFrame({"n_qubits": [4], "value": [1.5]}), one / f"{name}.csv")
        write_cost(one, f"measure/{name}_n4_c0", 3.5)
        write_cost(one, f"tabulate/{name}", 0.5)
    write_cost(one, "line_draws/line_n4_c0", 100)
    add(base, [one, two], [CLAIM], anew=["fig_12_polynomial"], tables=["fig_4"])
    said = json.loads((base / "manifest.json").read_text(encoding="utf-8"))["added"]
    assert [(len(part["cells"]), part.get("tables")) for part in said] == [(6, ["fig_4"]), (6, None)]
    # Neither of the table that stays behind, nor of draws behind other tables, nor of cells that came before.
    spent = {rule: cost["wall_seconds"] for rule, cost in said[0]["cost"].items()}
    assert spent == {"measure": 3.5, "tabulate": 0.5, "train": 3 * 12.5}
    assert len(pd.read_csv(base / "training_summary.csv")) == 1 + 2 * 6
    assert pd.read_csv(base / "claims.csv")["verdict"].tolist() == ["reproduced"]
    assert sha256(base / "fig_4.csv") == sha256(one / "fig_4.csv")


def test_a_table_without_jobs_of_its_name_costs_what_is_no_other_table_s(base: Path, tmp_path: Path) -> None:
    run = write_cells(tmp_path / "one", range(1))
    for name in ("variance", "phases"):
        write_table(pd.DataFrame({"n_qubits": [4], "value": [1.5]}), run / f"{name}.csv")
    write_cost(run, "line_draws/line_n4_c0", 100)
    write_cost(run, "measure/phases_n4_c0", 3.5)
    said = source(run, [], ["variance"])
    assert {rule: cost["wall_seconds"] for rule, cost in said["cost"].items()} == {"line_draws": 100}


def test_a_folder_may_have_tables_alone_beside_one_with_runs(base: Path, tmp_path: Path) -> None:
    runs, tables = write_cells(tmp_path / "one", range(3)), tmp_path / "two"
    tables.mkdir()
    write_table(pd.DataFrame({"n_qubits": [4], "value": [1.5]}), tables / "fig_4.csv")
    with pytest.raises(ValueError, match=r"two/training: expected finished cells"):
        add(base, [runs, tables], [CLAIM], anew=["fig_12_polynomial"])
    add(base, [runs, tables], [CLAIM], anew=["fig_12_polynomial"], tables=["fig_4"])
    said = json.loads((base / "manifest.json").read_text(encoding="utf-8"))["added"]
    assert [(len(part.get("cells", [])), part.get("tables")) for part in said] == [(6, None), (0, ["fig_4"])]


def test_claims_are_judged_by_the_data_that_tables_were_made_of(base: Path, tmp_path: Path) -> None:
    """Data sets of another run come with its tables, and what shows a table comes with it; the manifest lists both."""
    run = write_cells(tmp_path / "one", range(1))
    for folder, strings in ((base, ["0000", "0001"]), (run, ["0000", "1111"])):
        (folder / "targets").mkdir()
        lines = ["bitstring,probability", *(f"{string},0.5" for string in strings)]
        (folder / "targets/o_n_n4.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (run / "fig_4.csv").write_text("n_qubits\n4\n", encoding="utf-8")
    (run / "fig_4.md").write_text("a page\n", encoding="utf-8")
    seen: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "bornscape.run.combine._judge",
            lambda work, claims, config: seen.append((work / "targets/o_n_n4.csv").read_text(encoding="utf-8")) or [],
        )
        add(base, [run], [CLAIM], tables=["fig_4"])
    assert "1111" in seen[0]
    assert (base / "fig_4.md").read_text(encoding="utf-8") == "a page\n"
    said = json.loads((base / "manifest.json").read_text(encoding="utf-8"))
    assert said["artifacts"]["targets/o_n_n4.csv"]["sha256"] == sha256(run / "targets/o_n_n4.csv")


def test_data_sets_that_a_run_by_git_lacks_come_with_the_cells(base: Path, tmp_path: Path) -> None:
    """Its own stay: its tables were made of those."""
    run = write_cells(tmp_path / "one", range(1))
    for folder, names in ((base, ["o_n"]), (run, ["o_n", "ghz"])):
        (folder / "targets").mkdir()
        for name in names:
            (folder / f"targets/{name}_n4.csv").write_text(f"bitstring,probability\n0000,1.0\n{folder.name}", "utf-8")
    before = (base / "targets/o_n_n4.csv").read_bytes()
    seen: dict[str, bytes] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "bornscape.run.combine._judge",
            lambda work, claims, config: (
                seen.update({path.name: path.read_bytes() for path in (work / "targets").glob("*")}) or []
            ),
        )
        add(base, [run], [CLAIM])
    assert seen == {"o_n_n4.csv": before, "ghz_n4.csv": (run / "targets/ghz_n4.csv").read_bytes()}


def test_large_tables_are_compressed(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the plain ones, and read again by what comes later; a table that shrank is plain again."""
    one, two = (write_cells(tmp_path / name, reps) for name, reps in (("one", range(3)), ("two", range(3, 6))))
    monkeypatch.setattr("bornscape.run.combine.LARGE", 150)
    add(base, [one], [CLAIM], [FIGURES["fig_9"]])
    whole = pd.read_csv(base / "training.csv.gz")
    assert len(whole) == 2 + 2 * 3 * 2
    assert (base / "figures/fig_9.csv.gz").is_file()
    assert not list(base.glob("training.csv")) + list(base.glob("figures/*.csv"))
    assert [problem for problem in changed_artifacts(base) if "/training/" not in problem] == []
    packed = sha256(base / "training.csv.gz")
    monkeypatch.setattr("bornscape.run.combine.LARGE", 1e6)
    add(base, [two], [CLAIM])
    assert len(pd.read_csv(base / "training.csv")) == 2 + 2 * 6 * 2
    assert not (base / "training.csv.gz").exists()
    assert [problem for problem in changed_artifacts(base) if "/training/" not in problem] == []
    write_table(whole, base / "training.csv")
    assert sha256(compress(base / "training.csv")) == packed


def test_a_run_comes_once(base: Path, tmp_path: Path) -> None:
    run = write_cells(tmp_path / "one", range(2))
    before = contents(base)
    with pytest.raises(ValueError, match=r"expected each run once, fig_12_polynomial, jets, .* comes twice"):
        add(base, [run, run], [CLAIM])
    assert contents(base) == before
    add(base, [run], [CLAIM])
    before = contents(base)
    with pytest.raises(ValueError, match=r"training.csv: expected none of the added runs, has fig_12_polynomial, jets"):
        add(base, [run], [CLAIM])
    assert contents(base) == before


def test_an_experiment_made_anew_takes_the_place_of_its_runs(base: Path, tmp_path: Path) -> None:
    old, new = (write_cells(tmp_path / name, reps) for name, reps in (("old", range(2)), ("new", range(1, 4))))
    add(base, [old], [CLAIM])
    before = contents(base)
    with pytest.raises(ValueError, match="--anew fig_9: expected runs of it in the added folders"):
        add(base, [new], [CLAIM], anew=["fig_12_polynomial", "fig_9"])
    assert contents(base) == before
    add(base, [new], [CLAIM], anew=["fig_12_polynomial"])
    table = pd.read_csv(base / "training_summary.csv")
    assert table.groupby("experiment")["repetition"].agg(list).to_dict() == {
        "fig_12_polynomial": [1, 2, 3, 1, 2, 3],
        "fig_9": [0],
    }
    said = json.loads((base / "manifest.json").read_text(encoding="utf-8"))
    assert [len(source["cells"]) for source in said["added"]] == [0, 6]
    assert len([name for name in said["artifacts"] if name.startswith("training/fig_12_polynomial/")]) == 3 * 6
    assert [problem for problem in changed_artifacts(base) if "/training/" not in problem] == []


def test_nothing_is_half_written(base: Path, tmp_path: Path) -> None:
    """Fig. 10 cannot be drawn without its runs: the tables stay as they were."""
    run, before = write_cells(tmp_path / "one", range(2)), contents(base)
    with pytest.raises(IndexError):
        add(base, [run], [CLAIM], [FIGURES["fig_10"]])
    assert contents(base) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["base", "one"]


def test_a_run_that_is_not_as_its_manifest_says_is_refused(base: Path, tmp_path: Path) -> None:
    run = write_cells(tmp_path / "one", range(2))
    with open(base / "training.csv", "a", encoding="utf-8") as handle:
        handle.write("\n")
    with pytest.raises(ValueError, match=r"training.csv: expected the bytes that the manifest lists"):
        add(base, [run], [CLAIM])


def test_late_epochs_are_thinned_but_for_the_last() -> None:
    runs = [
        pd.DataFrame({"epoch": range(0, last + 1, 10)}).astype(str).assign(repetition=k)
        for k, last in ((0, 820), (1, 90))
    ]
    table = pd.concat(runs, ignore_index=True).assign(**dict.fromkeys(TRAINING_COLUMNS[:6], "a"))
    found = thinned(table).groupby("repetition")["epoch"].agg(list)
    assert found[0] == [str(epoch) for epoch in (*range(0, 601, 10), 650, 700, 750, 800, 820)]
    assert found[1] == [str(epoch) for epoch in range(0, 91, 10)]
    summary = table.drop(columns="epoch")
    assert thinned(summary) is summary


def test_unfinished_cells_are_left_out(tmp_path: Path) -> None:
    run = write_cells(tmp_path / "one", range(2))
    (run / "training/fig_12_polynomial/n6_l8_100shots_kld_r1_summary.csv").unlink()
    names = [cell.name.removeprefix("fig_12_polynomial/n6_l8_100shots_") for cell in finished_cells(run)]
    assert names == ["kld_r0", "mmd_average_r0", "mmd_average_r1"]
    with pytest.raises(ValueError, match=r"nothing/training: expected finished cells, EXPERIMENT/CELL_"):
        finished_cells(tmp_path / "nothing")


def test_command_line(base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = write_cells(tmp_path / "one", range(2))
    claims = tmp_path / "claims.yaml"
    claims.write_text(yaml.safe_dump({"claims": [CLAIM]}), encoding="utf-8")
    assert main([str(base), str(run), "--claims", str(claims)]) == 0
    assert "training runs of 1 folders added, 1 claims judged" in capsys.readouterr().out
    assert main([str(base), str(run), "--claims", str(claims)]) == 2
    assert capsys.readouterr().err.startswith("Error: ")
