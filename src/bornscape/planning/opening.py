"""Opening a run: the configuration checked and the claims and the catalogue read, before any job is made."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bornscape.configuration import ConfigurationError, check, layers, read_claims, take_away
from bornscape.planning.catalogue import Catalogue, read_catalogue

SCHEMAS = Path("workflow/schemas")
RESULTS = Path("config/results.yaml")
NOTEBOOKS = Path("notebooks")


class Opened(NamedTuple):
    """What the rules of a run are made of."""

    catalogue: Catalogue
    claims: list[dict[str, Any]]
    folder: str
    seed: int


def one_of(names: Iterable[object]) -> str:
    """Wildcard constraint: one of these names and nothing else."""
    return "|".join(re.escape(str(name)) for name in names) or "(?!)"


def inert(content: object) -> str:
    r"""What a job is told, as JSON that stays text wherever it is shown.

    Snakemake's report writes the parameters of jobs into a script of its page as they are, where ``</script>`` would
    end it.

    Examples
    --------
    >>> inert({"statement": "x</script>"}), json.loads(inert({"statement": "x</script>"}))
    ('{"statement": "x\\u003c/script\\u003e"}', {'statement': 'x</script>'})
    """
    text = json.dumps(content)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def rebuild_options(files: Sequence[str | Path]) -> str:
    """What follows a target on the command line to have it made by these configuration files.

    Files of the current folder are named relative to it.
    """
    folder = Path.cwd()
    paths = [Path(path).resolve() for path in files]
    names = [str(path.relative_to(folder) if path.is_relative_to(folder) else path) for path in paths]
    return f" --configfile {' '.join(names)}" if names else ""


def open_run(
    config: dict[str, Any], files: Sequence[str | Path], command_line: Mapping[str, Any], checked: bool = True
) -> Opened:
    """Check the merged configuration, in place, and read what belongs to it.

    Python files that models name are tried as well.

    Parameters
    ----------
    config
        All layers merged, as Snakemake has it. Entries that a layer sets to null are taken away.
    files, command_line
        The layers: files, the one that wins last, and what ``--config`` sets.
    checked
        Whether to check it; a job that reads it again need not.

    Raises
    ------
    SystemExit
        With one clear error, if the configuration, the catalogue or the claims cannot be used.
    """
    try:
        sources = layers([str(path) for path in files], command_line)
        take_away(config, sources)
        catalogue = read_catalogue(RESULTS, SCHEMAS / "results.schema.json" if checked else None)
        if checked:
            check(config, sources, SCHEMAS / "config.schema.json", NOTEBOOKS)
            if config.get("models"):
                # Here, as in ``check``: it takes seconds to import.
                from bornscape.configuration.my_model import preflight

                preflight(config, sources)
        schema = SCHEMAS / "claims.schema.json" if checked else None
        claims = read_claims(config["claims"], order=list(catalogue.results), schema=schema)
    except ConfigurationError as error:
        raise SystemExit(f"Error: {error}") from None
    return Opened(catalogue, claims, f"results/{config['run']}", config["seed"])
