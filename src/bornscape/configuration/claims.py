"""Reading a register of claims, one file or a folder with a file a result, and checking it.

Each check of a claim has a JSON schema of the settings that it takes.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bornscape.configuration.sources import ConfigurationError, Source, check_schema, failure, read_source

CHECKS = "checks.schema.json"
"""Beside the schema of the register."""
DEFAULTS = "_defaults.yaml"
"""In a folder of claims: tolerances by kind, for the claims that state none."""
ORIGIN = "ours"
"""Where a claim comes from if its file does not say: a user's own register need not."""

Claim = dict[str, Any]
Schema = dict[str, Any]


def read_claims(path: str | Path, order: Sequence[str] = (), schema: str | Path | None = None) -> list[Claim]:
    """Read a register of claims, with all that its claims leave to defaults filled in.

    Parameters
    ----------
    path
        One file, or a folder with a file ``RESULT.yaml`` for each result and ``_defaults.yaml`` with tolerances by
        kind. A claim in a folder states no result, as its file's name does.
    order
        Names of the results that there are, in the order of their claims; it is not used for one file. Without it a
        folder's files are read by name.
    schema
        JSON schema of one file; the checks' lie in ``checks.schema.json`` beside it. Without it only what files of a
        folder have together is checked: jobs read again what the run has checked, and need not wait for it.

    Raises
    ------
    ConfigurationError
        At the first problem: it names the file, the claim, the key and what was expected.
    """
    if Path(path).is_dir():
        return _read_folder(Path(path), order, schema)
    source = read_source(path)
    if schema is not None:
        check_claims(source, schema)
    return [{"origin": ORIGIN} | claim for claim in source.content["claims"]]


def _read_folder(folder: Path, order: Sequence[str], schema_path: str | Path | None) -> list[Claim]:
    sources = [read_source(folder / f"{result}.yaml") for result in _results(folder, order)]
    defaults = read_source(folder / DEFAULTS) if (folder / DEFAULTS).is_file() else Source(DEFAULTS, {"tolerance": {}})
    if schema_path is not None:
        schema = json.loads(Path(schema_path).read_text(encoding="utf-8"))
        check_schema(defaults.content, _defaults_schema(schema), [defaults])
        for source in sources:
            _check_file(source, schema)
    owners = _owners(sources)
    claims = [_filled_in(claim, source, defaults) for source in sources for claim in source.content["claims"]]
    if schema_path is not None:
        known = check_schemas(Path(schema_path).with_name(CHECKS))
        for claim in claims:
            _check_claim(claim, known, owners[claim["claim"]])
    return claims


def _owners(sources: Sequence[Source]) -> dict[str, Source]:
    """The file of each claim, by the claim's name."""
    owners: dict[str, Source] = {}
    for source in sources:
        for claim in source.content["claims"]:
            name = claim["claim"]
            if name in owners:
                message = f"expected no two claims of one name; {owners[name].name} has the other"
                raise failure(("claims", name), message, [source])
            owners[name] = source
    return owners


def _results(folder: Path, order: Sequence[str]) -> list[str]:
    """Results of which the folder has a file, in the order of their claims."""
    files = sorted(file for file in folder.glob("*.yaml") if file.name != DEFAULTS)
    if not files:
        raise ConfigurationError(f"{folder}: expected a file of claims for each result, RESULT.yaml")
    if not order:
        return [file.stem for file in files]
    for file in files:
        if file.stem not in order:
            close = difflib.get_close_matches(file.stem, order, n=1)
            meant = f" (did you mean {close[0]!r}?)" if close else ""
            message = f"expected the name of a result{meant}: rename the file, or add {file.stem!r} to the results"
            raise ConfigurationError(f"{file}: {message}")
    with_a_file = {file.stem for file in files}
    return [result for result in order if result in with_a_file]


def _filled_in(claim: Claim, source: Source, defaults: Source) -> Claim:
    """A claim of a folder with its result, and with its kind's tolerance if it has none of its own."""
    tolerances = defaults.content["tolerance"]
    if "tolerance" not in claim and claim["kind"] not in tolerances:
        message = f"expected the key 'tolerance': {DEFAULTS} has none for the kind {claim['kind']!r}"
        raise failure(("claims", claim["claim"]), message, [source])
    return claim | {
        "result": Path(source.name).stem,
        "tolerance": claim["tolerance"] if "tolerance" in claim else tolerances[claim["kind"]],
    }


def _check_file(source: Source, schema: Schema) -> None:
    """Check one file of a folder: errors name a claim, where that has a name."""
    claims, known = schema["properties"]["claims"], _folder_schema(schema)
    try:
        check_schema(source.content, schema | {"properties": {"claims": claims | {"items": known}}}, [source])
    except ConfigurationError:
        stated = source.content.get("claims")
        for claim in stated if isinstance(stated, list) else ():
            if isinstance(claim, dict) and isinstance(claim.get("claim"), str):
                check_schema(claim, known, [source], ("claims", claim["claim"]))
        raise


def _folder_schema(schema: Schema) -> Schema:
    """Schema of a claim in a folder: the file's name is its result, the tolerance may be its kind's."""
    claim = schema["properties"]["claims"]["items"]
    properties = {name: content for name, content in claim["properties"].items() if name != "result"}
    required = [name for name in claim["required"] if name not in ("result", "tolerance")]
    return claim | {"properties": properties, "required": [*required, "origin"]}


def _defaults_schema(schema: Schema) -> Schema:
    """Schema of a folder's defaults."""
    claim = schema["properties"]["claims"]["items"]["properties"]
    kinds = dict.fromkeys(claim["kind"]["enum"], claim["tolerance"])
    tolerances = {"type": "object", "additionalProperties": False, "properties": kinds}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["tolerance"],
        "properties": {"tolerance": tolerances},
    }


def check_schemas(path: str | Path) -> dict[str, Schema]:
    """The JSON schema of each check's settings, by the check's name, as ``path`` has them.

    Where the file names no ``required`` settings, all are.
    """
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    shared = {"type": "object", "additionalProperties": False, "$defs": content["$defs"]}
    return {
        name: {"required": list(schema["properties"])} | schema | shared for name, schema in content["checks"].items()
    }


def check_claims(source: Source, schema_path: str | Path) -> None:
    """Check a register of claims against its schema, and each claim's settings and control against its check's.

    Parameters
    ----------
    source
        The register.
    schema_path
        Its JSON schema; the checks' lie in ``checks.schema.json`` beside it.

    Raises
    ------
    ConfigurationError
        At the first problem: it names the file, the claim, the key and what was expected.
    """
    check_schema(source.content, schema_path, [source])
    known = check_schemas(Path(schema_path).with_name(CHECKS))
    seen: set[str] = set()
    for claim in source.content["claims"]:
        if claim["claim"] in seen:
            raise failure(("claims", claim["claim"]), "expected no two claims of one name", [source])
        seen.add(claim["claim"])
        _check_claim(claim, known, source)


def _check_claim(claim: Mapping[str, Any], known: Mapping[str, Schema], source: Source) -> None:
    base, check = ("claims", claim["claim"]), claim["check"]
    if check not in known:
        close = difflib.get_close_matches(check, known, n=1)
        meant = f" (did you mean {close[0]!r}?)" if close else ""
        raise failure((*base, "check"), f"expected one of {sorted(known)}, got {check!r}{meant}", [source])
    check_schema(claim["settings"], known[check], [source], (*base, "settings"))
    # What is wrong only with both together comes from the control.
    check_schema({**claim["settings"], **claim["control"]}, known[check], [source], (*base, "control"))
