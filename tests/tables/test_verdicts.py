"""Verdicts are counted by origin, in one order, and an unknown word is an error."""

from __future__ import annotations

import pytest

from bornscape.claims.register import VERDICTS
from bornscape.tables.verdicts import ORDER, ORIGINS, counts_by_origin, told


def rows(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"origin": origin, "verdict": verdict} for origin, verdict in pairs]


def test_the_words_are_the_registers() -> None:
    assert set(ORDER) == set(VERDICTS)


def test_origins_are_never_added_up() -> None:
    found = counts_by_origin(rows(("ours", "not_run"), *[("paper", verdict) for verdict in reversed(ORDER)]))
    assert list(found) == ["paper", "ours"]
    assert list(found["paper"]) == list(ORDER)
    assert found["ours"] == {"not_run": 1}
    assert set(found) < set(ORIGINS)
    assert told(found["paper"]).endswith("1 not run")


@pytest.mark.parametrize("pair", [("nobody", "reproduced"), ("paper", "proved")])
def test_an_unknown_word_is_named(pair: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match=r"got (nobody|proved)"):
        counts_by_origin(rows(pair))
