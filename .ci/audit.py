"""Known security advisories of the locked packages: pip-audit's answer beside the list of those that are accepted.

    python .ci/audit.py [--must-check] LOCK...

An advisory fails unless advisories.toml accepts it; so does an entry there that has expired or that nothing needs any
more. Where the advisory service cannot be asked, that is said and is no failure, unless ``--must-check``.
"""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ADVISORIES = Path(__file__).with_name("advisories.toml")
FIELDS = {"id": str, "package": str, "reason": str, "expires": datetime.date}
LONGEST = datetime.timedelta(days=365)
"""How far ahead an entry may expire."""


class AuditError(ValueError):
    """A file or an answer that cannot be used; the message names it and what was expected."""


@dataclass(frozen=True)
class Accepted:
    """An advisory that is accepted for a package, why, and the last day on which it is."""

    id: str
    package: str
    reason: str
    expires: datetime.date


@dataclass(frozen=True)
class Finding:
    """An advisory of a locked package, under all its names, and the versions that mend it."""

    package: str
    version: str
    names: tuple[str, ...]
    fixed: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """What pip-audit found, the packages that it could not look up, and why there is no answer at all, if so."""

    findings: tuple[Finding, ...] = ()
    unchecked: tuple[str, ...] = ()
    silence: str = ""

    @property
    def gap(self) -> str:
        """What was not checked, in words; empty if everything was."""
        if self.silence or not self.unchecked:
            return self.silence
        some = ", ".join(self.unchecked[:5]) + (" ..." if len(self.unchecked) > 5 else "")
        return f"no answer about {len(self.unchecked)} packages: {some}"

    def looked_up(self, package: str) -> bool:
        """Whether the answer says anything about a package."""
        return not self.silence and package not in self.unchecked


def read_accepted(path: Path, today: datetime.date) -> list[Accepted]:
    """Entries ``[[advisory]]`` of a TOML file.

    Raises
    ------
    AuditError
        If the file is missing, or an entry is not what is expected.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise AuditError(f"{path}: expected TOML: {error}") from error
    if set(content) - {"advisory"} or not isinstance(content.get("advisory", []), list):
        raise AuditError(f"{path}: expected entries [[advisory]] and nothing else, got {sorted(content)}")
    return [_entry(entry, f"{path}: advisory {k}", today) for k, entry in enumerate(content.get("advisory", []), 1)]


def _entry(entry: Mapping[str, Any], place: str, today: datetime.date) -> Accepted:
    if set(entry) != set(FIELDS):
        raise AuditError(f"{place}: expected the keys {sorted(FIELDS)}, got {sorted(entry)}")
    for key, kind in FIELDS.items():
        if type(entry[key]) is not kind or not entry[key]:
            wanted = "a date, 2027-01-31" if kind is datetime.date else "text"
            raise AuditError(f"{place}: {key}: expected {wanted}, got {entry[key]!r}")
    if entry["expires"] > today + LONGEST:
        raise AuditError(f"{place}: expires: expected at most {LONGEST.days} days ahead, got {entry['expires']}")
    return Accepted(**entry)


def parse(text: str) -> Audit:
    """The JSON answer of pip-audit.

    Raises
    ------
    AuditError
        If it is none.
    """
    try:
        packages = json.loads(text)["dependencies"]
        found = [
            Finding(p["name"], p["version"], (v["id"], *v["aliases"]), tuple(v["fix_versions"]))
            for p in packages
            for v in p.get("vulns", [])
        ]
        skipped = [p["name"] for p in packages if "skip_reason" in p]
    except (ValueError, KeyError, TypeError) as error:
        raise AuditError(f"expected pip-audit's JSON, got {text[:80]!r} ({type(error).__name__}: {error})") from error
    return Audit(tuple(found), tuple(skipped))


def problems(audit: Audit, accepted: Sequence[Accepted], today: datetime.date) -> list[str]:
    """What fails: advisories that are not accepted, entries that have expired, and entries that nothing needs."""
    told, used = [], set()
    for finding in audit.findings:
        entries = {e for e in accepted if e.package == finding.package and e.id in finding.names}
        used |= entries
        if not entries:
            mended = f"mended in {', '.join(finding.fixed)}" if finding.fixed else "no version mends it yet"
            told.append(f"{finding.package} {finding.version}: {', '.join(finding.names)}: {mended}")
    for entry in accepted:
        name = f"{ADVISORIES.name}: {entry.package}: {entry.id}"
        if entry.expires < today:
            told.append(f"{name}: accepted until {entry.expires}; decide anew")
        elif entry not in used and audit.looked_up(entry.package):
            told.append(f"{name}: not found any more; remove the entry")
    return told


def ask_pip_audit(lock: str) -> str:
    """pip-audit's JSON on a lock file with hashes; nothing is installed or built for it.

    Raises
    ------
    AuditError
        If there is no answer; the message is the last line of what it said instead.
    """
    options = ["--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
    command = [sys.executable, "-m", "pip_audit", "--requirement", lock, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        told = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise AuditError(f"pip-audit gave no answer: {told[-1]}")
    return done.stdout


def audit_of(locks: Sequence[str], ask: Callable[[str], str]) -> Audit:
    """What is known of all locks together."""
    try:
        audits = [parse(ask(lock)) for lock in locks]
    except AuditError as error:
        return Audit(silence=str(error))
    findings = dict.fromkeys(finding for audit in audits for finding in audit.findings)
    return Audit(tuple(findings), tuple(sorted({name for audit in audits for name in audit.unchecked})))


def main(
    arguments: Sequence[str], ask: Callable[[str], str] = ask_pip_audit, today: datetime.date | None = None
) -> int:
    """Print what is wrong; 0 if nothing is, 1 for problems, 2 for files that cannot be used."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("locks", nargs="+", metavar="LOCK")
    parser.add_argument("--must-check", action="store_true", help="fail where the advisory service does not answer")
    parser.add_argument("--advisories", type=Path, default=ADVISORIES, help="TOML file of accepted advisories")
    given = parser.parse_args(arguments)
    day = today or datetime.datetime.now(tz=datetime.UTC).date()
    try:
        accepted = read_accepted(given.advisories, day)
    except AuditError as error:
        print(f"Error: {error}")
        return 2
    audit = audit_of(given.locks, ask)
    told = problems(audit, accepted, day)
    for line in told:
        print(line)
    if audit.gap:
        print(f"Advisories: NOT CHECKED: {audit.gap}")
    elif not told:
        print(f"Advisories: checked; none but the {len(accepted)} that are accepted")
    return 1 if told or (audit.gap and given.must_check) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
