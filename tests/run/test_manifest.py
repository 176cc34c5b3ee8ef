"""The manifest: what it lists, what it costs, and what it notices."""

import hashlib
import json
import random
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from bornscape.artifacts import write_text
from bornscape.run import manifest as module
from bornscape.run.job_log import costs
from bornscape.run.manifest import (
    PACKAGES,
    SEAL,
    artifacts,
    changed_artifacts,
    commit_of,
    cost_by_rule,
    environment,
    manifest,
    read_manifest,
)
from bornscape.run.same_arithmetic import instructions
from support.finished_run import CONFIG, write_manifest, write_run


@pytest.fixture(autouse=True)
def without_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "commit_of", lambda folder: ("0123abc", []))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_run(tmp_path / "tiny")


def test_what_is_listed(run: Path) -> None:
    write_text("x", run / "training/.hidden.checkpoint.npz")
    write_text("x", run / ".snakemake/x")
    write_text("x", run / "draws/line/n4_c0.parquet")
    found = [path.as_posix() for path in artifacts(run)]
    assert found == sorted(found)
    assert "draws/line/n4_c0.parquet" in found
    assert "figures/fig_7.png" in found
    for name in ("manifest.json", "logs/report.log", "benchmarks/report_page.tsv"):
        assert (run / name).is_file()
        assert name not in found
    assert not [name for name in found if "/." in name or name.startswith(".")]


def test_content(run: Path) -> None:
    content = manifest(run, CONFIG)
    assert (content["run"], content["seed"], content["commit"]) == ("tiny", 7, "0123abc")
    assert content["config"] == CONFIG
    assert content["versions"] == {name: version(name) for name in PACKAGES}
    assert set(content["artifacts"]) == {path.as_posix() for path in artifacts(run)}
    assert content["instructions"] == instructions()
    assert content["jets"] is None


def test_where_the_jets_are_from_and_what_is_not_installed(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_text('{"source": "kept with the code"}\n', run / "data/jet_origin.json")
    monkeypatch.setattr(module, "PACKAGES", ("numpy", "no-such-package"))
    content = manifest(run, CONFIG)
    assert content["jets"] == {"source": "kept with the code"}
    assert content["versions"] == {"numpy": version("numpy")}
    for name, entry in content["artifacts"].items():
        data = (run / name).read_bytes()
        assert entry == {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def test_the_same_run_has_the_same_manifest(run: Path) -> None:
    before = (run / "manifest.json").read_bytes()
    write_manifest(run)
    assert (run / "manifest.json").read_bytes() == before
    json.loads(before)


def write_benchmark(folder: Path, name: str, *rows: str) -> None:
    write_text("\n".join(["s\th:m:s\tmax_rss\tcpu_time", *rows]) + "\n", folder / name)


def test_cost_by_rule(tmp_path: Path) -> None:
    write_benchmark(tmp_path, "line_draws/n4_c0.tsv", "1.5\t0:00:01\t100.0\t1.25")
    write_benchmark(tmp_path, "line_draws/n4_c1.tsv", "2.5\t0:00:02\t300.5\t2.25")
    write_benchmark(tmp_path, "scaling.tsv", "0.125\t0:00:00\t-\t-")
    assert cost_by_rule(tmp_path, tmp_path / "logs") == {
        "line_draws": {"jobs": 2, "wall_seconds": 4.0, "cpu_seconds": 3.5, "peak_memory_mb": 300.5},
        "scaling": {"jobs": 1, "wall_seconds": 0.12, "cpu_seconds": 0.0, "peak_memory_mb": 0.0},
    }


def test_cost_without_benchmarks(tmp_path: Path) -> None:
    assert cost_by_rule(tmp_path / "none", tmp_path / "logs") == {}


def test_jobs_know_better_what_they_cost(tmp_path: Path) -> None:
    """Two rules of one kind; a log that was written over by a second try, and one of a job that was killed."""
    head, benchmarks = "s\tmax_rss\tcpu_time\trule_name", tmp_path / "benchmarks/tensor_draws"
    for rule in ("draws_n4", "draws_n6"):
        write_text(f"{head}\n40.0\t100.0\t14.8\t{rule}\n", benchmarks / f"{rule}.tsv")
    write_text("a warning\n# cost: draws_n4 39.50 CPU seconds, 250.5 MB\n", tmp_path / "logs/draws/n4.log")
    write_text("# cost: draws_n6 1.00 CPU seconds, 90.0 MB\n", tmp_path / "logs/draws/n6.log")
    write_text("no end", tmp_path / "logs/draws/n8.log")
    assert cost_by_rule(tmp_path / "benchmarks", tmp_path / "logs") == {
        "tensor_draws": {"jobs": 2, "wall_seconds": 80.0, "cpu_seconds": 40.5, "peak_memory_mb": 250.5}
    }


def test_a_log_ends_in_the_cost_of_its_job(tmp_path: Path) -> None:
    code = (
        "from bornscape.run.job_log import log_to\n"
        f"log_to({str(tmp_path / 'a.log')!r}, 'train')\n"
        "from time import process_time\n"
        "held = bytearray(100_000_000)\n"
        "while process_time() < 0.5: pass\n"
        "raise ValueError('a job that fails has a cost too')\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert "ValueError" in (tmp_path / "a.log").read_text(encoding="utf-8")
    found = costs(tmp_path)["train"]
    assert 0.5 <= found.cpu_seconds < 5
    assert 100 < found.peak_memory_mb < 300


def test_an_untouched_run_has_not_changed(run: Path) -> None:
    assert changed_artifacts(run) == []
    # Messages and times are no artifacts.
    write_text("more", run / "logs/another.log")
    assert changed_artifacts(run) == []


@pytest.mark.parametrize("place", [0, -1])
def test_every_artifact_is_watched_bit_by_bit(run: Path, place: int) -> None:
    for path in artifacts(run):
        content = (run / path).read_bytes()
        changed = bytearray(content)
        changed[place] ^= 1
        (run / path).write_bytes(bytes(changed))
        assert changed_artifacts(run) == [f"{run / path}: not the bytes that the manifest lists"]
        (run / path).write_bytes(content)
    assert changed_artifacts(run) == []


def test_other_sizes_missing_and_extra_files_are_named(run: Path) -> None:
    with open(run / "report.html", "a", encoding="utf-8") as handle:
        handle.write("more")
    (run / "claims.csv").unlink()
    write_text("x", run / "figures/by_hand.png")
    assert changed_artifacts(run) == [
        f"{run / 'claims.csv'}: missing",
        f"{run / 'report.html'}: not the bytes that the manifest lists",
        f"{run / 'figures/by_hand.png'}: not listed in the manifest",
    ]


@pytest.mark.parametrize("content", ["", "no JSON", "[]", "{}"])
def test_a_broken_manifest_is_named(run: Path, content: str) -> None:
    (run / "manifest.json").write_text(content, encoding="utf-8")
    (problem,) = changed_artifacts(run)
    assert problem.startswith(f"{run / 'manifest.json'}: expected a manifest")


def test_any_bit_of_the_manifest_itself(run: Path) -> None:
    path = run / "manifest.json"
    content = path.read_bytes()
    moments = random.Random(230502881)
    for place in moments.sample(range(len(content) * 8), 300):
        changed = bytearray(content)
        changed[place // 8] ^= 1 << place % 8
        path.write_bytes(bytes(changed))
        (problem,) = changed_artifacts(run)
        assert problem.startswith(f"{path}: expected a manifest"), place
    path.write_bytes(content)
    assert changed_artifacts(run) == []


def test_a_manifest_without_its_own_hash_is_not_one(run: Path) -> None:
    path = run / "manifest.json"
    content = read_manifest(path)
    del content[SEAL]
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ValueError, match=r"delete it and run the same command again$"):
        read_manifest(path)


def test_zeros_in_a_configuration_are_not_the_hash(tmp_path: Path) -> None:
    module.write_manifest({"config": {"sha256": "0" * 64}}, tmp_path / "manifest.json")
    assert read_manifest(tmp_path / "manifest.json")["config"] == {"sha256": "0" * 64}


class TestCommit:
    """Which code a run was made from; outside a repository the run is described all the same."""

    @pytest.fixture(autouse=True)
    def with_git(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.undo()

    def git(self, folder: Path, *words: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()

    @pytest.fixture
    def checkout(self, tmp_path: Path) -> Path:
        for name in ("Snakefile", "src/a.py", "README.md", "results/paper/claims.csv", "config/reference.yaml"):
            write_text("1\n", tmp_path / name)
        self.git(tmp_path, "init", "--quiet")
        self.git(tmp_path, "add", "--all")
        self.git(tmp_path, "commit", "--quiet", "--message", "All")
        return tmp_path

    def test_of_a_clean_tree(self, checkout: Path) -> None:
        assert commit_of(checkout) == (self.git(checkout, "rev-parse", "HEAD"), [])
        assert commit_of(checkout / "results/paper") == commit_of(checkout)

    def test_what_makes_no_numbers_does_not_count(self, checkout: Path) -> None:
        for name in ("README.md", "results/paper/claims.csv", "config/reference.yaml", "mine.yaml"):
            write_text("2\n", checkout / name)
        assert commit_of(checkout)[1] == []

    def test_changed_new_and_deleted_code_is_named(self, checkout: Path) -> None:
        write_text("2\n", checkout / "src/a.py")
        write_text("2\n", checkout / "workflow/rules/b c.smk")
        (checkout / "Snakefile").unlink()
        commit, changed = commit_of(checkout)
        assert commit == self.git(checkout, "rev-parse", "HEAD")
        assert sorted(changed) == ['"workflow/rules/b c.smk"', "Snakefile", "src/a.py"]
        assert environment(checkout)["not_in_commit"] == changed

    def test_outside_of_git_and_inside_of_another_repository(self, checkout: Path, tmp_path: Path) -> None:
        (checkout / "Snakefile").unlink()
        self.git(checkout, "commit", "--quiet", "--all", "--message", "Something else")
        unpacked = tmp_path / "unpacked"
        write_text("1\n", unpacked / "Snakefile")
        assert commit_of(unpacked) == (None, [])
        shutil.rmtree(checkout / ".git")
        assert commit_of(unpacked) == (None, [])

    def test_without_git(self, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "")
        assert commit_of(checkout) == (None, [])
