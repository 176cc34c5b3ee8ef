"""Advisories of locked packages: what is listed passes until it expires; everything else fails."""

from __future__ import annotations

import datetime
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TODAY = datetime.date(2026, 11, 23)
ENTRY = """
[[advisory]]
id = "GHSA-aaaa"
package = "jinja2"
reason = "no template of strangers is rendered; waits for 3.2"
expires = 2026-12-31
"""


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ci_audit", ROOT / ".ci/audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


audit = load()


def package(name: str, *advisories: str, aliases: tuple[str, ...] = (), fixed: tuple[str, ...] = ()) -> dict[str, Any]:
    vulns = [{"id": i, "aliases": list(aliases), "fix_versions": list(fixed), "description": "..."} for i in advisories]
    return {"name": name, "version": "1.0", "vulns": vulns}


def skipped(name: str) -> dict[str, Any]:
    return {"name": name, "skip_reason": f"Dependency not found on PyPI and could not be audited: {name} (1.0)"}


class Ran:
    """The script, run on an answer of pip-audit's and a list of accepted advisories."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.list, self.capsys = folder / "advisories.toml", capsys

    def __call__(self, *packages: dict[str, Any], accepted: str = "", options: tuple[str, ...] = ()) -> tuple[int, str]:
        return self.answered(json.dumps({"dependencies": packages, "fixes": []}), accepted, options)

    def answered(self, answer: str | Exception, accepted: str = "", options: tuple[str, ...] = ()) -> tuple[int, str]:
        def ask(lock: str) -> str:
            if isinstance(answer, Exception):
                raise answer
            return answer

        self.list.write_text(accepted, encoding="utf-8")
        status = audit.main(["a.lock", "--advisories", str(self.list), *options], ask, TODAY)
        return status, self.capsys.readouterr().out


@pytest.fixture
def ran(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ran:
    return Ran(tmp_path, capsys)


def test_nothing_found(ran: Ran) -> None:
    assert ran(package("numpy"), package("scipy")) == (0, "Advisories: checked; none but the 0 that are accepted\n")


def test_an_advisory_that_is_not_listed_fails(ran: Ran) -> None:
    found = package("jinja2", "GHSA-aaaa", aliases=("CVE-2026-1",), fixed=("3.1.9", "3.2"))
    assert ran(found, package("numpy")) == (1, "jinja2 1.0: GHSA-aaaa, CVE-2026-1: mended in 3.1.9, 3.2\n")
    assert ran(package("jinja2", "GHSA-aaaa"))[1] == "jinja2 1.0: GHSA-aaaa: no version mends it yet\n"


@pytest.mark.parametrize("names", [("GHSA-aaaa", "CVE-2026-1"), ("PYSEC-2026-7", "GHSA-aaaa")])
def test_a_listed_advisory_passes_under_any_of_its_names(ran: Ran, names: tuple[str, str]) -> None:
    status, told = ran(package("jinja2", names[0], aliases=names[1:]), accepted=ENTRY)
    assert (status, told) == (0, "Advisories: checked; none but the 1 that are accepted\n")


@pytest.mark.parametrize(
    ("old", "new"), [("GHSA-aaaa", "GHSA-bbbb"), ('"jinja2"', '"numpy"')], ids=["another advisory", "another package"]
)
def test_an_entry_accepts_nothing_else(ran: Ran, old: str, new: str) -> None:
    status, told = ran(package("jinja2", "GHSA-aaaa"), package("numpy"), accepted=ENTRY.replace(old, new))
    assert status == 1
    assert "jinja2 1.0: GHSA-aaaa" in told
    assert "not found any more; remove the entry" in told


def test_one_entry_accepts_one_of_two(ran: Ran) -> None:
    status, told = ran(package("jinja2", "GHSA-aaaa", "GHSA-bbbb"), accepted=ENTRY)
    assert (status, told) == (1, "jinja2 1.0: GHSA-bbbb: no version mends it yet\n")


@pytest.mark.parametrize(("expires", "status"), [("2026-11-23", 0), ("2026-11-22", 1), ("2020-01-01", 1)])
def test_an_entry_holds_through_its_last_day(ran: Ran, expires: str, status: int) -> None:
    found, told = ran(package("jinja2", "GHSA-aaaa"), accepted=ENTRY.replace("2026-12-31", expires))
    assert found == status
    assert (f"jinja2: GHSA-aaaa: accepted until {expires}; decide anew" in told) == bool(status)


def test_an_entry_that_nothing_needs_fails(ran: Ran) -> None:
    assert ran(package("jinja2"), accepted=ENTRY) == (
        1,
        "advisories.toml: jinja2: GHSA-aaaa: not found any more; remove the entry\n",
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            'reason = "no template of strangers is rendered; waits for 3.2"\n',
            "",
            "expected the keys ['expires', 'id', ",
        ),
        ("id =", "ids =", "expected the keys ['expires', 'id', "),
        ("2026-12-31", '"2026-12-31"', "expires: expected a date, 2027-01-31, got '2026-12-31'"),
        ("2026-12-31", "2026-12-31T00:00:00", "expires: expected a date, 2027-01-31, got datetime"),
        ("2026-12-31", "2028-01-01", "expires: expected at most 365 days ahead, got 2028-01-01"),
        ('"GHSA-aaaa"', '""', "id: expected text, got ''"),
        ('"GHSA-aaaa"', "7", "id: expected text, got 7"),
        ("[[advisory]]", "[[advisories]]", "expected entries [[advisory]] and nothing else"),
        ("[[advisory]]", "[[advisory", "expected TOML"),
    ],
)
def test_entries_that_cannot_be_used_are_named(ran: Ran, old: str, new: str, expected: str) -> None:
    assert ENTRY.count(old) == 1
    status, told = ran(package("jinja2", "GHSA-aaaa"), accepted=ENTRY.replace(old, new))
    assert status == 2
    assert told.startswith(f"Error: {ran.list}: ")
    assert expected in told


# No answer


NO_ANSWER = (audit.AuditError("pip-audit gave no answer: no network"), "", "no JSON", '{"fixes": []}', "[]")


@pytest.mark.parametrize("answer", NO_ANSWER, ids=str)
def test_no_answer_is_said_and_fails_only_where_one_is_wanted(ran: Ran, answer: str | Exception) -> None:
    status, told = ran.answered(answer)
    assert status == 0
    assert told.startswith("Advisories: NOT CHECKED: ")
    assert "checked;" not in told
    assert ran.answered(answer, options=("--must-check",))[0] == 1


def test_packages_that_were_not_looked_up_are_said(ran: Ran) -> None:
    status, told = ran(package("numpy"), *(skipped(f"p{k}") for k in range(7)))
    assert (status, told) == (0, "Advisories: NOT CHECKED: no answer about 7 packages: p0, p1, p2, p3, p4 ...\n")
    assert ran(package("numpy"), skipped("p0"), options=("--must-check",))[0] == 1


def test_what_was_found_fails_beside_what_was_not_looked_up(ran: Ran) -> None:
    status, told = ran(package("numpy", "GHSA-bbbb"), skipped("jinja2"), accepted=ENTRY)
    assert status == 1
    assert told.startswith("numpy 1.0: GHSA-bbbb")
    assert "remove the entry" not in told


def test_without_an_answer_entries_are_kept_but_expire(ran: Ran) -> None:
    assert ran.answered("", ENTRY)[0] == 0
    status, told = ran.answered("", ENTRY.replace("2026-12-31", "2026-11-22"))
    assert status == 1
    assert "decide anew" in told


def test_an_empty_answer_of_pip_audit_is_no_answer(tmp_path: Path) -> None:
    """The command itself, of a Python without pip-audit or on a lock that does not exist."""
    with pytest.raises(audit.AuditError, match="pip-audit gave no answer: "):
        audit.ask_pip_audit(str(tmp_path / "missing.lock"))


# The shipped files


def test_the_shipped_list_can_be_read() -> None:
    audit.read_accepted(audit.ADVISORIES, datetime.datetime.now(tz=datetime.UTC).date())


def test_the_audit_itself_is_locked_with_hashes() -> None:
    lock = (ROOT / ".ci/audit.lock").read_text(encoding="utf-8")
    assert "pip-audit==" in lock
    assert "://" not in lock
    entries = lock.replace("\\\n", " ").splitlines()
    assert all("--hash=sha256:" in line for line in entries if line.strip())
