"""Rows of measurements: collected, judged against a target, written and printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import pandas as pd

from benchmarks.timing import Times

OURS = "bornscape"


class WrongResultError(Exception):
    """A contender computed something else: its time means nothing."""


@dataclass(frozen=True)
class Row:
    """One contender at one case; times in milliseconds, ``ratio`` is its time over ours (above 1: we are faster).

    ``difference`` is the largest deviation from the reference result. ``first_ms`` is the first call, with all that it
    compiles. A target belongs to the fastest peer of a case.
    """

    part: str
    case: str
    precision: str
    who: str
    version: str
    median_ms: float
    q1_ms: float
    q3_ms: float
    rounds: int
    first_ms: float
    difference: float
    ratio: float
    target: float = float("nan")
    met: str = ""
    note: str = ""


COLUMNS = [item.name for item in fields(Row)]


@dataclass
class Case:
    """One piece of work, its contenders' times (all of one unit of work), and how far their results are apart."""

    part: str
    case: str
    precision: str = "double"
    target: float = float("nan")
    rows: list[Row] = field(default_factory=list)

    def add(
        self,
        times: Mapping[str, Times],
        units: int,
        versions: Mapping[str, str],
        differences: Mapping[str, float],
        notes: Mapping[str, str] | None = None,
    ) -> list[Row]:
        """Rows for all contenders, ours first; ``units`` of work a call, of which a row's time is one."""
        peers = {name: found.median for name, found in times.items() if not name.startswith(OURS)}
        own = [name for name in times if name.startswith(OURS)]
        best_own = min(own, key=lambda name: times[name].median)
        fastest = min(peers, key=peers.__getitem__, default="")
        for name, found in times.items():
            ratio = found.median / times[best_own].median
            judged = name == fastest and self.target == self.target
            self.rows.append(
                Row(
                    self.part,
                    self.case,
                    self.precision,
                    name,
                    versions.get(name, ""),
                    *(1e3 * seconds / units for seconds in (found.median, found.low, found.high)),
                    found.rounds,
                    1e3 * found.first,
                    differences.get(name, float("nan")),
                    ratio,
                    self.target if judged else float("nan"),
                    ("met" if ratio >= self.target else "missed") if judged else "",
                    (notes or {}).get(name, ""),
                )
            )
        return self.rows


def check(case: str, differences: Mapping[str, float], allowed: float) -> None:
    """Stop at a contender whose result is further than ``allowed`` from the reference.

    Raises
    ------
    WrongResultError
        Naming the contender, the case and the difference.
    """
    for name, difference in differences.items():
        if not difference <= allowed:
            raise WrongResultError(f"{case}: {name} is {difference:.1e} from the reference, allowed {allowed:.1e}")


def frame(rows: Iterable[Row]) -> pd.DataFrame:
    return pd.DataFrame([asdict(row) for row in rows], columns=COLUMNS)


def write(rows: Iterable[Row], path: Path) -> None:
    """Write the table to a temporary name and rename it."""
    temporary = path.with_suffix(".tmp")
    frame(rows).to_csv(temporary, index=False, float_format="%.4g", lineterminator="\n")
    temporary.replace(path)


def line(row: Row) -> str:
    """A row for the terminal."""
    spread = f"{row.q1_ms:.3g} to {row.q3_ms:.3g}"
    judged = f"{row.met} (target {row.target:g})" if row.met else ""
    name = f"{row.who} {row.version}".strip()
    return (
        f"{row.part:<12}{row.case:<24}{row.precision:<8}{name:<38}{row.median_ms:>10.4g} ms  ({spread})".ljust(112)
        + f"{row.ratio:>9.3g}  {judged} {row.note}".rstrip()
    )
