"""Scripts run as copies of one process: with its imports, and otherwise as if Python had started anew."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

import pandas as pd
import pytest

from bornscape.planning.code_behind import SCRIPTS
from bornscape.run.forked_jobs import LATE, imports_of

SNAKEFILE = """
import sys
from pathlib import Path
from bornscape.run.forked_jobs import fork_jobs
onstart:
    fork_jobs([Path("good.py")], sys.executable)
rule all:
    input: "good.json", "threads.json"
rule good:
    output: "good.json"
    benchmark: "good.tsv"
    script: "good.py"
rule threads:
    output: "threads.json"
    threads: 2
    script: "good.py"
rule short:
    output: "short_{n}"
    benchmark: "short_{n}.tsv"
    script: "short.py"
rule large:
    output: "large_{n}"
    benchmark: "large_{n}.tsv"
    script: "large.py"
rule bad:
    output: "bad.json"
    script: "bad.py"
"""
GOOD = """
import sys
imported = "colorsys" in sys.modules
import atexit, colorsys, json, os, tempfile
from multiprocessing import parent_process
from numba.core import entrypoints
told = {"main": __name__, "script": sys.argv[0], "imported": imported, "copy": parent_process() is not None}
told["extensions"] = entrypoints._already_initialized
told |= {"threads": os.environ["OMP_NUM_THREADS"], "temporary": tempfile.gettempdir() == snakemake.resources.tmpdir}
atexit.register(lambda: open(snakemake.output[0], "w").write(json.dumps(told)))
"""
SHORT = """
open(snakemake.output[0], "w").close()
"""
LARGE = """
held = b"1" * 2**28
open(snakemake.output[0], "w").close()
"""
BAD = """
import atexit
atexit.register(print, "the end was reached")
raise ValueError("this went wrong")
"""


def test_what_scripts_import_is_found(tmp_path: Path) -> None:
    script = tmp_path / "figure.py"
    script.write_text("import json\nfrom bornscape.seeds import generator\n\ndef late():\n    import colorsys\n")
    assert imports_of([script]) == sorted(["bornscape.seeds", "json", *LATE["figure.py"]])


def test_every_script_names_modules_that_there_are() -> None:
    scripts = sorted(SCRIPTS.glob("*.py"))
    assert set(LATE) <= {path.name for path in scripts}
    for name in imports_of(scripts):
        assert find_spec(name) is not None, name


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("forked")
    for name, content in {
        "Snakefile": SNAKEFILE,
        "good.py": GOOD,
        "bad.py": BAD,
        "short.py": SHORT,
        "large.py": LARGE,
    }.items():
        (folder / name).write_text(content)
    return folder


def snakemake(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def ran(folder: Path) -> Path:
    """The folder after a run of all jobs but the bad one."""
    done = snakemake(folder, "all", *(f"{name}_{n}" for n in range(10) for name in ("short", "large")))
    assert done.returncode == 0, done.stderr
    return folder


def test_a_job_is_a_copy_and_ends_like_a_process(ran: Path) -> None:
    copy, plain = (json.loads((ran / f"{name}.json").read_text()) for name in ("good", "threads"))
    for told in (copy, plain):
        assert told["main"] == "__main__"
        assert told["temporary"]
        assert told["script"].endswith("good.py")
    assert (copy["copy"], copy["imported"], copy["extensions"], copy["threads"]) == (True, True, True, "1")
    # A job of two threads is started the plain way.
    assert (plain["copy"], plain["imported"], plain["extensions"], plain["threads"]) == (False, False, False, "2")


def test_what_a_job_costs_is_in_its_benchmark(ran: Path) -> None:
    short, large = (
        pd.concat([pd.read_csv(ran / f"{name}_{n}.tsv", sep="\t") for n in range(10)]) for name in ("short", "large")
    )
    # 256 MB held for less than any look at it would take.
    held = large["max_rss"] - short["max_rss"]
    assert held.between(200, 300).all()
    assert short["cpu_time"].between(0, 2).all()
    assert (large["cpu_time"] >= 0.01).all()


def test_jobs_that_end_while_others_start_do_not_fail(folder: Path) -> None:
    """Without turns a fifth of these ended with status 255."""
    program = """
        import sys
        from concurrent.futures import ThreadPoolExecutor
        from multiprocessing import get_context
        from types import SimpleNamespace
        from bornscape.run.forked_jobs import _execute
        if __name__ == "__main__":
            context = get_context("forkserver")
            context.set_forkserver_preload(["bornscape.run.forked_jobs"])
            script = SimpleNamespace(resources={}, bench_record=None)
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(lambda _: _execute(context, script, "nothing.py"), range(100)))
    """
    (folder / "nothing.py").write_text("")
    (folder / "many.py").write_text(dedent(program))
    subprocess.run([sys.executable, "many.py"], cwd=folder, check=True)


def test_a_script_that_fails_fails_its_job(folder: Path) -> None:
    done = snakemake(folder, "bad.json")
    assert done.returncode == 1
    assert "ValueError: this went wrong" in done.stderr
    assert "the end was reached" in done.stdout
    assert not (folder / "bad.json").exists()
