"""bs.trainability: whatever it is given, the numbers are those of the workflow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import autograd.numpy as anp
import numpy as np
import pandas as pd
import pennylane as qml
import pytest

import bornscape as bs
from bornscape.interface.answer import Trainability
from bornscape.my_model.jobs import draw_job, together
from bornscape.my_model.report import model_tables
from bornscape.my_model.settings import complete

SIZES = [3, 4]
FILE = """
import autograd.numpy as np
import pennylane as qml


def circuit(parameters, wires):
    for k, wire in enumerate(wires):
        qml.RY(parameters[2 * k], wires=wire)
        qml.RX(parameters[2 * k + 1], wires=wire)
    for k in range(len(wires) - 1):
        qml.CNOT([wires[k], wires[k + 1]])


def hellinger(q, p):
    return 1 - np.sum(np.sqrt((q + 1e-6) * (p + 1e-6)))


def near(n, count, bitstrings, probabilities, rng):
    return rng.normal(0, 0.1, count)


def coins(n, rng):
    return rng.integers(0, 2, (20, n))
"""


def circuit(parameters: Any, wires: Any) -> None:
    for k, wire in enumerate(wires):
        qml.RY(parameters[2 * k], wires=wire)
        qml.RX(parameters[2 * k + 1], wires=wire)
    for k in range(len(wires) - 1):
        qml.CNOT([wires[k], wires[k + 1]])


def hellinger(q: Any, p: Any) -> Any:
    return 1 - anp.sum(anp.sqrt((q + 1e-6) * (p + 1e-6)))


def near(n: int, count: int, bitstrings: Any, probabilities: Any, rng: np.random.Generator) -> Any:
    return rng.normal(0, 0.1, count)


def coins(n: int, rng: np.random.Generator) -> Any:
    return rng.integers(0, 2, (20, n))


def asked(model: Any = circuit, data: Any = "ghz", loss: Any = "mmd", sizes: Any = SIZES, **more: Any) -> Trainability:
    return bs.trainability(model, data, loss, sizes, **({"draws": 10, "chunk": 10} | more))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "mine.py"
    found.write_text(FILE, encoding="utf-8")
    return found


def workflow(entry: dict[str, Any], seed: int, name: str, folder: Path) -> dict[str, pd.DataFrame]:
    """The tables as the workflow's jobs make them: each size in a job, chunks kept on disk."""
    settings = complete(entry)
    jobs = [
        draw_job({"settings": settings, "seed": seed}, name, [n], {}, [], "code", folder, lambda _: None)
        for n in settings["sizes"]
    ]
    return model_tables(settings, together(jobs), seed, name)


def test_the_numbers_are_those_of_the_workflow(path: Path, tmp_path: Path) -> None:
    file = str(path)
    entry = {
        "circuit": {"file": file, "function": "circuit", "parameters": "2*n"},
        "initialisation": {"file": file, "function": "near"},
        "losses": {
            "mmd": {"kind": "mmd", "bandwidth": "n/4"},
            "kld": {"kind": "kld"},
            "hellinger": {"kind": "function", "file": file, "function": "hellinger"},
        },
        "data": {"file": file, "function": "coins"},
        "sizes": SIZES,
        "shots": "n**2",
        "draws": 20,
        "chunk": 10,
    }
    expected = workflow(entry, 7, "mine", tmp_path / "chunks")
    found = asked(
        data=coins,
        loss=["mmd", "kld", hellinger],
        shots="n**2",
        initialisation=near,
        draws=20,
        chunk=10,
        seed=7,
        name="mine",
    )
    assert list(found.tables) == list(expected)
    for name, table in expected.items():
        pd.testing.assert_frame_equal(found.tables[name], table, check_exact=True)
    # Negative control: another name is another stream of random numbers.
    other = asked(data=coins, shots="n**2", initialisation=near, draws=20, seed=7, name="other")
    assert other.table["variance"].iloc[0] != found["mmd"].table["variance"].iloc[0]


@pytest.mark.parametrize(
    "model",
    [
        "file",
        qml.QNode(circuit, qml.device("default.qubit", wires=4)),
        lambda parameters, wires: circuit(parameters, wires),
        {n: bs.from_pennylane(circuit, n, 2 * n) for n in SIZES},
    ],
    ids=["file", "QNode", "lambda", "circuits"],
)
def test_a_circuit_in_any_form(model: Any, path: Path) -> None:
    found = asked(str(path) if model == "file" else model)
    pd.testing.assert_frame_equal(found.table, asked().table)


def test_settings_as_in_a_configuration_with_functions_in_them() -> None:
    def zeros(wires: int) -> Any:
        return np.eye(1, 2**wires).ravel()

    hidden = asked({"function": circuit, "hidden": 1}).table
    measured = {n: bs.from_pennylane(circuit, n + 1, 2 * n + 2, measured=range(n)) for n in SIZES}
    for same in (measured, {"function": circuit, "hidden": 1, "initial": zeros}):
        pd.testing.assert_frame_equal(asked(same).table, hidden, rtol=1e-9)
    assert not hidden["variance"].equals(asked().table["variance"])
    family = asked({"family": "line", "layers": 1}, {"set": "ghz"}).table
    pd.testing.assert_frame_equal(family, asked("line", layers=1).table)


def test_an_edited_file_is_read_again(path: Path) -> None:
    before = asked(str(path)).table
    path.write_text(FILE.replace("qml.RX", "qml.RY"), encoding="utf-8")
    assert not asked(str(path)).table["variance"].equals(before["variance"])


def test_families_and_their_layers() -> None:
    found = asked("line", layers="n")
    assert found.table["n_layers"].tolist() == SIZES
    circuits = asked({n: bs.line_circuit(n, n) for n in SIZES})
    pd.testing.assert_series_equal(found.table["variance"], circuits.table["variance"])


def test_layers_and_the_number_of_parameters_of_a_function() -> None:
    def deep(parameters: Any, wires: Any, layers: int) -> None:
        for k in range(layers * len(wires)):
            qml.RY(parameters[k], wires=wires[k % len(wires)])

    found = asked(deep, layers=2)
    assert found.table["n_layers"].tolist() == [2, 2]
    for parameters in ("2*n", lambda n, layers: layers * n):
        pd.testing.assert_frame_equal(asked(deep, layers=2, parameters=parameters).table, found.table)


def test_parameters_in_a_shape() -> None:
    def rows(parameters: Any, wires: Any) -> None:
        circuit(parameters.T.ravel(), wires)

    def vector(parameters: Any, wires: Any) -> None:
        circuit(parameters.reshape(2, -1).T.ravel(), wires)

    expected = asked(vector, parameters="2*n").table
    for shape in ((2, "n"), ["2", "n"], lambda n: (2, n)):
        pd.testing.assert_frame_equal(asked(rows, parameters=shape).table, expected)

    def node(wires: list[Any]) -> Any:
        return qml.QNode(lambda parameters: rows(parameters, wires), qml.device("default.qubit", wires=wires))

    for labels in (range(3), "abc"):
        found = asked(node(list(labels)), sizes=None, parameters=(2, 3)).table
        pd.testing.assert_frame_equal(found, asked(vector, sizes=3, parameters="2*n").table)
    with pytest.raises(ValueError, match=r"or the shape that a function of .* takes, such as"):
        asked(lambda parameters, wires: qml.RY(parameters[0, 0], wires=wires[0]))


def test_a_function_of_the_parameters_alone_has_one_size() -> None:
    def fixed(parameters: Any) -> None:
        circuit(parameters, range(3))

    expected = asked(sizes=3).table
    pd.testing.assert_frame_equal(asked(fixed, sizes=3).table, expected)
    node = qml.QNode(fixed, qml.device("default.qubit", wires=3))
    pd.testing.assert_frame_equal(asked(node, sizes=None).table, expected)
    letters = {0: "c", 1: "a", 2: "b"}

    def named(parameters: Any) -> None:
        circuit(parameters, list(letters.values()))

    node_of_letters = qml.QNode(named, qml.device("default.qubit", wires=letters.values()))
    for parameters in (None, 6, "2*n"):
        found = asked(node_of_letters, sizes=None, parameters=parameters)
        pd.testing.assert_frame_equal(found.table, expected)

    def with_a_state(parameters: Any, state: Any = None) -> None:
        assert state is None  # Wires are no state.
        circuit(parameters, range(3))

    node = qml.QNode(with_a_state, qml.device("default.qubit", wires=3))
    for model in (node, with_a_state):
        pd.testing.assert_frame_equal(asked(model, sizes=3).table, expected)

    def deep(parameters: Any, layers: int) -> None:
        for k in range(layers * 3):
            qml.RY(parameters[k], wires=k % 3)

    assert asked(deep, sizes=3, layers=2).table["n_layers"].tolist() == [2]
    with pytest.raises(ValueError, match="a function of the parameters alone has one size: expected sizes=8"):
        asked(fixed)
    with pytest.raises(ValueError, match=r"sizes: expected some of \[3\], which the circuit has, got \[4\]"):
        asked(node, sizes=4)


def test_hidden_and_measured_wires_of_a_node() -> None:
    """All of a node's wires are hidden or measured; those that it returns are those that are measured."""

    def body(parameters: Any, labels: Any = range(4)) -> None:
        circuit(parameters, list(labels))

    def node(labels: Any, *returned: Any) -> Any:
        def function(parameters: Any) -> Any:
            body(parameters, labels)
            return [qml.probs(wires=wires) for wires in returned]

        return qml.QNode(function, qml.device("default.qubit", wires=list(labels)))

    expected = asked({3: bs.from_pennylane(lambda p, wires: body(p), 4, 8, measured=[0, 1, 2])}, sizes=None).table
    chosen = asked({2: bs.from_pennylane(lambda p, wires: body(p), 4, 8, measured=[3, 1])}, sizes=None).table
    for labels, measured in ((range(4), [3, 1]), ("abcd", ["d", "b"])):
        for hidden in (1, "1", "n-2"):
            pd.testing.assert_frame_equal(asked(node(labels), sizes=None, hidden=hidden).table, expected)
        pd.testing.assert_frame_equal(asked(node(labels, measured), sizes=None, measured=measured).table, chosen)
        settings = {"function": node(labels), "measured": measured}
        pd.testing.assert_frame_equal(asked(settings, sizes=2).table, chosen)
        settings = {"function": node(labels), "measured": {2: measured}}
        pd.testing.assert_frame_equal(asked(settings, sizes=None).table, chosen)
        # Little-endian readers return the wires the other way round, and others a part of them.
        for returned in (list(labels)[::-1], measured):
            with pytest.raises(
                ValueError, match=r"returns what is measured on the wires .*; expected those of the data"
            ):
                asked(node(labels, returned), sizes=None)
    with pytest.raises(ValueError, match=r"hidden: expected fewer than the QNode's 4 wires, got 4"):
        asked(node(range(4)), sizes=None, hidden=4)
    with pytest.raises(ValueError, match=r"hidden: expected none beside a bs.Circuit, which says it itself, got 1"):
        asked(bs.from_pennylane(lambda p, wires: body(p), 4, 8), sizes=None, hidden=1)


def test_what_a_node_returns_and_is_no_distribution_does_not_count() -> None:
    def function(parameters: Any) -> Any:
        circuit(parameters, range(3))
        return qml.expval(qml.Z(1)), qml.probs(), qml.probs(op=qml.X(0)), qml.sample(wires=[0, 1, 2])

    node = qml.QNode(function, qml.device("default.qubit", wires=3))
    pd.testing.assert_frame_equal(asked(node, sizes=None).table, asked(sizes=3).table)


SAMPLES = np.random.default_rng(5).integers(0, 2, (30, 5))


def test_data_in_any_form(tmp_path: Path) -> None:
    expected = asked(data=SAMPLES).table
    strings, counts = np.unique(SAMPLES, axis=0, return_counts=True)
    csv = tmp_path / "bits.csv"
    csv.write_text("\n".join(["bitstring", *("".join(map(str, row)) for row in SAMPLES)]), encoding="utf-8")
    forms = [
        SAMPLES.tolist(),
        SAMPLES.astype(bool),
        1 - 2 * SAMPLES,
        (strings, counts / 30),
        ["".join(map(str, row)) for row in SAMPLES],
        {"".join(map(str, row)): int(count) for row, count in zip(strings, counts, strict=True)},
        {"".join(map(str, row)): count / 30 for row, count in zip(strings, counts, strict=True)},
        bs.Target(strings.astype(np.uint8), counts / 30),
        csv,
        str(csv),
        lambda n, rng: SAMPLES[:, :n],
    ]
    for data in forms:
        pd.testing.assert_frame_equal(asked(data=data).table, expected)


def test_columns_of_the_data_for_each_size() -> None:
    chosen = asked(data=SAMPLES, columns=[4, 2, 0, 1, 3]).table
    pd.testing.assert_frame_equal(asked(data=SAMPLES[:, [4, 2, 0, 1, 3]]).table, chosen)
    assert not asked(data=SAMPLES).table["variance"].equals(chosen["variance"])


def test_sizes_that_are_not_given_end_with_the_data() -> None:
    found = asked("product", SAMPLES, sizes=None)
    assert found.table["n_qubits"].tolist() == [4, 5]


def test_losses_by_name_by_settings_and_as_functions() -> None:
    found = asked("product", loss={"own": hellinger, "wide": {"kind": "mmd", "bandwidth": "n"}, "mmd": "mmd"})
    assert found.losses == ["own", "wide", "mmd"]
    assert found.table.groupby("loss", sort=False)["kind"].first().tolist() == ["function", "mmd", "mmd"]
    # Losses share the starts; one whose noise is sampled moves the stream of random numbers on.
    pair = asked("product", loss={"wide": {"kind": "mmd", "bandwidth": "n"}, "mmd": "mmd"})
    pd.testing.assert_frame_equal(pair["mmd"].table, asked("product").table)
    assert found.settings["losses"]["mmd"]["bandwidth"] == "n/4"

    def slope(q: Any, p: Any) -> Any:
        return -0.5 * np.sqrt((p + 1e-6) / (q + 1e-6))

    own = {"kind": "function", "function": hellinger, "derivative": slope}
    again = asked("product", loss=own)
    assert again.losses == ["hellinger"]
    assert again.table["snr"].to_numpy() == pytest.approx(asked("product", loss=hellinger).table["snr"].to_numpy())
    parity = {"kind": "observable", "function": lambda n: np.array([(-1) ** k.bit_count() for k in range(2**n)])}
    assert asked("product", loss={"parity": parity})["parity"].table["kind"].tolist() == ["observable"] * 2


MISTAKES: list[tuple[dict[str, Any], str]] = [
    (
        {"model": "lines"},
        "circuit: expected one of .*'line', .*a file such as my_circuit.py or a function, got 'lines'",
    ),
    ({"model": "no.py"}, r"circuit\.file: expected the path of an existing file, got 'no.py'"),
    ({"model": 3}, "circuit: expected a family's name, a file, a function .*, got int"),
    ({"model": {4: "line"}}, r"circuit: expected \{n: a bs.Circuit that measures n qubits\}, got 4: str"),
    ({"model": "line"}, "circuit: expected the key 'layers'"),
    ({"model": {"family": "line", "layer": 2}}, "circuit: unknown key 'layer'; expected some of"),
    ({"data": {"sets": "ghz"}}, "data: unknown key 'sets'; expected some of"),
    ({"initialisation": {"kind": "small", "size": 1}}, "initialisation: unknown key 'size'; expected some of"),
    ({"data": "ghs"}, "data: expected one of .*'ghz'.*, or the path of an existing file, got 'ghs'"),
    ({"data": "jets"}, "data: jets are made by the workflow; expected the file"),
    ({"data": [[0, 2], [1, 1]]}, "data: row 0, column 1: expected 0 or 1"),
    ({"data": SAMPLES[:, :3]}, "data: .*expected strings of at least 4 characters, got 3"),
    ({"data": {"0110": -1, "1111": 2}}, "data: row 0: count: expected whole numbers, none below 0"),
    ({"data": ["0110", "111"]}, "data: expected samples of shape .*, got rows of several lengths"),
    ({"data": {}}, "data: expected exactly one of"),
    ({"data": (SAMPLES, np.full(30, 0.5))}, "data: expected probabilities with sum 1, got sum 15"),
    ({"data": (SAMPLES, [1.0])}, r"data: expected 30 probabilities, got shape \(1,\)"),
    ({"data": lambda n, rng: rng.integers(0, 2, (3, 2))}, r"data: from Python: function: expected bitstrings of shape"),
    ({"loss": "mdd"}, "loss: expected one of .*, got 'mdd'"),
    ({"loss": {"kind": "mmd", "bandwith": 1}}, "loss: unknown key 'bandwith'; expected some of"),
    ({"loss": {"kind": "kld", "bandwidth": 1}}, "losses.kld.bandwidth: does not belong to a loss of kind kld"),
    ({"loss": ["mmd", "mmd"]}, "loss: expected different losses"),
    ({"loss": []}, "loss: expected at least one"),
    ({"loss": lambda q, p: "a"}, "losses.function: from Python: function: expected one number"),
    ({"sizes": [4, 4]}, "sizes: expected different whole numbers from 2"),
    ({"sizes": 1.5}, "sizes: expected different whole numbers from 2"),
    ({"sizes": 60, "loss": "reverse_kld"}, "needs the probabilities of all strings"),
    ({"shots": 1}, "shots: shots 1: expected at least 2"),
    ({"draws": 5}, "draws: expected a whole number of at least 10, got 5"),
    ({"seed": -1}, "seed: expected a whole number of at least 0"),
    ({"initialisation": "small"}, "initialisation: expected 'uniform', "),
    ({"initialisation": {"kind": "small"}}, "initialisation: expected the key 'scale'"),
    (
        {"model": lambda p, wires: qml.RX(p[0] ** 2, wires[0])},
        "circuit: from Python: function: .*not an affine function",
    ),
]


@pytest.mark.parametrize(("changed", "message"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_one_clear_line(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        asked(**changed)
    assert "\n" not in str(caught.value)


def test_what_the_answer_tells() -> None:
    found = asked("product", loss=["mmd", "kld"])
    assert len(found) == 2
    with pytest.raises(ValueError, match=r"expected one loss: take one of \['mmd', 'kld'\]"):
        _ = found.answer
    with pytest.raises(KeyError, match="lqf"):
        found["lqf"]
    for one, row in zip(found, found.verdicts.itertuples(), strict=True):
        assert (one.answer, one.reason) == (row.verdict, row.reason)
        assert one.answer in ("visible", "not visible", "borderline")  # Two sizes: no law.
        assert set(one.laws["loss"]) == set(one.table["loss"]) == {row.loss}
        assert repr(one).startswith(f"{row.loss}: {row.verdict}")
        assert repr(one) in repr(found)


def test_the_html_of_a_notebook_is_escaped() -> None:
    found = asked("product")
    assert "<table" in found._repr_html_()
    verdicts = found.verdicts.assign(reason="<script>")
    html = Trainability(found.settings, found.tables | {"verdicts": verdicts})._repr_html_()
    assert "&lt;script&gt;" in html
    assert "<script" not in html


def test_plain_values_are_json() -> None:
    found = asked("product", loss=["mmd", hellinger])
    told = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert [row["variance"] for row in told["sizes"]] == found.table["variance"].tolist()
    assert told["settings"]["losses"]["hellinger"]["file"] == "from Python"
    assert told["sizes"][0]["frozen"] is None


def test_the_figure_is_the_workflows() -> None:
    import matplotlib.pyplot as plt

    drawn = asked("product").plot()
    assert [axis.get_ylabel() for axis in drawn.axes][:2] == ["Var[loss]", "gradient, signal / noise"]
    assert not plt.fignum_exists(drawn.number)
