"""Notebooks: committed without outputs, free of simulation; run whole or not at all, to the same bytes."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from papermill import PapermillExecutionError

from bornscape.pages.notebooks import execute, to_html

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SIMULATION = (
    *("simulators", "variance", "training", "bitstrings", "circuits", "losses", "datasets", "my_model", "experiments"),
    "classical_models",
)
"""Modules that make numbers; notebooks read the tables that the workflow made with them."""

CLAIMS = [
    found
    for source in (ROOT / "config/claims").glob("*.yaml")
    for found in re.findall(r"^  - claim: (\w+)$", source.read_text(encoding="utf-8"), re.MULTILINE)
]
"""Names of claims."""

committed = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def content_of(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def code_of(path: Path) -> list[dict[str, Any]]:
    return [cell for cell in content_of(path)["cells"] if cell["cell_type"] == "code"]


PARTS = (
    r"\*\*(Claim|Question|The paper's suspicion|What the paper (shows|says))\b",
    r"How it was tested",
    r"[Ee]vidence",
    r"^## Another question",
    r"^## Verdict",
    r"\*\*What would change our mind\.\*\*",
)
"""What a notebook tells, in this order."""


def parts_missing(text: str) -> list[str]:
    """Parts that are not there, or not after the one before."""
    missing, place = [], 0
    for part in PARTS:
        found = re.compile(part, re.MULTILINE).search(text, place)
        if found is None:
            missing.append(part)
        else:
            place = found.end()
    return missing


@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path.stem != "data"], ids=lambda path: path.stem)
def test_an_article_from_claim_to_verdict(path: Path) -> None:
    """All but the one that shows the data sets."""
    cells = nbformat.read(path, as_version=4).cells
    assert parts_missing("\n".join(cell.source for cell in cells if cell.cell_type == "markdown")) == []


def test_a_part_out_of_order_is_missed() -> None:
    told = ("**Claim.** x", "## How it was tested", "## Evidence", "## Another question", "## Verdict")
    good = "\n".join([*told, "**What would change our mind.** y"])
    assert parts_missing(good) == []
    assert parts_missing(good.replace("Claim", "Title")) == [PARTS[0]]
    assert parts_missing("## Verdict\n" + good.replace("## Verdict\n", "")) == [PARTS[4]]


@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path.stem != "data"], ids=lambda path: path.stem)
def test_it_opens_with_what_came_out_and_ends_with_the_same_claims(path: Path) -> None:
    """Before any picture, and of the claims that are judged at its end."""
    sources = ["".join(cell["source"]) for cell in code_of(path)]
    opening, ends = sources[1].splitlines()[-1], [source for source in sources if source.startswith("reader.verdicts(")]
    assert opening.startswith("reader.came_out(")
    assert [opening.removeprefix("reader.came_out")] == [end.removeprefix("reader.verdicts") for end in ends]
    prefixes = re.findall(r'"(\w+)"', opening)
    assert prefixes
    assert all(any(claim.startswith(prefix) for claim in CLAIMS) for prefix in prefixes)


@committed
def test_a_reader_can_ask_another_question(path: Path) -> None:
    """The cell after it begins with what is to be changed."""
    cells = content_of(path)["cells"]
    (place,) = [
        k
        for k, cell in enumerate(cells)
        if cell["cell_type"] == "markdown" and "## Another question" in "".join(cell["source"])
    ]
    first = ast.parse("".join(cells[place + 1]["source"])).body[0]
    assert isinstance(first, ast.Assign)


def test_there_are_notebooks() -> None:
    assert {"theorem_2", "trainability_table"} <= {path.stem for path in NOTEBOOKS}


@committed
def test_committed_without_outputs_counts_or_times(path: Path) -> None:
    for cell in code_of(path):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
    for part in (content_of(path), *content_of(path)["cells"]):
        assert not {"papermill", "execution", "collapsed", "ExecuteTime"} & set(part["metadata"])


@committed
def test_metadata_says_the_kernel_and_nothing_of_a_machine(path: Path) -> None:
    assert content_of(path)["metadata"] == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


@committed
def test_valid_and_written_as_it_would_be_again(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    ids = [cell["id"] for cell in notebook.cells]
    assert ids == [f"cell-{number}" for number in range(len(ids))]


@committed
def test_one_parameters_cell_with_the_results_folder(path: Path) -> None:
    tagged = [cell for cell in code_of(path) if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1
    assert tagged[0] is not None
    assignments = ast.parse("".join(tagged[0]["source"])).body
    assert [ast.unparse(line) for line in assignments] == ["results = '../results/default'", "captions = {}"]
    assert code_of(path)[0] == tagged[0]


def imported(source: str) -> set[str]:
    """Every module that a piece of code imports, and every name it takes from one, dotted."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {str(node.module)} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def simulates(source: str) -> bool:
    names = imported(source)
    modules = {f"bornscape.{name}" for name in SIMULATION}
    inside = any(name == module or name.startswith(module + ".") for name in names for module in modules)
    return (
        inside
        or any(name.split(".")[0] in ("pennylane", "pennylane_lightning") for name in names)
        or ("bornscape" in names)
    )


@committed
def test_no_simulation(path: Path) -> None:
    for cell in code_of(path):
        assert not simulates("".join(cell["source"]))


@pytest.mark.parametrize(
    "source",
    [
        "import pennylane as qml",
        "from pennylane import numpy",
        "from bornscape.simulators.state_vector import probabilities",
        "from bornscape import training",
        "import bornscape as bs",
        "def f():\n    import bornscape.variance",
        "from bornscape.losses.mmd import mmd",
    ],
)
def test_a_simulation_would_be_noticed(source: str) -> None:
    assert simulates(source)
    assert not simulates("import pandas as pd\nfrom bornscape.theory import product_mmd_variance")


@committed
def test_no_paths_of_a_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not [start for start in ("/home/", "/root/", "/tmp/", "/Users/", "C:\\\\") if start in text]


# Running


def write_notebook(path: Path, *code: str) -> Path:
    cells = [nbformat.v4.new_markdown_cell("# Title\n\nWith $x^2$ and $$\\frac{a}{b}$$ and *text*.")]
    cells.append(nbformat.v4.new_code_cell("results = 'nowhere'", metadata={"tags": ["parameters"]}))
    cells += [nbformat.v4.new_code_cell(source) for source in code]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


SHOW = "import pandas as folded_away\nfolded_away.DataFrame({'folder': [results], 'x': [1.5]})"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The folders of two runs of one notebook."""
    folders = [tmp_path_factory.mktemp(name) for name in ("first", "second")]
    for folder in folders:
        source = write_notebook(folder / "source.ipynb", SHOW)
        execute(source, folder / "n.ipynb", {"results": "here"}, folder / "live.ipynb")
        to_html(folder / "n.ipynb", folder / "n.html")
    return folders


def test_the_same_notebook_gives_the_same_bytes_twice(runs: list[Path]) -> None:
    for name in ("n.ipynb", "n.html"):
        first, second = ((folder / name).read_bytes() for folder in runs)
        assert first == second


def test_the_live_copy_differs_by_its_times(runs: list[Path]) -> None:
    """Else the test above could not fail."""
    first, second = ((folder / "live.ipynb").read_bytes() for folder in runs)
    assert first != second


def test_parameters_replace_those_of_the_notebook(runs: list[Path]) -> None:
    text = (runs[0] / "n.ipynb").read_text(encoding="utf-8")
    assert 'results = \\"here\\"' in text
    (output,) = code_of(runs[0] / "n.ipynb")[-1]["outputs"]
    assert "here" in "".join(output["data"]["text/plain"])


def test_the_page_shows_outputs_and_formulas_but_no_code_and_no_script(runs: list[Path]) -> None:
    page = (runs[0] / "n.html").read_text(encoding="utf-8")
    assert "<td>here</td>" in page
    assert page.count("<math") == 2
    assert "<msup>" in page
    assert "<mfrac>" in page
    assert "FORMULA" not in page
    assert "<script" not in page
    assert "folded_away" not in page
    assert "<em>text</em>" in page


def test_a_warning_does_not_name_the_process(tmp_path: Path) -> None:
    source = write_notebook(tmp_path / "source.ipynb", "import warnings\nwarnings.warn('look here')")
    execute(source, tmp_path / "n.ipynb", {}, tmp_path / "live.ipynb")
    text = (tmp_path / "n.ipynb").read_text(encoding="utf-8")
    assert "look here" in text
    assert "ipykernel/" in text
    assert "ipykernel_" not in text


def test_a_failing_cell_raises_and_leaves_no_output(tmp_path: Path) -> None:
    source = write_notebook(tmp_path / "source.ipynb", "x = 1", "1 / 0", "x = 2")
    output, live = tmp_path / "out/n.ipynb", tmp_path / "live.ipynb"
    with pytest.raises(PapermillExecutionError, match="ZeroDivisionError"):
        execute(source, output, {}, live)
    assert not output.exists()
    assert not list(tmp_path.glob("out/*"))
    # What ran so far stays beside the log.
    assert "ZeroDivisionError" in live.read_text(encoding="utf-8")


def test_a_failing_run_keeps_the_output_of_the_last_good_one(tmp_path: Path) -> None:
    source = write_notebook(tmp_path / "source.ipynb", "1 / 0")
    (tmp_path / "n.ipynb").write_text("old", encoding="utf-8")
    with pytest.raises(PapermillExecutionError):
        execute(source, tmp_path / "n.ipynb", {}, tmp_path / "live.ipynb")
    assert (tmp_path / "n.ipynb").read_text(encoding="utf-8") == "old"
