"""Add what was made elsewhere to a finished run, and judge it anew.

    python -m bornscape.run.combine results/paper ELSEWHERE/results/paper --figures fig_10 fig_12
    python -m bornscape.run.combine results/paper ELSEWHERE/results/paper --anew fig_10 --figures fig_10
    python -m bornscape.run.combine results/paper ELSEWHERE/results/paper --tables fig_4 training_hits

The paper's scale takes days: its training runs can be shared among machines and evenings, each with the same
configuration, a checkout and a run folder of its own, from which this takes the cells that are finished. The run's
training tables gain their rows (late epochs are thinned), claims are judged again, the figures named are drawn again,
and the manifest says for each folder what came from it, from which commit, and what it cost. Nothing is written if a
cell is there already or the run is not as its manifest says. With ``--anew`` the run's own cells of an experiment, made
by an earlier commit, give way to those that come. With ``--tables`` whole tables take the place of the run's own, with
their data sets and anew fitted laws, and training runs come only where ``--anew`` names some.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bornscape.artifacts import compress, sha256, table_path, write_json, write_table
from bornscape.claims.comparison import Tables
from bornscape.claims.register import count_verdicts, register
from bornscape.configuration import read_claims
from bornscape.planning.catalogue import FigureEntry, bandwidths_of, read_catalogue
from bornscape.run.finished_cells import Cell, combined, finished_cells
from bornscape.run.job_log import job_name
from bornscape.run.manifest import cost_by_rule, entry, environment, read_manifest, write_manifest
from bornscape.tables.scaling import scaling_table

CATALOGUE = Path("config/results.yaml")
"""Names of the results, in the order of their claims, and of the figures."""

CATALOGUE_SCHEMA = Path("workflow/schemas/results.schema.json")

LARGE = 200_000
"""Bytes of a table above which a kept run has it compressed."""


def changed(base: Path, listed: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Files of ``base`` that the manifest lists with other bytes; a reference need not hold all of them."""
    names = [name for name in listed if (base / name).is_file()]
    return [name for name in names if sha256(base / name) != listed[name]["sha256"]]


def source(run: Path, cells: Sequence[Cell], tables: Sequence[str] = ()) -> dict[str, Any]:
    """What the manifest says of an added folder: its commit, this environment, its cells and tables, and their cost."""
    benchmarks, logs, cost = run / "benchmarks", run / "logs", {}
    if tables:
        cost = cost_by_rule(benchmarks, logs, _makes(run, tables))
        cost.pop("train", None)
    if cells:
        cost |= cost_by_rule(benchmarks, logs, {cell.name.replace("/", "_") for cell in cells}.__contains__)
    said: dict[str, Any] = {"cost": cost}
    if tables:
        said["tables"] = list(tables)
    if cells:
        said["cells"] = [cell.name for cell in cells]
    return environment(run) | said


def _makes(run: Path, tables: Sequence[str]) -> Callable[[str], bool]:
    """Whether a job, by its name, makes one of the tables.

    Those of an experiment are named after its table. Where a table has none of its own, as variances from draws, all
    jobs may be behind it that are not another table's.
    """
    own, others = (
        tuple(f"{path.stem}_n" for path in run.glob("*.csv") if (path.stem in tables) == wanted)
        for wanted in (True, False)
    )
    jobs = [f"{job_name(path, run / 'benchmarks')}_n" for path in run.glob("benchmarks/**/*.tsv")]
    if all(any(job.startswith(name) for job in jobs) for name in own):
        return lambda job: f"{job}_n".startswith(own)
    return lambda job: not f"{job}_n".startswith(others)


def draw(base: Path, figure: FigureEntry, config: Mapping[str, Any]) -> list[str]:
    """Draw a figure from the tables of ``base``, a run of this configuration; the names of its files."""
    from bornscape.figures.look.style import save

    module = import_module(f"bornscape.figures.{figure.name}")
    tables = Tables(base)
    files = [f"figures/{figure.name}.{ending}" for ending in ("png", "pdf", "csv")]
    drawn, table = module.figure(**{name: tables.read(name) for name in figure.tables}, **figure.settings(config))
    save(drawn, table, [base / file for file in files])
    return files


def add(
    base: Path,
    runs: Sequence[Path],
    claims: Sequence[Mapping[str, Any]],
    figures: Sequence[FigureEntry] = (),
    anew: Sequence[str] = (),
    tables: Sequence[str] = (),
) -> None:
    """Add what ``runs`` have to ``base``, judge ``claims`` and draw ``figures`` there, and say so.

    That is the finished cells, and whole ``tables`` in place of its own, each from the last run that has it; the cells
    stay behind if there are tables and nothing ``anew``. What ``base`` has of the experiments ``anew`` is taken away
    first.

    Raises
    ------
    ValueError
        If a file of ``base`` is not as its manifest says, a run is there already or comes twice, a folder has none, no
        run of an experiment of ``anew`` comes, or a table is not there.
    """
    manifest = _checked_manifest(base)
    taken = {name: _owner(name, runs) for name in tables}
    trained_in = [] if tables and not anew else [run for run in runs if run not in taken.values() or _trained(run)]
    by_run = [(run, finished_cells(run) if run in trained_in else []) for run in runs]
    cells = [cell for _, some in by_run for cell in some]
    if missing := sorted(set(anew) - {cell.name.split("/")[0] for cell in cells}):
        raise ValueError(f"--anew {missing[0]}: expected runs of it in the added folders")
    trained = combined(base, cells, anew) if cells else {}
    _take_out(manifest, anew)
    with _working_copy(base) as work:
        for name, table in trained.items():
            write_table(table, work / name)
        files, targets = [*trained, *_replace(work, taken)], _take_targets(work, runs, taken)
        config = manifest["config"]
        files += _judge(work, claims, config)
        files += [file for figure in figures for file in draw(work, figure, config)]
        manifest["artifacts"] |= targets | {
            f"training/{cell.name}_{part}.csv": entry(path) for cell in cells for part, path in cell.files.items()
        }
        said = [source(run, some, [name for name, owner in taken.items() if owner == run]) for run, some in by_run]
        _publish(work, base, files, manifest, said)


def _trained(run: Path) -> bool:
    return (run / "training").is_dir()


def _owner(table: str, runs: Sequence[Path]) -> Path:
    """The last of the runs that has a table."""
    owners = [run for run in runs if (run / f"{table}.csv").is_file()]
    if not owners:
        raise ValueError(f"{runs[-1] / table}.csv: expected a table of a finished run")
    return owners[-1]


def _copied(path: Path, place: Path) -> Path:
    place.parent.mkdir(exist_ok=True)
    place.unlink(missing_ok=True)
    return shutil.copyfile(path, place)


def _replace(work: Path, taken: Mapping[str, Path]) -> list[str]:
    """Put whole tables, with what shows them, in the place of a run's own and fit its laws; the names of the files."""
    files = []
    for name, run in taken.items():
        for path in (run / f"{name}{ending}" for ending in (".csv", ".md", ".html")):
            if path.is_file():
                files.append(_copied(path, work / path.name).name)
    return list(dict.fromkeys([*files, *(_laws(work) if taken else [])]))


def _take_targets(work: Path, runs: Sequence[Path], taken: Mapping[str, Path]) -> dict[str, dict[str, Any]]:
    """Judge by the data sets that tables were made of, where their runs have them; what the manifest says of those.

    Runs that give cells alone have the data sets that the run itself lacks, as one that came by git does.
    """
    found = {}
    for run in runs:
        for path in sorted(run.glob("targets/*.csv")):
            place = work / "targets" / path.name
            if run in taken.values() or not place.exists():
                found[f"targets/{path.name}"] = entry(_copied(path, place))
    return found


def _take_out(manifest: dict[str, Any], experiments: Sequence[str]) -> None:
    """Let a manifest no longer list the training cells of some experiments, as files or as added ones."""
    gone = tuple(f"training/{name}/" for name in experiments)
    manifest["artifacts"] = {name: file for name, file in manifest["artifacts"].items() if not name.startswith(gone)}
    for part in manifest.get("added", []):
        if "cells" in part:
            part["cells"] = [cell for cell in part["cells"] if cell.split("/")[0] not in experiments]


def _checked_manifest(base: Path) -> dict[str, Any]:
    manifest = read_manifest(base / "manifest.json")
    if other := changed(base, manifest["artifacts"]):
        raise ValueError(f"{base / other[0]}: expected the bytes that the manifest lists")
    return manifest


@contextmanager
def _working_copy(base: Path) -> Iterator[Path]:
    """A run beside the run, to change before anything is published."""
    with TemporaryDirectory(dir=base.parent, prefix=f".{base.name}.") as folder:
        # Links, not copies: every file here is written beside and renamed, never changed.
        yield Path(shutil.copytree(base, Path(folder, "run"), copy_function=os.link))


def _publish(
    work: Path, base: Path, files: Sequence[str], manifest: dict[str, Any], added: Sequence[Mapping[str, Any]]
) -> None:
    """Move what was made in ``work`` to the run, large tables compressed, its manifest last."""
    packed = _compress_large(work)
    made = list(dict.fromkeys([name for name in files if f"{name}.gz" not in packed] + packed))
    # A table has one form.
    gone = [name.removesuffix(".gz") if name in packed else f"{name}.gz" for name in made]
    listed = {name: file for name, file in manifest["artifacts"].items() if name not in gone}
    manifest["artifacts"] = dict(sorted((listed | {name: entry(work / name) for name in made}).items()))
    manifest.setdefault("added", []).extend(added)
    write_manifest(manifest, work / "manifest.json")
    for name in [*made, "manifest.json"]:
        (base / name).parent.mkdir(exist_ok=True)
        (work / name).replace(base / name)
    for name in gone:
        (base / name).unlink(missing_ok=True)


def _compress_large(work: Path) -> list[str]:
    """Compress the tables of a run and its figures that are larger than git should keep; their names."""
    tables = [*work.glob("*.csv"), *work.glob("figures/*.csv")]
    large = sorted(path for path in tables if path.stat().st_size > LARGE)
    return [compress(path).relative_to(work).as_posix() for path in large]


def _laws(run: Path) -> list[str]:
    """Write scaling.csv of a run; nothing where it has no variances."""
    if not table_path(run, "variance").is_file():
        return []
    tables = Tables(run)
    write_table(scaling_table(tables.read("variance"), tables.read("training_mass")), run / "scaling.csv")
    return ["scaling.csv"]


def _judge(run: Path, claims: Sequence[Mapping[str, Any]], config: Mapping[str, Any]) -> list[str]:
    """Write the claims register of a run; the names of its files."""
    verdicts, controls = register(claims, Tables(run, bandwidths_of(config)))
    write_table(verdicts, run / "claims.csv")
    write_table(controls, run / "claim_controls.csv")
    write_json(count_verdicts(verdicts), run / "claims.json")
    return ["claims.csv", "claim_controls.csv", "claims.json"]


def main(arguments: Sequence[str]) -> int:
    """Command line; 2 and one line for what cannot be combined."""
    parser = argparse.ArgumentParser(prog="python -m bornscape.run.combine", description=__doc__.splitlines()[0])
    parser.add_argument("base", type=Path, help="finished run, results/RUN")
    parser.add_argument("runs", type=Path, nargs="+", help="run folders with finished training cells, or with tables")
    parser.add_argument("--claims", type=Path, default=Path("config/claims"))
    parser.add_argument("--figures", nargs="*", default=[], help="figures to draw again")
    parser.add_argument("--anew", nargs="*", default=[], help="experiments whose own runs give way to those that come")
    parser.add_argument("--tables", nargs="*", default=[], help="tables to take whole, in place of the run's own")
    options = parser.parse_args(arguments)
    try:
        catalogue = read_catalogue(CATALOGUE, CATALOGUE_SCHEMA)
        if unknown := [name for name in options.figures if name not in catalogue.figures]:
            raise ValueError(f"--figures: expected names of {sorted(catalogue.figures)}, got {unknown[0]!r}")
        claims = read_claims(options.claims, list(catalogue.results))
        figures = [catalogue.figures[name] for name in options.figures]
        add(options.base, options.runs, claims, figures, options.anew, options.tables)
    except (OSError, ValueError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    what = f"{len(options.tables)} tables" if options.tables else "training runs"
    print(f"{options.base}: {what} of {len(options.runs)} folders added, {len(claims)} claims judged")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
