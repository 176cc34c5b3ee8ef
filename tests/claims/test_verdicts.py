"""The verdicts of a run in words."""

from pathlib import Path

from bornscape.claims.verdicts import verdicts_in_words


def write_claims(folder: Path) -> None:
    folder.joinpath("claims.csv").write_text("claim,verdict\na,reproduced\nb,not_run\nc,reproduced\n", "utf-8")


def test_verdicts_of_some_claims(tmp_path: Path) -> None:
    assert verdicts_in_words(tmp_path, ["a"]) == "not judged yet"
    write_claims(tmp_path)
    assert verdicts_in_words(tmp_path, ["a", "b", "c", "unknown"]) == "2 reproduced, 1 not run"
    assert verdicts_in_words(tmp_path, []) == "no claims"
