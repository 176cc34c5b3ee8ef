"""Running a private copy of the workflow on a tiny configuration, for the tests of the workflow."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from bornscape.artifacts import sha256
from bornscape.run.manifest import artifacts
from support.forked_snakemake import run_snakemake

ROOT = Path(__file__).parents[2]
PARTS = ("Snakefile", "workflow", "config", "notebooks", "profiles", "src")
TIMEOUT = 1800
"""Seconds after which a run, or a wait for one, is given up."""

LOSSES = ("mmd_average", "lqf", "kld")
NOTEBOOKS = ("fig_7", "trainability_table")
EXACT_KINDS = ("identity", "bound", "ordering")
"""What is kept of the repository's own configuration. An overlay cannot take an entry away, and claims that are
judged by statistics say nothing reliable on so few draws."""

TINY: dict[str, Any] = {
    "run": "tiny",
    "data": {"jets": {"jets": 12, "chunk": 6}, "showers": {"showers": 20}, "cuts": [0.1, 1.0]},
    "variance": {
        "line": {"n_qubits": [4, 5], "n_layers": [0, 1, 3], "datasets": ["ghz", "o_n"], "draws": 8, "chunk": 4},
        "product_haar": {"n_qubits": [4, 5, 6, 8], "draws": 6, "batch": 10, "chunk": 6},
        "product_ry": {"n_qubits": [4], "draws": 6, "batch": 10, "chunk": 6},
        "product_shots": {"n_qubits": [4], "draws": 6, "chunk": 6},
        # Its rules are made in a loop, which a profile of a cluster cannot name.
        "line_tensor": {"n_qubits": [4, 6], "draws": 4, "chunk": 4},
    },
    "experiments": {"proposition_5": {"n_qubits": [2, 3]}, "baselines": {"draws": 2}},
    "training": {
        "jets_16": {"n_qubits": 4, "n_layers": 2, "shots": 50, "epochs": 6, "repetitions": 1, "checkpoint_every": 2}
        | {"job": "run"}
    },
}
RUN = Path("results") / TINY["run"]

BASELINES = {
    "n_qubits": [4],
    "datasets": {"jets": [4]},
    "transforms": {},
    "matrix_product": {"n_layers": {"2": [4]}, "starts": 1, "epochs": 5},
}
"""In place of the configuration's own, whose mappings an overlay would add to."""


def comparable(folder: Path) -> dict[str, str]:
    """SHA-256 of every artifact that two runs have in common.

    Left out are the manifest and the report, which hold costs and times, and figures as PDF: the solver of Matplotlib's
    layout leaves the last digit of a coordinate open, which a PDF writes out and a PNG rounds away.
    """
    kept = [path for path in artifacts(folder) if path.name != "report.html" and path.suffix != ".pdf"]
    return {path.as_posix(): sha256(folder / path) for path in kept}


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its exit status, and all that it printed."""

    status: int
    output: str


@dataclass(frozen=True)
class Planned:
    """Jobs that a dry run names: how many of each rule, and each job's rule and wildcards."""

    rules: Counter[str]
    jobs: frozenset[str]


@dataclass(frozen=True)
class Project:
    """A folder with a copy of all that the workflow needs, its results and Snakemake's records."""

    folder: Path

    @classmethod
    def make(cls, folder: Path, cut_down: bool = True) -> Project:
        """A fresh copy; ``cut_down`` leaves of the repository's configuration what a tiny run needs."""
        folder.mkdir(parents=True)
        for name in PARTS:
            if (ROOT / name).is_dir():
                # What Python and Numba compiled in minutes comes along; it is checked against each source file.
                shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.pyc.*", "*.tmp*"))
            else:
                shutil.copy2(ROOT / name, folder / name)
        project = cls(folder)
        project.write("tiny.yaml", TINY)
        if cut_down:
            project._cut_down()
        return project

    def _cut_down(self) -> None:
        with self.edited("config/config.yaml") as config:
            losses = config["training"]["jets_16"]["losses"]
            config["training"] = {"jets_16": config["training"]["jets_16"] | {"losses": {k: losses[k] for k in LOSSES}}}
            config["variance"] = {name: config["variance"][name] for name in TINY["variance"]}
            config["experiments"] = {name: config["experiments"][name] for name in TINY["experiments"]}
            config["experiments"]["baselines"] |= BASELINES
        with self.edited("config/results.yaml") as catalogue:
            catalogue["notebooks"] = {name: catalogue["notebooks"][name] for name in NOTEBOOKS}
            # The figure that shows a training run, here of another one.
            shown = catalogue["figures"]["fig_10"]
            shown["studies"] = {"run": "jets_16"}
            shown["caption"] = shown["caption"].replace("config.training.fig_10.", "config.training.jets_16.")
            for result in catalogue["results"].values():
                if result.get("notebook") not in NOTEBOOKS:
                    result.pop("notebook", None)
        for path in sorted((self.folder / "config/claims").glob("[!_]*.yaml")):
            with self.edited(path.relative_to(self.folder)) as register:
                register["claims"] = [claim for claim in register["claims"] if claim["kind"] in EXACT_KINDS]

    def copy(self, folder: Path) -> Project:
        """A copy that Snakemake takes for the same run: times of change are kept."""
        shutil.copytree(self.folder, folder)
        return Project(folder)

    def path(self, name: str | Path) -> Path:
        """A file of the run."""
        return self.folder / RUN / name

    def write(self, name: str | Path, content: Any) -> None:
        """Write YAML."""
        (self.folder / name).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")

    @contextmanager
    def edited(self, name: str | Path) -> Iterator[Any]:
        """Read YAML for a block that changes it; what the block leaves is written."""
        content = yaml.safe_load((self.folder / name).read_text(encoding="utf-8"))
        yield content
        self.write(name, content)

    def append(self, name: str, text: str) -> None:
        """Add text to the end of a file."""
        with open(self.folder / name, "a", encoding="utf-8") as handle:
            handle.write(text)

    def hashes(self, run: str = RUN.name) -> dict[str, str]:
        """As ``comparable``, of a run of this project."""
        return comparable(self.folder / "results" / run)

    def environment(self) -> dict[str, str]:
        """Variables under which the copied package wins over the installed one."""
        searched = [str(self.folder / "src"), os.environ.get("PYTHONPATH", "")]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SNAKEMAKE_")}
        return kept | {"PYTHONPATH": os.pathsep.join(filter(None, searched)), "OMP_NUM_THREADS": "1"}

    def python(self, *arguments: str) -> Outcome:
        """Run Python in the folder."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        return Outcome(done.returncode, done.stdout)

    def _command(
        self, targets: tuple[str, ...], cores: int, overlay: Mapping[str, Any] | None, configfile: str | None
    ) -> list[str]:
        configfiles = [] if configfile is None else [configfile]
        if overlay is not None:
            self.write("overlay.yaml", dict(overlay))
            configfiles.append("overlay.yaml")
        # Targets stand before --configfile, which would take them for configuration files.
        command = [*targets, "--cores", str(cores)]
        return command + (["--configfile", *configfiles] if configfiles else [])

    def snakemake(
        self,
        *targets: str,
        cores: int = 2,
        overlay: Mapping[str, Any] | None = None,
        configfile: str | None = "tiny.yaml",
        dry: bool = False,
    ) -> Outcome:
        """Run the workflow; ``overlay`` is one more layer of configuration."""
        return self.forked(*self._command(targets, cores, overlay, configfile), *(["--dry-run"] if dry else []))

    def forked(self, *arguments: str, folder: str = "") -> Outcome:
        """Run Snakemake with these arguments, in a folder of the project."""
        with TemporaryDirectory() as place:
            output = Path(place, "output.txt")
            status = run_snakemake(self.folder / folder, self.environment(), arguments, output, TIMEOUT)
            return Outcome(status, output.read_text(encoding="utf-8"))

    def planned(self, *targets: str, **settings: Any) -> Planned:
        """What a run would do."""
        found = self.snakemake(*targets, dry=True, **settings)
        assert found.status == 0, found.output
        head = re.search(r"^Dry run, \d+ jobs?: (.+)$", found.output, re.MULTILINE)
        if head is None:
            assert "Nothing to be done" in found.output, found.output
            return Planned(Counter(), frozenset())
        counts = (part.split(" ") for part in head[1].split(", "))
        jobs = re.findall(r"^  (\S.*?)(?:  .*)?$", found.output, re.MULTILINE)
        return Planned(Counter({rule: int(count) for count, rule in counts}), frozenset(jobs))

    def start(self, *targets: str, cores: int = 2, overlay: Mapping[str, Any] | None = None) -> Started:
        """Start a run in a process group of its own."""
        with open(self.folder / "output.txt", "w", encoding="utf-8") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "snakemake", *self._command(targets, cores, overlay, "tiny.yaml")],
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # Tests that run in the background inherit that interrupts are ignored.
                preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
            )
        return Started(process, self.folder / "output.txt")


@dataclass(frozen=True)
class Started:
    """A run that is going on."""

    process: subprocess.Popen[bytes]
    output: Path

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds; an error if the run ends first."""
        end = time.monotonic() + TIMEOUT
        while not condition():
            assert self.process.poll() is None, f"the run ended first:\n{self.output.read_text(encoding='utf-8')}"
            if time.monotonic() > end:
                self.stop(signal.SIGKILL)
                raise TimeoutError("waited too long")
            time.sleep(0.005)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the run and every job that it started."""
        os.killpg(self.process.pid, number)

    def stop(self, number: signal.Signals) -> Outcome:
        """Send a signal and wait for the end."""
        self.send(number)
        return Outcome(self.process.wait(TIMEOUT), self.output.read_text(encoding="utf-8"))
