"""The command bornscape, as it is called from a shell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import bornscape as bs
from bornscape.interface.command import main
from bornscape.interface.starter import CIRCUIT, CONFIGURATION
from bornscape.my_model.settings import complete

SMALL = ["--sizes", "3,4", "--draws", "10"]


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_verdict_its_reason_and_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "product", "--data", "ghz", *SMALL]) == 0
    told = capsys.readouterr()
    expected = bs.trainability("product", "ghz", sizes=[3, 4], draws=10)
    assert told.out == f"{expected}\n"
    assert told.out.startswith(f"mmd: {expected.answer}: {expected.reason}\n")
    assert [line.split()[0] for line in told.out.splitlines() if line][-2:] == ["3", "4"]
    assert told.err == ""


def test_everything_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.py").write_text(
        "import pennylane as qml\nprint('noise of my own')\n\n\ndef chain(p, wires, layers):\n"
        "    for k in range(layers * len(wires)):\n        qml.RY(p[k], wires=wires[k % len(wires)])\n",
        encoding="utf-8",
    )
    Path("bits.csv").write_text("bitstring\n0110\n1001\n0000\n", encoding="utf-8")
    asked = ["--function", "chain", "--layers", "2", "--parameters", "2*n", "--shots", "n**2", "--seed", "3"]
    losses = ["--loss", "mmd", "--loss", "kld", "--bandwidth", "n", "--small-angles", "1/n"]
    assert main(["check", "mine.py", "--data", "bits.csv", *asked, *losses, *SMALL, "--json"]) == 0
    told = capsys.readouterr()
    assert "noise of my own" in told.err
    found = json.loads(told.out)
    expected = bs.trainability(
        "mine.py",
        "bits.csv",
        [{"kind": "mmd", "bandwidth": "n"}, "kld"],
        [3, 4],
        "n**2",
        function="chain",
        layers="2",
        initialisation={"kind": "small", "scale": "1/n"},
        draws=10,
        seed=3,
    )
    assert [row["loss"] for row in found["verdicts"]] == ["mmd", "kld"]
    assert [row["variance"] for row in found["sizes"]] == expected.table["variance"].tolist()
    assert [row["shots"] for row in found["sizes"]] == [9, 16, 9, 16]


def test_parameters_in_a_shape(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.py").write_text(
        "import pennylane as qml\n\n\ndef circuit(p, wires):\n"
        "    for k in range(len(wires)):\n        qml.RX(p[0, k], wires=k)\n        qml.RY(p[1, k], wires=k)\n",
        encoding="utf-8",
    )
    assert main(["check", "mine.py", "--data", "ghz", "--parameters", "2,n", *SMALL, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    expected = bs.trainability("mine.py", "ghz", sizes=[3, 4], parameters=(2, "n"), draws=10)
    assert [row["variance"] for row in found["sizes"]] == expected.table["variance"].tolist()


def test_hidden_and_measured_wires(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["check", "line", "--layers", "1", "--data", "ghz", *SMALL, "--sizes", "4", "--hidden", "1", "--json"]
    chosen = bs.trainability("line", "ghz", sizes=4, layers=1, hidden=1, measured=[4, 1, 0, 2], draws=10)
    assert main([*asked, "--measured", "4,1,0,2"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["variance"] for row in found["sizes"]] == chosen.table["variance"].tolist()
    for measured, message in (
        ("0;2", "--measured: expected wires such as 0,2,3, got 0;2"),
        ("0,1,2,5", "circuit.measured: measured: expected wires of 0..4 (n and the hidden ones), got 5"),
    ):
        assert main([*asked, "--measured", measured]) == 2
        assert capsys.readouterr().err == f"Error: {message}\n"


def test_the_figure_is_written() -> None:
    assert main(["check", "product", "--data", "ghz", *SMALL, "--figure", "mine.png"]) == 0
    assert Path("mine.png").read_bytes().startswith(b"\x89PNG")


MISTAKES = [
    (["check", "no.py", "--data", "ghz"], r"circuit.file: expected the path of an existing file, got 'no.py'"),
    (["check", "product", "--data", "no.csv"], "data: expected one of ['cardinality', "),
    (["check", "product", "--data", "ghz", "--sizes", "4..8"], "sizes: expected numbers of qubits such as 8, 4-10 or"),
    (["check", "product", "--data", "ghz", "--loss", "kld", "--bandwidth", "n"], "--bandwidth: expected only with"),
    (["check", "product", "--data", "ghz", "--shots", "many"], "shots: formula 'many': expected numbers, n, "),
    (["check", "line", "--data", "ghz"], "circuit: expected the key 'layers'"),
]


@pytest.mark.parametrize(("arguments", "message"), MISTAKES)
def test_a_mistake_is_one_line(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"Error: {message}")
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["check", "product"], ["chekc"], ["check", "line", "--data", "ghz", "--no"]])
def test_a_line_that_cannot_be_read_ends_alike(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("Error: ")
    assert told.count("\n") == 1


def test_a_reader_that_leaves_ends_quietly() -> None:
    call = [sys.executable, "-m", "bornscape.interface.command", "check", "product", "--data", "ghz", *SMALL, "--json"]
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_a_start_that_runs_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    folder = "my folder: 'of' #1"
    assert main(["init", folder]) == 0
    told = capsys.readouterr().out
    written = yaml.safe_load((Path(folder) / CONFIGURATION).read_text(encoding="utf-8"))
    assert str(Path(folder) / CIRCUIT) in told
    settings = complete(written["models"]["first_try"])
    assert settings["circuit"]["file"] == str(Path(folder) / CIRCUIT)
    # What the configuration says is what the command does unless it is told otherwise.
    answer = bs.trainability(settings["circuit"]["file"], settings["data"]["set"], sizes=[3, 4], draws=10)
    same = ("circuit", "losses", "data", "initialisation", "shots")
    assert {key: answer.settings[key] for key in same} == {key: settings[key] for key in same}
    assert complete({"draws": settings["draws"]})["draws"] == 100


def test_nothing_is_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    Path(CIRCUIT).write_text("mine", encoding="utf-8")
    assert main(["init"]) == 2
    assert "my_circuit.py: is there already" in capsys.readouterr().err
    assert sorted(path.name for path in Path().iterdir()) == [CIRCUIT]
    assert Path(CIRCUIT).read_text(encoding="utf-8") == "mine"


def test_the_version_and_the_help_import_nothing_heavy() -> None:
    code = (
        "import sys\nfrom bornscape.interface.command import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'numpy', 'pandas', 'pennylane', 'matplotlib'} & set(sys.modules)))"
    )
    for option, first in (("--version", f"bornscape {bs.__version__}"), ("--help", "usage: bornscape")):
        done = subprocess.run([sys.executable, "-c", code, option], capture_output=True, text=True, check=True)
        assert done.stdout.startswith(first)
        assert done.stdout.splitlines()[-1] == "[]"


def test_the_command_is_installed_under_its_name() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["scripts"] == {"bornscape": "bornscape.interface.command:main"}
