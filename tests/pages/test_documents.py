"""Documents filled in from tables: what is asked for is what stands there, and nothing that is missing passes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bornscape.pages.documents.filling import filled, typed_numbers, unused
from bornscape.pages.documents.run_numbers import Interval, Numbers, Run
from bornscape.pages.documents.wording import digits, interval, median, percent, span, wrapped

TRAINING = """experiment,loss,bandwidth,shots,repetition,epoch,tvd
a,mmd,n/4,100,0,0,2.0
a,mmd,n/4,100,0,10,0.3
a,mmd,n/4,100,1,0,2.0
a,mmd,n/4,100,1,10,0.5
a,lqf,,100,0,10,0.4
a,lqf,,100,1,10,0.4
a,lqf,,,0,10,0.1
b,mmd,1,,0,10,0.2
b,mmd,1,,1,20,0.2
"""
CLAIMS = """claim,origin,estimate,ci_low,ci_high,verdict
one,paper,0.5,0.4,0.6,reproduced
two,ours,,,,not_run
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "training.csv").write_text(TRAINING, encoding="utf-8")
    (tmp_path / "claims.csv").write_text(CLAIMS, encoding="utf-8")
    return Run(tmp_path)


# Lookups


def test_rows_are_chosen_by_their_cells(run: Run) -> None:
    assert run.number("training", "tvd", loss="lqf", shots=None) == 0.1
    assert run.numbers("training", "tvd", "epoch > 5", loss="mmd", shots=100).values.tolist() == [0.3, 0.5]
    assert run.levels("training", "shots", loss="lqf") == [100.0, None]
    assert run.levels("training", "bandwidth", loss="mmd") == ["1", "n/4"]


def test_the_last_epoch_is_taken(run: Run) -> None:
    assert run.final_tvd(experiment="a", loss="mmd").values.tolist() == [0.3, 0.5]
    assert run.last("training", "tvd", experiment="a", loss="mmd").median == pytest.approx(0.4)
    with pytest.raises(LookupError, match=r"different lengths, \[10, 20\] epochs"):
        run.final_tvd(experiment="b")


def test_losses_are_paired_by_repetition(run: Run) -> None:
    assert run.ahead("mmd", "lqf", experiment="a", shots=100) == (1, 2)
    with pytest.raises(LookupError, match="not paired"):
        run.ahead("mmd", "lqf", experiment="a")


def test_claims(run: Run) -> None:
    assert (run.verdict("one"), run.verdict("two")) == ("reproduced", "not run")
    assert run.estimate("one") == Interval(0.5, 0.4, 0.6)
    assert (run.claims(), run.claims("reproduced"), run.named(origin="ours")) == (2, 1, ["two"])
    assert run.counts("ours") == "1 not run"
    with pytest.raises(LookupError, match="no claim of the origin slides"):
        run.counts("slides")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"loss": "kld"}, "no row with loss = kld"),
        ({"lost": "mmd"}, "no column lost"),
        ({"loss": "mmd"}, "expected one row; got 6"),
    ],
)
def test_a_number_that_is_not_one_is_an_error(run: Run, cells: dict[str, str], message: str) -> None:
    with pytest.raises(LookupError, match=message):
        run.number("training", "tvd", **cells)


def test_an_empty_cell_is_no_number(run: Run) -> None:
    with pytest.raises(LookupError, match="not all of 1 cells are numbers"):
        run.estimate("two")
    with pytest.raises(LookupError, match=r"nowhere\.csv is not there"):
        run.table("nowhere")


# Words


def test_digits_agree_with_the_number() -> None:
    """Rounded to three digits a number moves by at most half of its third digit."""
    values = 10.0 ** np.linspace(-9, 9, 500)
    shown = np.array([float(digits(value)) for value in values])
    assert np.abs(shown / values - 1).max() <= 0.005 * (1 + 1e-9)
    assert [digits(value, 2) for value in (0.999, 9.99, 999999.0, -0.5)] == ["1.0", "10", "1.0e6", "-0.50"]


def test_an_interval_has_one_number_of_places() -> None:
    assert interval(Interval(-0.001, -0.02, 0.0004), 1) == "-0.001 [-0.020, 0.000]"
    assert span(Numbers(np.array([2.0, 1.0]))) == "1.0 to 2.0"
    assert percent(1 - 1e-9, 1) == "more than 99.9 %"
    assert [median(Numbers(np.array([value]))) for value in (0.0, 0.0002, 0.0006)] == ["0.000", "< 0.001", "0.001"]


def test_wrapping_changes_blanks_alone() -> None:
    text = "# A heading that is longer than the width\n\nWords, - more words = 3 and `code here`.\n\n```\n  a  b\n```\n"
    text += "\n| a | b |\n| --- | --- |\n\n- an item that is quite long\n  and goes on\n- another\n"
    text += "\n    code   kept as it is, however long\n"
    done = wrapped(text, 20)
    assert done.split() == text.split()
    assert "# A heading that is longer than the width\n" in done
    assert "```\n  a  b\n```" in done
    assert "    code   kept as it is, however long\n" in done
    assert all(len(line) <= 20 for line in done.splitlines() if line.startswith(("W", "- ", "  and")))
    openings = [line.split()[0] for line in done.splitlines() if line.strip()]
    assert "=" not in openings
    assert openings.count("-") == 2


def test_no_line_opens_with_a_sign() -> None:
    """A line that opens so would be HTML, a quotation or an item, or leave its number behind."""
    text = "one two\n<= three\n> four - five 50 % 3. six\n"
    for width in range(6, 30):
        openings = {line.split()[0] for line in wrapped(text, width).splitlines()}
        assert openings.isdisjoint({"<=", ">", "-", "%", "3."}), width


# Filling


def document(folder: Path, text: str) -> Path:
    path = folder / "page.md.jinja"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_changed_table_changes_the_page(run: Run, tmp_path: Path) -> None:
    template = document(tmp_path, "It is {{ default.estimate('one') | interval(1) }} ({{ default.verdict('one') }}).\n")
    assert filled(template, {"default": run}) == "It is 0.5 [0.4, 0.6] (reproduced).\n"
    changed = CLAIMS.replace("0.5,", "0.7,").replace("reproduced", "contradicted")
    (tmp_path / "claims.csv").write_text(changed, encoding="utf-8")
    assert filled(template, {"default": Run(tmp_path)}) == "It is 0.7 [0.4, 0.6] (contradicted).\n"


def test_all_that_is_missing_is_named_at_once(run: Run, tmp_path: Path) -> None:
    text = "{{ default.number('no', 'x') / 2 | digits }} {{ default.estimate('x').low | fixed }}"
    text += "{% for name in default.levels('nor', 'x') %}{{ name }}{% endfor %}{{ default.about.commit[:7] }}"
    with pytest.raises(LookupError) as caught:
        filled(document(tmp_path, text), {"default": run})
    message = caught.value.args[0]
    assert all(f"{name}.csv is not there" in message for name in ("no", "nor"))
    assert "claim = x" in message
    assert "manifest.json is not there" in message
    assert message.count("\n") == 4


def test_what_follows_from_a_missing_number_hides_nothing(run: Run, tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="claim = x"):
        filled(document(tmp_path, "{{ '%.0f' | format(default.estimate('x').low) }}"), {"default": run})
    with pytest.raises(ZeroDivisionError):
        filled(document(tmp_path, "{{ default.estimate('one').low / 0 }}"), {"default": run})


def test_typed_numbers_are_found() -> None:
    text = (
        "At n = 14 the TVD is 0.529, `n = 3`.\n\n    code = 5\n\nSee [it](8.md) {{ default.x('9') }}; -1.5e-3 as well."
    )
    found = typed_numbers(text, [r"n = \d+"])
    assert [entry.partition(":")[0] for entry in found] == ["0.529", "-1.5e-3"]
    assert typed_numbers("n = 14.5", [r"n = \d+(?![\d.])"]) == ["14.5: n = 14.5"]
    assert unused([text], [r"n = \d+", "n = 3", "at all"]) == ["n = 3", "at all"]
