"""How many repetitions an order needs: effects in a run's tables, and the number that decides with a chance of 0.9.

    python -m benchmarks.power PILOT results/paper

prints the rows of docs/measured/power.md. Effects come from the first folder that has a claim's tables and cells. It
must not be the run that is judged: another seed, or another scale.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bornscape.artifacts import table_path
from bornscape.claims.comparison import Tables
from bornscape.claims.measurements.evolution import falling_sides
from bornscape.claims.measurements.orders import DECISIVE, EXACT, POWER, Sides, measured_sides
from bornscape.claims.register import claim_settings
from bornscape.configuration.claims import Claim, read_claims
from bornscape.configuration.sources import as_list, read_source
from bornscape.statistics import repetitions_for_power, standardised_effect

ROOT = Path(__file__).parents[1]
CONFIG: dict[str, Any] = read_source(ROOT / "config/config.yaml").content
CHECKS = {"measured_order": measured_sides, "slower_training": falling_sides}
"""Checks that compare repetitions, and what gives their sides."""


def sides_of(claim: Claim, folder: Path) -> list[Sides]:
    """What a claim compares in a folder's tables; nothing where they lack it."""
    if not all(table_path(folder, name.removesuffix(".csv")).is_file() for name in claim["evidence"]):
        return []
    return CHECKS[claim["check"]](Tables(folder), claim_settings(claim))


def chosen(settings: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every selection of cells that an order makes."""
    for case in settings.get("cases", [{}]):
        for side in ("lower", "higher"):
            yield {**settings.get("where", {}), **case, **case.get(side, settings.get(side, {}))}


def planned(claim: Claim) -> str:
    """Repetitions at the default scale, "not run" where it leaves a cell out."""
    settings = claim_settings(claim)
    entry = CONFIG["experiments"].get(settings.get("experiment", settings["table"]))
    if entry is not None:
        return str(entry["chunks"] * entry.get("repetitions", 1 if "generations" in entry else entry.get("starts", 1)))
    for cell in chosen(settings):
        entry = CONFIG["training"][cell["experiment"]]
        shots = None if cell.get("shots") == EXACT else cell.get("shots")
        wanted = {"shots": shots, "n_layers": cell.get("n_layers"), "losses": cell.get("loss")}
        # A dictionary of losses holds their names.
        held = {key: entry[key] if key == "losses" else as_list(entry[key]) for key in wanted}
        if any(value is not None and value not in held[key] for key, value in wanted.items()):
            return "not run"
    return str(entry["repetitions"])


def row(claim: Claim, folders: Sequence[Path]) -> str:
    """A claim's weakest case in the first folder that has it."""
    for folder in folders:
        effects = [(standardised_effect(*s.values(), s.paired), s) for s in sides_of(claim, folder)]
        if effects:
            effect, sides = min(effects, key=lambda found: abs(found[0]))
            count = repetitions_for_power(effect, POWER, DECISIVE, sides.paired)
            needed = f"{count} {'pairs' if sides.paired else 'of each'}"
            seen = min(map(len, sides.values()))
            cells = (f"`{claim['claim']}`", sides.label, f"{folder.name}, {seen}", f"{effect:+.2f}", needed)
            return f"| {' | '.join(cells)} | {planned(claim)} |"
    return f"| `{claim['claim']}` | no table yet | | | | {planned(claim)} |"


def rows(folders: Sequence[Path]) -> Iterator[str]:
    """Rows of the table, in the order of the claims' files."""
    claims = read_claims(ROOT / "config/claims")
    return (row(claim, folders) for claim in claims if claim["check"] in CHECKS)


if __name__ == "__main__":
    print("\n".join(rows([Path(name) for name in sys.argv[1:]])))
