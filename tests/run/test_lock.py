"""One run at a time, and only where results can be written."""

from pathlib import Path

import pytest

from bornscape.run.lock import check_writable, hold_run


def test_a_second_run_is_refused_until_the_first_is_over(tmp_path: Path) -> None:
    first = hold_run(tmp_path / "a/run.lock")
    with pytest.raises(SystemExit, match=r"run\.lock: another run is going on in this folder"):
        hold_run(tmp_path / "a/run.lock")
    first.close()
    hold_run(tmp_path / "a/run.lock").close()


def test_a_folder_that_cannot_be_written_is_an_error_before_any_job(tmp_path: Path) -> None:
    check_writable(tmp_path / "results/x")
    assert list((tmp_path / "results/x").iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(SystemExit, match=r"file/x: cannot be written: Not a directory"):
        check_writable(tmp_path / "file/x")
