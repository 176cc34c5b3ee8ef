"""A user's files: called, and named where they fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from bornscape.my_model.user_code import UserCodeError, call

# Users' files


def test_user_code_is_called_and_its_errors_are_named(tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text("def good(x):\n    return x + 1\n\ndef bad():\n    raise RuntimeError('no luck')\n")
    assert call(str(path), "good", 2) == 3
    with pytest.raises(UserCodeError, match=r"own\.py: bad: RuntimeError: no luck"):
        call(str(path), "bad")
    with pytest.raises(UserCodeError, match=r"own\.py: expected a function 'gone'; it has \['bad', 'good'\]"):
        call(str(path), "gone")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def f(:\n", "line 1: expected Python"),
        ("import no_such_module_at_all\n", "cannot be imported: ModuleNotFoundError"),
        ("1 / 0\n", "cannot be imported: ZeroDivisionError"),
    ],
)
def test_files_that_cannot_be_imported_are_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "broken.py"
    path.write_text(text)
    with pytest.raises(UserCodeError, match=rf"broken\.py: {message}"):
        call(str(path), "f")


def test_missing_file_and_other_endings(tmp_path: Path) -> None:
    with pytest.raises(UserCodeError, match="expected an existing Python file"):
        call(str(tmp_path / "gone.py"), "f")
    with pytest.raises(UserCodeError, match=r"ends in \.py"):
        call(str(tmp_path / "circuit.txt"), "f")
