"""Modules beside a user's file: imported by it, found without running anything, and no other file's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bornscape.my_model.neighbours import neighbours
from bornscape.my_model.settings import named_files
from bornscape.my_model.user_code import UserCodeError, call
from support.small_model import settings


def write(folder: Path, **files: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)


def test_neighbours_are_followed_and_nothing_is_run(tmp_path: Path) -> None:
    write(
        tmp_path,
        main="import numpy\nfrom one import f\nraise AssertionError('it was run')\n",
        one="def f():\n    import two, main\n    return two.x\n",
        two="import one\nx = 1\n",
        other="",
    )
    found = [str(tmp_path / f"{name}.py") for name in ("one", "two")]
    assert neighbours(str(tmp_path / "main.py")) == found
    assert neighbours(str(tmp_path / "gone.py")) == []
    write(tmp_path, broken="import one\n(")
    assert neighbours(str(tmp_path / "broken.py")) == []
    part = {"file": str(tmp_path / "main.py"), "function": "f", "parameters": "n", "inputs": ["scale.txt"]}
    assert named_files(settings(circuit=part, inputs=["a.txt"], data={"samples": "b.csv", "inputs": ["a.txt"]})) == [
        *sorted([str(tmp_path / "main.py"), *found]),
        "a.txt",
        "b.csv",
        "scale.txt",
    ]


def test_each_folder_has_its_own(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write(tmp_path / folder, main="from helper_of_test import x\ndef f():\n    return x\n")
        write(tmp_path / folder, helper_of_test=f"x = {folder!r}\n")
    assert [call(str(tmp_path / folder / "main.py"), "f") for folder in ("a", "b")] == ["a", "b"]
    assert "helper_of_test" not in sys.modules
    assert not list(tmp_path.rglob("__pycache__"))


def test_what_is_installed_wins_and_what_is_gone_is_named(tmp_path: Path) -> None:
    write(
        tmp_path,
        numpy="x = 'the wrong one'\n",
        main="import numpy\ndef f():\n    return numpy.__name__ + numpy.pi.hex()\n",
    )
    assert call(str(tmp_path / "main.py"), "f").startswith("numpy0x1.9")
    write(tmp_path, lost="import not_there_at_all\n")
    with pytest.raises(UserCodeError, match=r"lost\.py: cannot be imported: ModuleNotFoundError: .*not_there_at_all"):
        call(str(tmp_path / "lost.py"), "f")
