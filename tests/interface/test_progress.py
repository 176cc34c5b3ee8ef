"""The line that tells how far the draws are."""

from __future__ import annotations

import io

from bornscape.interface.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_line_is_written_anew_and_wiped() -> None:
    stream = Terminal()
    line = Progress(4, stream=stream)
    line("first chunk")
    line("second")
    line.close()
    lines = stream.getvalue().split("\r")
    assert lines[1] == f"[{'.' * 20}]   0%  first chunk"
    assert lines[2].rstrip() == f"[{'#' * 5}{'.' * 15}]  25%  second"
    assert len(lines[2]) == len(lines[1])
    assert lines[3:] == [" " * len(lines[2].rstrip()), ""]


def test_without_a_known_end_there_is_no_bar() -> None:
    stream = Terminal()
    Progress(None, stream=stream)("a chunk")
    assert stream.getvalue() == "\ra chunk"


def test_a_file_gets_nothing_unless_asked() -> None:
    stream = io.StringIO()
    for shown in (None, False):
        line = Progress(1, shown, stream)
        line("a chunk")
        line.close()
    assert stream.getvalue() == ""
    Progress(1, True, stream)("a chunk")
    assert stream.getvalue()
