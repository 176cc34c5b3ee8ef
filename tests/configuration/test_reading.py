"""Reading YAML that somebody else may have written: keys given twice, aliases, sizes, devices."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from bornscape.configuration import ConfigurationError, Source, check_schema, read_source
from bornscape.configuration.experiments import RESERVED
from bornscape.configuration.problems import LARGEST_CHUNKS, chunks_problem
from bornscape.planning.shown import SECTIONS

ROOT = Path(__file__).parents[2]

LINES = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
LINES += [f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]

REFUSED = {
    "models:\n  mine: {sizes: [4]}\n  other: {}\n  mine: {sizes: [6]}\n": (
        "line 4: mine: expected each key once, but line 2 has it too; give one another name"
    ),
    "a: {x: 1, 'x': 2}\n": "line 1: x: expected each key once",
    "claims:\n  - {claim: a, claim: b}\n": "line 2: claim: expected each key once",
    "a: &a {b: *a}\n": "line 1: expected no alias within what it stands for",
    "a: &a [1, [2, *a]]\n": "line 1: expected no alias within what it stands for",
    "\n".join(LINES): "expected at most 1000000 values with aliases written out, got 1.2",
    "a: " + "[" * 5000 + "]" * 5000: "line 1: expected YAML with fewer levels in each other",
    "a:\n" + "- " * 2_000_000 + "1": "line 2: expected YAML with fewer levels in each other",
    "? " * 2_000_000: "line 1: expected YAML with fewer levels in each other",
    "seed: " + "9" * 5000: "expected YAML with numbers and dates that there are: Exceeds the limit",
    "a: 2026-99-99\n": "expected YAML with numbers and dates that there are: month must be in 1..12",
    "a: [1\n": "expected YAML: while parsing",
    "- 1\n": "expected a mapping of keys to values, got list",
    "": "expected a mapping of keys to values, got NoneType",
}


@pytest.mark.parametrize("text", REFUSED)
def test_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        read_source(path)
    assert str(caught.value).startswith(f"{path}: {REFUSED[text]}")
    assert "\n" not in str(caught.value)


def test_devices_folders_and_large_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in ("/dev/zero", tmp_path, tmp_path / "pipe"):
        with pytest.raises(ConfigurationError, match="expected a file, got a folder or a device"):
            read_source(path)
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        read_source(tmp_path / "gone.yaml")
    (tmp_path / "large.yaml").write_text("# " + "x" * 11 * 2**20)
    with pytest.raises(ConfigurationError, match="expected a file of at most 10 MiB"):
        read_source(tmp_path / "large.yaml")


def test_merged_keys_may_be_given_again(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text("a: &a {x: 1, y: 2}\nb: &b {<<: *a, x: 3}\nc: {<<: [*b, *a], z: 4}\nd: [*a, *a]\n")
    held = read_source(path).content
    assert held["b"] == {"x": 3, "y": 2}
    assert held["c"] == {"x": 3, "y": 2, "z": 4}
    assert held["d"] == [{"x": 1, "y": 2}] * 2


@pytest.mark.parametrize("text", ["abc\n", "a\nb", "\nabc", "a b", ""])
def test_a_pattern_is_of_the_whole_text(text: str) -> None:
    schema = {"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}}
    schema |= {"properties": {"run": {"type": "string", "pattern": "^[a-z]+$"}}}
    check_schema({"run": "abc"}, schema, [])
    for content in ({"run": text}, {text: 1}):
        with pytest.raises(ConfigurationError, match="expected text that matches"):
            check_schema(content, schema, [Source("my.yaml", content)])


def test_every_pattern_of_the_schemas_is_anchored() -> None:
    for path in (ROOT / "workflow/schemas").rglob("*.json"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if '"pattern": "' in line:
                assert '"pattern": "^' in line, (path, line)


def test_long_values_are_shown_in_part() -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_schema({"seed": 10**4000}, {"properties": {"seed": {"maximum": 5}}}, [])
    assert str(caught.value) == f"configuration: seed: expected at most 5, got {str(10**4000)[:200]}..."


def test_chunks_have_a_limit() -> None:
    assert chunks_problem(LARGEST_CHUNKS * 10, 10) is None
    assert str(chunks_problem(10**12, 50)).startswith("expected at most 10000 chunks of 50, got 1000000000000 draws")


def test_reserved_names_are_the_tables_that_rules_write() -> None:
    rules = [*(ROOT / "workflow/rules").glob("*.smk"), ROOT / "Snakefile"]
    written = [re.findall(r"\{RUN\}/([a-z_]+)\.csv", path.read_text(encoding="utf-8")) for path in rules]
    assert sorted(RESERVED) == sorted({*SECTIONS, *(name for names in written for name in names)})
