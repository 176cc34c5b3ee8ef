"""docs/work/extending.md lists every place to touch: each addition is made on a copy, in these places alone."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/work/extending.md").read_text(encoding="utf-8")


def places(section: str) -> list[str]:
    """Paths that a section's numbered list names, NAME standing for any name."""
    text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    listed = "\n".join(re.findall(r"^\d\. .*(?:\n +.*)*", text, re.MULTILINE))
    return re.findall(r"`((?:src|workflow|config|tests|docs|notebooks)/[\w./-]+)`", listed)


class Copy:
    """A copy of the project that may be edited where a section allows it."""

    def __init__(self, folder: Path, section: str) -> None:
        self.folder, self.listed = folder, places(section)
        for name in ("src/bornscape", "workflow", "config", "notebooks"):
            # With the machine code of compiled loops, which is checked against each source file.
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.pyc*", "*.tmp*"))

    def _path(self, name: str) -> Path:
        patterns = [place.replace("NAME", r"\w+") for place in self.listed]
        assert any(re.fullmatch(pattern, name) for pattern in patterns), f"{name} is not listed"
        return self.folder / name

    def edit(self, name: str, old: str, new: str) -> None:
        path = self._path(name)
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name}: {old!r} stands there {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        path = self._path(name)
        path.write_text((path.read_text(encoding="utf-8") if path.exists() else "") + text, encoding="utf-8")

    def run(self, code: str) -> str:
        """What a Python of the copy prints."""
        start = f"import sys; sys.path.insert(0, {str(self.folder / 'src')!r})\n"
        done = subprocess.run(
            [sys.executable, "-c", start + code], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[str], Copy]:
    return lambda section: Copy(tmp_path / "copy", section)


LOSS = '''

def hellinger_distance(p: ArrayLike, q: ArrayLike) -> float:
    """Sum of (sqrt p - sqrt q)^2, in [0, 2]."""
    p, q = _aligned(p, q)
    return float(np.sum((np.sqrt(p) - np.sqrt(q)) ** 2))
'''

DEFINITION = """    "hellinger": Definition(
        lambda p, q, epsilon: hellinger_distance(p, q), lambda p, q, epsilon: 1 - np.sqrt(p / np.maximum(q, epsilon))
    ),
"""

USE_LOSS = """
import numpy as np, yaml
from bornscape.configuration import Source, check
from bornscape.datasets import synthetic_target
from bornscape.figures.look.names import LOSS_STYLES
from bornscape.losses.explicit import ExplicitLoss
from bornscape.pages.report.series import CURVES
from bornscape.variance import StateEvaluation
target = synthetic_target("ghz", 3, np.random.default_rng(0))
q = np.full(8, 1 / 8)
evaluation = StateEvaluation({"ghz": target}, {}, (10,), 1e-6)
values, fixed = evaluation.evaluate(q, np.random.default_rng(1))
found = {row[0]: value for row, value in zip(evaluation.rows, values) if np.isnan(row[3])}
exact = ExplicitLoss("hellinger", target.dense())(q)
assert abs(found["hellinger"] - exact) < 1e-12 and abs(exact - 1) < 1e-12, (found, exact)
assert np.allclose(ExplicitLoss("hellinger", target.dense()).derivative(q), 1 - np.sqrt(8 * target.dense()))
config = yaml.safe_load(open("config/config.yaml"))
config["training"]["jets_16"]["losses"]["mine"] = {"kind": "hellinger"}
config["models"] = {"m": {"circuit": {"family": "line", "layers": 1}, "losses": {"a": {"kind": "hellinger"}},
                          "data": {"set": "ghz"}, "sizes": [2, 3, 4, 5, 6]}}
check(config, [Source("config", config)], "workflow/schemas/config.schema.json", "notebooks")
assert LOSS_STYLES["hellinger"][2] == CURVES["hellinger"][1] == "Hellinger"
print("done")
"""


def test_a_loss(copy: Callable[[str], Copy]) -> None:
    project = copy("A loss")
    explicit, compiled = "src/bornscape/losses/explicit.py", "src/bornscape/losses/compiled_explicit.py"
    project.edit(explicit, "\n\nclass Definition(NamedTuple):", LOSS + "\n\nclass Definition(NamedTuple):")
    project.edit(explicit, '    "renyi_0.5": _renyi(0.5),\n', '    "renyi_0.5": _renyi(0.5),\n' + DEFINITION)
    project.edit(compiled, "RENYI_HALF = range(COUNT)", "RENYI_HALF, HELLINGER = range(COUNT)")
    project.edit(compiled, "COUNT = 7", "COUNT = 8")
    last = "    out[RENYI_HALF] = -2 * np.log(root)\n"
    project.edit(compiled, last, last + "    out[HELLINGER] = 2 * (1 - overlap)\n")
    project.edit(
        "src/bornscape/figures/look/names.py",
        '    "renyi_0.5": (',
        '    "hellinger": ("#123456", "8", "Hellinger"),\n    "renyi_0.5": (',
    )
    assert project.run(USE_LOSS) == "done\n"


DATASET = """

def _ones(n: int, rng: np.random.Generator) -> Target:
    return _uniform(np.ones((1, n), dtype=np.uint8))
"""

USE_DATASET = """
import numpy as np, yaml
from bornscape.configuration import Source, check
from bornscape.datasets import synthetic_target
from bornscape.figures.look.names import DATASET_TITLES
from bornscape.figures.look.palette import DATASET_STYLES
from bornscape.my_model.data.model_data import data_of
from bornscape.pages.report.series import DATASETS
from bornscape.planning.studies import Studies
from bornscape.planning.targets import synthetic_sizes
assert synthetic_target("ones", 3, np.random.default_rng(0)).indices.tolist() == [7]
config = yaml.safe_load(open("config/config.yaml"))
config["variance"]["line"]["datasets"].append("ones")
config["variance"]["product_shots"]["datasets"].append("ones")
config["models"] = {"m": {"circuit": {"family": "line", "layers": 1}, "losses": {"a": {"kind": "kld"}},
                          "data": {"set": "ones"}, "sizes": [2, 3, 4, 5, 6]}}
check(config, [Source("config", config)], "workflow/schemas/config.schema.json", "notebooks")
assert synthetic_sizes(Studies(config["variance"], "r", 1).needed_targets())["ones"][:2] == [2, 4]
assert data_of({"set": "ones"}, 4, 1).bitstrings.tolist() == [[1] * 4]
assert DATASET_TITLES["ones"] == "$|1\\\\ldots1\\\\rangle$" and DATASET_STYLES["ones"][1] == "8"
assert DATASETS["ones"][1] == "|1…1⟩"
print("done")
"""


def test_a_data_set(copy: Callable[[str], Copy]) -> None:
    project = copy("A data set")
    synthetic = "src/bornscape/datasets/synthetic.py"
    project.edit(synthetic, "\n\ndef _ghz(", DATASET + "\n\ndef _ghz(")
    project.edit(
        synthetic, '    "ghz": Synthetic(', '    "ones": Synthetic(_ones, lambda n: 1),\n    "ghz": Synthetic('
    )
    project.edit(
        "src/bornscape/figures/look/names.py",
        '    "cardinality": DatasetName(',
        '    "ones": DatasetName("8", "$|1\\\\ldots1\\\\rangle$", "|1…1⟩"),\n    "cardinality": DatasetName(',
    )
    assert project.run(USE_DATASET) == "done\n"


CLAIMS = """# A result of a test.
claims:
  - claim: my_result_holds
    origin: ours
    source: a test
    statement: The variance falls.
    kind: scaling
    check: scaling_law
    settings: {experiment: line, loss: kld, depth: product}
    expected: polynomial
    control: {loss: tvd}
    evidence: [scaling.csv]
"""

FIGURE = '''"""A figure of a test."""

from typing import Any

import pandas as pd
from matplotlib.figure import Figure


def figure(variance: pd.DataFrame, studies: dict[str, Any]) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table."""
    return Figure(), variance[variance["experiment"] == studies["line"]]
'''

ENTRY = """figures:
  my_result:
    tables: [variance]
    studies: {line: line}
    caption: A picture of {{ config.variance.line.draws }} draws.
"""

USE_RESULT = """
import sys, yaml
from bornscape.planning.shown import Shown
from bornscape.planning.opening import open_run
config = yaml.safe_load(open("config/config.yaml"))
opened = open_run(config, ["config/config.yaml"], {})
(mine,) = [claim for claim in opened.claims if claim["claim"] == "my_result_holds"]
assert mine["result"] == "my_result" and mine["tolerance"] == 0.02, mine
shown = Shown(opened.catalogue, frozenset({"variance", "scaling", "claims"}), config, "results/x")
assert "my_result" in shown.targets and shown.of_result("my_result") == (["my_result"], [])
assert shown.captions["my_result"] == "A picture of 300 draws."
assert shown.page(opened.claims)["labels"]["my_result"] == "My result"
print("done")
"""


def test_a_result_with_a_figure_and_a_claim(copy: Callable[[str], Copy]) -> None:
    project = copy("A result")
    project.edit(
        "config/results.yaml",
        "\nresults:\n",
        "\nresults:\n  my_result:\n    label: My result\n    statement: It is so.\n    tables: [scaling]\n"
        "    figures: [my_result]\n",
    )
    project.edit("config/results.yaml", "\nfigures:\n", "\n" + ENTRY)
    project.write("config/claims/my_result.yaml", CLAIMS)
    project.write("src/bornscape/figures/my_result.py", FIGURE)
    assert project.run(USE_RESULT) == "done\n"


def test_a_claim_of_a_result_that_there_is(copy: Callable[[str], Copy]) -> None:
    project = copy("A claim")
    project.write("config/claims/fig_7.yaml", CLAIMS.split("claims:\n")[1])
    read = """
import yaml
from bornscape.planning.opening import open_run
claims = open_run(yaml.safe_load(open("config/config.yaml")), ["config/config.yaml"], {}).claims
print(*[claim["result"] for claim in claims if claim["claim"] == "my_result_holds"])
"""
    assert project.run(read) == "fig_7\n"


def test_a_place_that_is_not_listed_is_noticed(copy: Callable[[str], Copy]) -> None:
    project = copy("A claim")
    with pytest.raises(AssertionError, match=r"config/config\.yaml is not listed"):
        project.edit("config/config.yaml", "run: default", "run: other")
