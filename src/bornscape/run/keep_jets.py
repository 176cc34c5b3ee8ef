"""Keeping a finished run's jets for machines without Pythia: ``python -m bornscape.run.keep_jets results/default``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from bornscape.artifacts import read_draws
from bornscape.datasets.kept_jets import KEPT, TABLES, keep_jets
from bornscape.run.manifest import read_manifest


def keep(run: Path, kept: Path = KEPT) -> Path:
    """Keep a run's jets beside the code; return the folder.

    Raises
    ------
    ValueError
        If the run's jets were not made in it, or its manifest is not as it was written.
    """
    listed = read_manifest(run / "manifest.json")
    data = listed["config"]["data"]
    settings = {"seed": listed["seed"], **data["jets"], "cuts": data["cuts"]}
    chunks = [run / f"data/jets/constituents_{k}.parquet" for k in range(settings["jets"] // settings["chunk"])]
    if missing := [path for path in chunks if not path.is_file()]:
        raise ValueError(f"{missing[0]}: expected the jets of a run that made them, with pythia8mc and fastjet")
    return keep_jets(settings, [read_draws(path) for path in chunks], [run / "data" / name for name in TABLES], kept)


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m bornscape.run.keep_jets", description=__doc__)
    parser.add_argument("run", type=Path, help="folder of a finished run, such as results/default")
    print("kept in", keep(parser.parse_args(arguments).run))


if __name__ == "__main__":
    main()
