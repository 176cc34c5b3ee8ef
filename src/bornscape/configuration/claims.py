"""Checking a register of claims: each check has a JSON schema of the settings that it takes."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bornscape.configuration.sources import Source, check_schema, failure

CHECKS = "checks.schema.json"
"""Beside the schema of the register."""

Schema = dict[str, Any]


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
