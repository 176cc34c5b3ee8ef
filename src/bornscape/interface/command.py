"""The command ``bornscape``: is my model trainable? Asked from a shell."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

ANSWERED, BAD_INPUT, INTERRUPTED = 0, 2, 130
"""Exit statuses."""


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong with a command line in one line."""

    def error(self, message: str) -> NoReturn:
        """End with that line and the status of bad input."""
        self.exit(BAD_INPUT, f"Error: {message}; {self.prog} --help lists what there is\n")


def parser() -> argparse.ArgumentParser:
    """What the command line understands.

    Examples
    --------
    >>> arguments = parser().parse_args(["check", "my_circuit.py", "--data", "bits.csv", "--sizes", "4-8"])
    >>> arguments.circuit, arguments.sizes, arguments.loss
    ('my_circuit.py', '4-8', None)
    """
    found = OneLineParser("bornscape", description="Is my quantum generative model trainable?")
    found.add_argument("--version", action="version", version=f"bornscape {version('bornscape')}")
    commands = found.add_subparsers(dest="command", required=True, metavar="{check,init}")
    check = commands.add_parser("check", help="measure a model and say whether it is trainable")
    check.add_argument("circuit", help="a Python file with a function of (parameters, wires), or a family's name")
    check.add_argument("--data", required=True, help="a file of bitstrings, or a set's name such as ghz")
    check.add_argument("--function", default="circuit", help="the file's function (circuit)")
    check.add_argument("--parameters", help="their number, as 3*n-1 (found by trying), or shape, as 2,n,3")
    check.add_argument("--layers", help="of a family or of the function, a formula of n")
    check.add_argument("--hidden", help="wires after the measured ones, a number or a formula of n (0)")
    check.add_argument("--measured", help="wires that are measured, in the order of the data's columns, as 0,2,3")
    check.add_argument("--loss", action="append", help="mmd, kld, lqf, ...; may be given several times (mmd)")
    check.add_argument("--bandwidth", help="of the MMD, a formula of n (n/4)")
    check.add_argument("--small-angles", metavar="SCALE", help="normal starts of this standard deviation, as 1/n")
    check.add_argument("--sizes", help="numbers of qubits: 8, 4-10 or 4,6,8 (4-10)")
    check.add_argument("--shots", default="1000", help="measurements of every circuit, a formula of n (1000)")
    check.add_argument("--engine", default="auto", help="auto, or light_cone, iqp, chain, pauli, ... (auto)")
    check.add_argument("--noise", action="append", metavar="KIND=CHANCE", help="as readout=0.02, depolarising=0.01")
    check.add_argument("--steps", type=int, help="of training, along which the same is measured")
    check.add_argument("--draws", type=int, default=100, help="random starts at each size (100)")
    check.add_argument("--seed", type=int, default=0, help="of the random starts (0)")
    check.add_argument("--json", action="store_true", help="print everything as JSON")
    check.add_argument("--figure", metavar="FILE", help="write the figure, a png or pdf")
    check.add_argument("--quiet", action="store_true", help="show no progress")
    check.set_defaults(run=_check)
    init = commands.add_parser("init", help="write a commented mine.yaml and my_circuit.py to begin with")
    init.add_argument("folder", nargs="?", default=".", help="where (this folder)")
    init.set_defaults(run=_init)
    return found


def _chance(given: str) -> tuple[str, str]:
    kind, equals, chance = given.partition("=")
    if not equals or not chance:
        raise ValueError(f"--noise: expected KIND=CHANCE, such as readout=0.02, got {given}")
    return kind, chance


def _shape(given: str | None) -> str | list[str] | None:
    return given.split(",") if given and "," in given else given


def _wires(given: str) -> list[int]:
    try:
        return [int(wire) for wire in given.split(",")]
    except ValueError:
        raise ValueError(f"--measured: expected wires such as 0,2,3, got {given}") from None


def _check(arguments: argparse.Namespace) -> None:
    from bornscape.interface.answer import trainability  # Slow to import, and --help does without.
    from bornscape.interface.asked import parsed_sizes

    kinds = arguments.loss or ["mmd"]
    if arguments.bandwidth is not None and "mmd" not in kinds:
        raise ValueError(f"--bandwidth: expected only with --loss mmd, got --loss {kinds[0]}")
    mmd = {"kind": "mmd"} | ({} if arguments.bandwidth is None else {"bandwidth": arguments.bandwidth})
    # What a user's file prints is not the answer.
    with redirect_stdout(sys.stderr):
        answer = trainability(
            arguments.circuit,
            arguments.data,
            [mmd if kind == "mmd" else kind for kind in kinds],
            None if arguments.sizes is None else parsed_sizes(arguments.sizes),
            arguments.shots,
            layers=arguments.layers,
            parameters=_shape(arguments.parameters),
            hidden=arguments.hidden,
            measured=None if arguments.measured is None else _wires(arguments.measured),
            function=arguments.function,
            initialisation={"kind": "small", "scale": arguments.small_angles} if arguments.small_angles else "uniform",
            engine=arguments.engine,
            noise=dict(_chance(given) for given in arguments.noise) if arguments.noise else None,
            path=arguments.steps,
            draws=arguments.draws,
            seed=arguments.seed,
            progress=False if arguments.quiet else None,
        )
        if arguments.figure:
            answer.plot().savefig(arguments.figure)
    print(json.dumps(answer.as_dict(), indent=2) if arguments.json else answer, flush=True)


def _init(arguments: argparse.Namespace) -> None:
    from bornscape.interface.starter import write_starter

    configuration, circuit = write_starter(Path(arguments.folder))
    print(f"Wrote {configuration} and {circuit}. Now, or after you have changed them:")
    print(f"  bornscape check {circuit} --data ghz")
    print(f"  snakemake --cores 2 my_model --configfile {configuration}    # in a checkout: the page and all figures")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit status: 0, or 2 after one line about what is wrong with it."""
    given = parser().parse_args(arguments)
    try:
        given.run(given)
    except BrokenPipeError:  # Who reads has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (ValueError, OSError, ModuleNotFoundError, MemoryError) as error:
        print(f"Error: {' '.join(str(error).split())}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    return ANSWERED


if __name__ == "__main__":
    sys.exit(main())
