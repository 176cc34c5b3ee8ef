"""Verdicts are counted by origin, in one order, and an unknown word is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from bornscape.tables.verdicts import ORIGINS, VERDICTS, counts_by_origin, told, verdicts_in_words


def rows(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"origin": origin, "verdict": verdict} for origin, verdict in pairs]


def test_origins_are_never_added_up() -> None:
    found = counts_by_origin(rows(("ours", "not_run"), *[("paper", verdict) for verdict in reversed(VERDICTS)]))
    assert list(found) == ["paper", "ours"]
    assert list(found["paper"]) == list(VERDICTS)
    assert found["ours"] == {"not_run": 1}
    assert set(found) < set(ORIGINS)
    assert told(found["paper"]).endswith("1 not run")


@pytest.mark.parametrize("pair", [("nobody", "reproduced"), ("paper", "proved")])
def test_an_unknown_word_is_named(pair: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match=r"got (nobody|proved)"):
        counts_by_origin(rows(pair))


def write_claims(folder: Path) -> None:
    folder.joinpath("claims.csv").write_text("claim,verdict\na,reproduced\nb,not_run\nc,reproduced\n", "utf-8")


def test_verdicts_of_some_claims(tmp_path: Path) -> None:
    assert verdicts_in_words(tmp_path, ["a"]) == "not judged yet"
    write_claims(tmp_path)
    assert verdicts_in_words(tmp_path, ["a", "b", "c", "unknown"]) == "2 reproduced, 1 not run"
    assert verdicts_in_words(tmp_path, []) == "no claims"
