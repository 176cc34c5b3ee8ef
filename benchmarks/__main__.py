"""``python -m benchmarks``: measure, print, write benchmarks/results.csv and draw it."""

from __future__ import annotations

import os

from benchmarks.one_core import pin

CORES = sorted(os.sched_getaffinity(0))
pin()

import argparse  # noqa: E402
import sys  # noqa: E402
import warnings  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from functools import partial  # noqa: E402
from pathlib import Path  # noqa: E402

from benchmarks import (  # noqa: E402
    default_run,
    draws,
    epochs,
    everything,
    gradients,
    iqp_words,
    limit,
    machine,
    products,
    results,
    sampled_epochs,
    samples,
)
from benchmarks.peers import peers  # noqa: E402

HERE = Path(__file__).parent


def parts(run: Path | None) -> dict[str, Callable[[bool, float], Iterator[results.Row]]]:
    return {
        "draws": draws.rows,
        "everything": everything.rows,
        "gradients": gradients.rows,
        "epochs": epochs.rows,
        "sampled_epochs": sampled_epochs.rows,
        "samples": samples.rows,
        "products": products.rows,
        "iqp_words": iqp_words.rows,
        "limit": partial(limit.rows, cores=CORES),
        "whole_run": partial(default_run.rows, run=run),
    }


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=list(parts(None)), default=list(parts(None)))
    parser.add_argument("--quick", action="store_true", help="the smallest cases: shows that all runs, times little")
    parser.add_argument("--budget", type=float, default=1.0, help="seconds a contender and case")
    parser.add_argument("--run", type=Path, default=Path("results/default"), help="folder of a finished run")
    parser.add_argument("--output", type=Path, default=HERE / "results.csv")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    warnings.filterwarnings("ignore")
    print(f"one core: {machine.describe()}")
    for peer in peers():
        if not peer.installed:
            print(f"not installed: {peer.name} (make benchmark installs the peers)")
    chosen = parts(given.run)
    found: list[results.Row] = []
    try:
        for part in given.parts:
            for row in chosen[part](given.quick, 0.01 if given.quick else given.budget):
                found.append(row)
                print(results.line(row), flush=True)
            results.write(found, given.output)
    except results.WrongResultError as error:
        sys.exit(f"wrong result: {error}")
    machine.write(given.output.with_suffix(".json"))
    judged = [row for row in found if row.met]
    print(f"targets met: {sum(row.met == 'met' for row in judged)} of {len(judged)}; written: {given.output}")


if __name__ == "__main__":
    main()
