"""A user's model: its files, data, losses, noise and tables, by hand, by brute force, and against broken variants."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bornscape.bitstrings.sampling import empirical
from bornscape.circuits import line_circuit, product_circuit
from bornscape.circuits.ansatze import FAMILIES, iqp_circuit
from bornscape.claims.comparison import Tables
from bornscape.claims.register import judge_claim
from bornscape.datasets import synthetic_target
from bornscape.losses.gradient import gradient
from bornscape.losses.mmd import MMDLoss
from bornscape.my_model.circuits import model_circuit
from bornscape.my_model.data import data_of, first_columns, generated, read_data
from bornscape.my_model.draws import SizedModel, bodyness_share
from bornscape.my_model.gradient_noise import Kernel, Shift, component, mmd_noise, sampled_noise, shift_noise
from bornscape.my_model.losses import model_loss, observable_values
from bornscape.my_model.precision import MET, NOT_ASKED, SPENT, ChunkStore, draw_until, fingerprint, half_widths
from bornscape.my_model.probe import Probe
from bornscape.my_model.settings import complete, named_files, scale_at, shots_at, size_groups
from bornscape.my_model.shots import extrapolate, shots_needed, signal_to_noise
from bornscape.my_model.starts import start_of
from bornscape.my_model.tables import bodyness_table, extrapolation_table, law_table, size_table
from bornscape.my_model.user_code import UserCodeError, call
from bornscape.my_model.verdicts import judge_loss, number, verdict_table
from bornscape.pages.model_page import as_markdown, describe
from bornscape.simulators.state_vector import probabilities, statevector
from bornscape.statistics import scaling_law

GHZ = {"set": "ghz"}
CIRCUIT = """
import pennylane as qml

def circuit(parameters, wires, layers=1):
    for layer in range(layers):
        for k, wire in enumerate(wires):
            qml.RX(parameters[k], wires=wire)
        qml.CNOT(wires=[wires[0], wires[1]])

def count(n, layers):
    return n

def beyond(parameters, wires):
    qml.RX(parameters[0], wires=len(wires))

def measured(parameters, wires):
    qml.RX(parameters[0], wires=0)
    qml.measure(0)

def infinite(parameters, wires):
    qml.RX(parameters[0] / 0.0, wires=0)

def half(n):
    return n / 2
"""


def settings(**changed: Any) -> dict[str, Any]:
    base = {
        "circuit": {"family": "iqp"},
        "losses": {"mmd": {"kind": "mmd", "bandwidth": "n/4"}, "kld": {"kind": "kld"}},
        "data": GHZ,
        "sizes": [4, 5, 6, 7, 8],
        "draws": 20,
        "chunk": 10,
    }
    return complete(base | changed)


def sized(n: int, **changed: Any) -> SizedModel:
    found = settings(**changed)
    return SizedModel.of(found, n, data_of(found["data"], n, 1))


@pytest.fixture
def own(tmp_path: Path) -> str:
    path = tmp_path / "circuit.py"
    path.write_text(CIRCUIT, encoding="utf-8")
    return str(path)


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


# Circuits


def test_traced_circuit_agrees_with_its_gates(own: str) -> None:
    found = model_circuit({"file": own, "function": "circuit", "parameters": "n"}, 3)
    theta = np.array([0.3, 1.1, -0.4])
    zeros = np.cos(theta / 2) ** 2
    q = probabilities(found, theta)
    # CNOT moves 1x to 1(1-x): bits after it are (a, a xor b, c).
    expected = [zeros[0] if a == 0 else 1 - zeros[0] for a in (0, 1)]
    assert q.reshape(2, 2, 2)[1, 0].sum() == pytest.approx(expected[1] * (1 - zeros[1]))
    assert q.reshape(2, 2, 2)[0, :, 1].sum() == pytest.approx(expected[0] * (1 - zeros[2]))


def test_layers_and_counts_come_from_the_users_functions(own: str) -> None:
    part = {"file": own, "function": "circuit", "parameters": {"function": "count"}, "layers": "log2(n)"}
    found = model_circuit(part, 4)
    assert found.n_parameters == 4
    assert [gate.name for gate in found.gates].count("CNOT") == 2


@pytest.mark.parametrize(
    ("function", "parameters", "message"),
    [
        ("beyond", 1, r"gate RX: uses wires \[4\]; expected wires of 0\.\.3"),
        ("measured", 1, "gate MidMeasureMP: not supported"),
        ("infinite", 1, "ZeroDivisionError|finite angles"),
        ("circuit", "n+1", r"no gate uses the parameters \[4\] of 5"),
        ("circuit", "n-1", "IndexError"),
        ("circuit", "n/8", "expected a whole number of parameters above 0 at n = 4, got 0.5"),
        ("circuit", {"function": "gone"}, "expected a function 'gone'"),
        ("gone", 1, "expected a function 'gone'"),
    ],
)
def test_circuits_that_cannot_be_used(own: str, function: str, parameters: Any, message: str) -> None:
    with pytest.raises(UserCodeError, match=rf"circuit\.py: .*({message})"):
        model_circuit({"file": own, "function": function, "parameters": parameters}, 4)


@pytest.mark.parametrize("family", ["product", *FAMILIES])
def test_families(family: str) -> None:
    part = {"family": family} if family == "product" else {"family": family, "layers": 2}
    expected = product_circuit(4) if family == "product" else FAMILIES[family](4, 2)
    assert model_circuit(part, 4).gates == expected.gates


# Starts


def test_starts() -> None:
    target, rng = synthetic_target("ghz", 4, np.random.default_rng(0)), np.random.default_rng(1)
    uniform = start_of({"kind": "uniform"}, 4, 4000, target)(rng)
    assert 0 <= uniform.min() < 0.01 < 6.27 < uniform.max() < 2 * np.pi
    small = start_of({"kind": "small", "scale": "1/n"}, 4, 4000, target)(rng)
    # 4000 normal draws: the relative standard error of their standard deviation is 1.1 %.
    assert small.std() == pytest.approx(0.25, rel=0.05)
    with pytest.raises(ValueError, match="above 0 at n = 4"):
        scale_at("n-4", 4)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("np.zeros(3)", r"expected 2 finite parameters at n = 4, got shape \(3,\)"),
        ("np.array([0, np.nan])", "not finite"),
        ("'text'", "expected 2 numbers"),
    ],
)
def test_starts_of_a_users_own(tmp_path: Path, answer: str, message: str) -> None:
    path = tmp_path / "start.py"
    path.write_text(
        f"import numpy as np\n\ndef good(n, k, b, p, rng):\n    return p[:k] + 0 * rng.random(k)\n"
        f"\ndef bad(n, k, b, p, rng):\n    return {answer}\n"
    )
    target = synthetic_target("ghz", 4, np.random.default_rng(0))
    rng = np.random.default_rng(1)
    assert start_of({"file": str(path), "function": "good"}, 4, 2, target)(rng).tolist() == [0.5, 0.5]
    with pytest.raises(UserCodeError, match=message):
        start_of({"file": str(path), "function": "bad"}, 4, 2, target)(rng)


# Data


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_samples_are_counted(tmp_path: Path) -> None:
    found = read_data(write(tmp_path / "a.csv", "bitstring\n011\n000\n011\n011\n"))
    assert found.bitstrings.tolist() == [[0, 0, 0], [0, 1, 1]]
    assert found.probabilities.tolist() == [0.25, 0.75]


def test_probabilities_are_kept_and_zeros_dropped(tmp_path: Path) -> None:
    found = read_data(write(tmp_path / "a.csv", "bitstring,probability\n10,0.25\n01,0.75\n00,0\n"))
    assert found.bitstrings.tolist() == [[0, 1], [1, 0]]
    assert found.probabilities.tolist() == [0.75, 0.25]


def test_first_columns_are_the_marginal() -> None:
    found = first_columns(synthetic_target("o_n2", 6, np.random.default_rng(3)), 2)
    whole = synthetic_target("o_n2", 6, np.random.default_rng(3)).dense()
    assert found.dense() == pytest.approx(whole.reshape(4, -1).sum(axis=1))
    with pytest.raises(ValueError, match="at least 3 characters, got 2"):
        first_columns(found, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bitstring\n01\n011\n", "row 3: bitstring: expected 2 characters as in the first, got 3"),
        ("bitstring\n01\n0x\n", "row 3: bitstring: expected characters 0 and 1, got '0x'"),
        ("bitstring\n01\n\n1 0\n", "row 3: bitstring: expected characters 0 and 1"),
        ("bitstring,probability\n01,0.5\n10,0.4\n", "expected probabilities with sum 1, got sum 0.9"),
        ("bitstring,probability\n01,1.5\n10,-0.5\n", "none below 0"),
        ("bitstring,probability\n01,half\n10,0.5\n", "finite probabilities"),
        ("bitstring,probability\n01,0.5\n01,0.5\n", "expected distinct strings"),
        ("01\n10\n", "expected a header 'bitstring'"),
        ("bitstring\n", "at least one row"),
        ("", "expected a CSV file"),
    ],
)
def test_bad_csv_files(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ValueError, match=rf"a\.csv: .*{message}"):
        read_data(write(tmp_path / "a.csv", text))


def test_missing_csv_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"gone\.csv: cannot be read"):
        read_data(tmp_path / "gone.csv")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("np.zeros((5, n + 1))", r"expected bitstrings of shape \(M, 3\), got shape \(5, 4\)"),
        ("np.full((5, n), 2)", "zeros and ones"),
        ("(np.eye(n), np.ones(n))", "sum 1, got sum 3"),
        ("(np.eye(n), np.ones(2) / 2)", "expected 3 probabilities"),
        ("(np.eye(n),)", "got 1 parts"),
    ],
)
def test_generators_that_return_something_else(tmp_path: Path, answer: str, message: str) -> None:
    path = write(tmp_path / "data.py", f"import numpy as np\n\ndef make(n, rng):\n    return {answer}\n")
    with pytest.raises(UserCodeError, match=rf"data\.py: make: .*{message}"):
        generated(str(path), "make", 3, np.random.default_rng(0))


def test_generated_data_follow_their_own_seed(tmp_path: Path) -> None:
    path = write(tmp_path / "data.py", "def make(n, rng):\n    return rng.integers(0, 2, (50, n))\n")
    part = {"file": str(path), "function": "make"}
    first, again = data_of(part, 4, 1), data_of(part, 4, 1)
    assert np.array_equal(first.dense(), again.dense())
    assert not np.array_equal(first.dense(), data_of(part, 4, 2).dense())
    assert np.array_equal(first.dense(), data_of(part | {"seed": 1}, 4, 2).dense())


# Losses


def test_losses_of_a_users_own(tmp_path: Path) -> None:
    path = write(
        tmp_path / "loss.py",
        "import autograd.numpy as anp\nimport numpy as np\n\n"
        "def diagonal(n):\n    return np.arange(2.0**n)\n\n"
        "def square(q, p):\n    return anp.sum((q - p) ** 2)\n\n"
        "def opaque(q, p):\n    return float(np.sum(np.asarray(q) ** 2))\n\n"
        "def slope(q, p):\n    return 2 * q\n\n"
        "def text(q, p):\n    return 'a'\n\n"
        "def nothing(q, p):\n    return np.nan\n\n"
        "def short(n):\n    return np.zeros(3)\n",
    )
    circuit, target = iqp_circuit(3), synthetic_target("ghz", 3, np.random.default_rng(0))
    q, p = np.full(8, 1 / 8), target.dense()

    def loss(**part: Any) -> Any:
        return model_loss("l", {"kind": "function", "file": str(path)} | part, circuit, target).objective.loss

    assert loss(function="square")(q) == pytest.approx(np.sum((q - p) ** 2))
    assert loss(function="square").derivative(q) == pytest.approx(2 * (q - p))
    assert loss(function="opaque", derivative="slope").derivative(q) == pytest.approx(2 * q)
    with pytest.raises(UserCodeError, match="opaque: no derivative: expected a function written with autograd"):
        loss(function="opaque").derivative(q)
    with pytest.raises(UserCodeError, match="text: expected one number, got str"):
        loss(function="text")(q)
    with pytest.raises(UserCodeError, match="nothing: expected a finite number"):
        loss(function="nothing")(q)
    assert loss(kind="observable", function="diagonal")(q) == pytest.approx(3.5)
    with pytest.raises(UserCodeError, match=r"expected the diagonal, finite and of shape \(8,\), got shape \(3,\)"):
        observable_values(str(path), "short", 3)


# One gradient component


@pytest.mark.parametrize("circuit", [iqp_circuit(3), line_circuit(3, 2), FAMILIES["hamming_weight"](4, 2)])
def test_component_is_the_exact_derivative(circuit: Any) -> None:
    rng = np.random.default_rng(5)
    theta = rng.uniform(0, 2 * np.pi, circuit.n_parameters)
    p = synthetic_target("ghz", circuit.n_qubits, rng).dense()
    loss, probe = MMDLoss(p, 1.0), Probe(circuit, None)
    psi = statevector(circuit, theta)
    exact = gradient(circuit, theta, loss)
    active = probe.active_parameters()
    assert active
    for k in range(circuit.n_parameters):
        found = component(loss.derivative(np.abs(psi) ** 2), probe.shifts(theta, k, psi))
        assert found == pytest.approx(exact[k], abs=1e-12)
        assert k in active or found == 0


def test_component_of_shared_and_scaled_parameters(tmp_path: Path) -> None:
    path = write(
        tmp_path / "shared.py",
        "import pennylane as qml\n\ndef circuit(x, wires):\n    for k, w in enumerate(wires):\n"
        "        qml.RY((k + 1) * x[0], wires=w)\n    qml.IsingXX(-0.5 * x[0] + 1, wires=wires[:2])\n"
        "    qml.RX(x[1], wires=wires[0])\n",
    )
    circuit = model_circuit({"file": str(path), "function": "circuit", "parameters": 2}, 3)
    theta, loss = np.array([0.4, 1.3]), MMDLoss(synthetic_target("ghz", 3, np.random.default_rng(0)).dense(), 2.0)
    psi, probe = statevector(circuit, theta), Probe(circuit, None)
    slope = loss.derivative(np.abs(psi) ** 2)
    found = [component(slope, probe.shifts(theta, k, psi)) for k in (0, 1)]
    assert found == pytest.approx(gradient(circuit, theta, loss), abs=1e-12)


def shifts_of(n: int, rng: np.random.Generator) -> tuple[np.ndarray, list[Shift]]:
    q = rng.dirichlet(np.ones(2**n))
    pairs = [Shift(c, *rng.dirichlet(np.ones(2**n), size=2)) for c in (1.0, -0.5)]
    return q, pairs


def test_exact_noise_of_linear_losses_by_hand() -> None:
    # One bit, value 1 with probabilities a and b: variance of half the difference is (a(1-a) + b(1-b)) / 4.
    shift = Shift(2.0, np.array([0.3, 0.7]), np.array([0.9, 0.1]))
    assert shift_noise(np.array([0.0, 1.0]), [shift]) == pytest.approx(4 * (0.21 + 0.09) / 4)


def mean_square_error(loss: MMDLoss, q: np.ndarray, shifts: list[Shift], shots: int, tries: int) -> np.ndarray:
    """Squared errors of the estimate, from all three distributions drawn anew."""
    rng, exact = np.random.default_rng(11), component(loss.derivative(q), shifts)
    found = np.empty(tries)
    for k in range(tries):
        slope = loss.derivative(empirical(q, shots, rng))
        seen = [Shift(s.factor, empirical(s.plus, shots, rng), empirical(s.minus, shots, rng)) for s in shifts]
        found[k] = component(slope, seen) - exact
    return found**2


@pytest.mark.parametrize("bandwidth", [0.7, (0.2, 3.0)])
def test_exact_noise_of_the_mmd_against_sampling(bandwidth: Any) -> None:
    q, shifts = shifts_of(3, np.random.default_rng(2))
    loss = MMDLoss(np.eye(8)[0], bandwidth)
    found = mmd_noise(Kernel.of(loss), loss.derivative(q), q, shifts)
    for shots in (2, 5):  # So few that B matters.
        errors = mean_square_error(loss, q, shifts, shots, 4000)
        deviation = (errors.mean() - found.at(shots)) / (errors.std() / math.sqrt(len(errors)))
        assert abs(deviation) < 4  # False alarm in 6e-5 of seeds.
        without = (errors.mean() - found.first / shots) / (errors.std() / math.sqrt(len(errors)))
        assert without > 4  # The test can see B: leaving it out is noticed.


def test_sampled_noise_agrees_with_exact_noise() -> None:
    q, shifts = shifts_of(3, np.random.default_rng(4))
    loss, rng = MMDLoss(np.eye(8)[3], 1.0), np.random.default_rng(8)
    slope = loss.derivative(q)
    exact = mmd_noise(Kernel.of(loss), slope, q, shifts).at(50)
    assert sampled_noise(loss, component(slope, shifts), q, shifts, 50, 4000, rng) == pytest.approx(exact, rel=0.12)


def test_bodyness_of_observables() -> None:
    n = 4
    bits = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    assert bodyness_share(bits.sum(axis=1) + 5.0) == pytest.approx([0, 1, 0, 0, 0])
    assert bodyness_share(1.0 - 2 * (bits.sum(axis=1) % 2)) == pytest.approx([0, 0, 0, 0, 1])
    # |0..0><0..0| has all subsets alike.
    assert bodyness_share(np.eye(16)[0]) == pytest.approx(np.array([0, 4, 6, 4, 1]) / 15)
    assert bodyness_share(np.full(16, 3.0)) == pytest.approx(0)


# Draws


def test_draws_hold_what_is_measured() -> None:
    found = sized(4, losses={"mmd": {"kind": "mmd", "bandwidth": 1}, "kld": {"kind": "kld"}, "lqf": {"kind": "lqf"}})
    chunk = found.chunk(6, np.random.default_rng(3))
    rng = np.random.default_rng(3)
    theta = found.start(rng)
    q, p = probabilities(found.circuit, theta), found.target.dense()
    first = chunk.draws[chunk.draws["draw"] == 0].set_index("loss")
    assert first.loc["mmd", "value"] == pytest.approx(MMDLoss(p, 1.0)(q))
    assert first.loc["mmd", "mass"] == pytest.approx(q[0] + q[-1])
    k = found.parameters[int(rng.integers(len(found.parameters)))]
    assert first.loc["mmd", "gradient"] == pytest.approx(gradient(found.circuit, theta, MMDLoss(p, 1.0))[k])
    assert chunk.draws.groupby("loss").size().tolist() == [6, 6, 6]
    assert chunk.spectra.groupby("loss")["total"].sum().to_numpy() == pytest.approx([6, 6, 6])


def test_draws_are_fixed_by_the_generator() -> None:
    found = [sized(3).chunk(4, np.random.default_rng(seed)).draws for seed in (1, 1, 2)]
    pd.testing.assert_frame_equal(found[0], found[1])
    assert not found[0].equals(found[2])


def test_estimates_freeze_where_no_shot_hits_the_data(tmp_path: Path) -> None:
    path = write(
        tmp_path / "start.py", "import numpy as np\n\ndef flip(n, k, b, p, rng):\n    return np.full(k, np.pi)\n"
    )
    start = {"file": str(path), "function": "flip"}
    # R_y(pi) on every qubit gives |1...1> for certain: never the data |0...0>, always the data |1...1>.
    circuit = {"family": "real", "layers": 0}
    missed = sized(3, circuit=circuit, initialisation=start, data={"set": "zero"}).chunk(3, np.random.default_rng(0))
    hit = sized(3, circuit=circuit, initialisation=start, data=GHZ).chunk(3, np.random.default_rng(0))
    assert missed.draws[missed.draws["loss"] == "kld"]["frozen"].tolist() == [1, 1, 1]
    assert hit.draws[hit.draws["loss"] == "kld"]["frozen"].tolist() == [0, 0, 0]
    assert missed.draws[missed.draws["loss"] == "mmd"]["frozen"].isna().all()


def test_a_circuit_that_nothing_moves_is_an_error() -> None:
    found = sized(3, circuit={"family": "hamming_weight", "layers": 0})
    with pytest.raises(ValueError, match="no parameter changes what is measured"):
        found.chunk(2, np.random.default_rng(0))


# Precision


class Source:
    """Chunks of normal draws that count how often they are made."""

    def __init__(self) -> None:
        self.made: list[int] = []

    def chunk(self, index: int) -> Any:
        from bornscape.my_model.draws import Chunk

        self.made.append(index)
        rng = np.random.default_rng(index)
        draws = pd.DataFrame({"loss": "l", "draw": np.arange(20), "value": rng.normal(size=20)})
        spectra = pd.DataFrame({"loss": "l", "order": [0, 1], "draws": 20, "total": 1.0, "squares": 1.0})
        return Chunk(draws, spectra)


@pytest.mark.parametrize(
    ("precision", "max_draws", "drawn", "state"),
    [(None, 40, 40, NOT_ASKED), (0.01, 100, 100, SPENT), (10.0, 100, 40, MET), (0.01, 95, 80, SPENT)],
)
def test_draws_stop_at_the_precision_or_the_budget(
    precision: float | None, max_draws: int, drawn: int, state: str
) -> None:
    source = Source()
    found, ended = draw_until(source.chunk, 20, 40, max_draws, precision)
    assert (len(found.draws), ended) == (drawn, state)
    assert found.draws["draw"].tolist() == list(range(drawn))
    assert found.spectra["draws"].tolist() == [drawn, drawn]


def test_precision_needs_the_worst_loss_to_meet_it() -> None:
    source = Source()
    found, ended = draw_until(source.chunk, 20, 20, 2000, 0.3)
    assert ended == MET
    assert half_widths(found.draws)["l"] <= 0.3
    # One chunk fewer does not meet it: the run stops at the first chunk that does.
    before = found.draws[found.draws["draw"] < len(found.draws) - 20]
    assert half_widths(before)["l"] > 0.3


def test_stored_chunks_are_used_again_and_stale_ones_dropped(tmp_path: Path) -> None:
    source = Source()
    for key, expected in (("a", [0, 1]), ("a", [0, 1]), ("b", [0, 1, 0])):
        store = ChunkStore(tmp_path, key)
        for index in range(2 if key == "a" else 1):
            store.get(index, lambda index=index: source.chunk(index))
        assert source.made == expected
    assert all("_b_" in path.name for path in tmp_path.glob("*.parquet"))


def test_fingerprint_knows_what_numbers_depend_on(tmp_path: Path) -> None:
    path = write(tmp_path / "a.py", "1")
    base = fingerprint(settings(), 1, [path])
    assert base == fingerprint(settings(draws=40, sizes=[4]), 1, [path])
    assert base != fingerprint(settings(), 2, [path])
    assert base != fingerprint(settings(shots=7), 1, [path])
    write(path, "2")
    assert base != fingerprint(settings(), 1, [path])


# Signal and noise


def test_shots_needed_solve_the_equation() -> None:
    gradients, ones = np.full(50, 0.1), np.ones(50)
    found = shots_needed(gradients, 2 * ones, 3 * ones)
    assert 2 / found.estimate + 3 / found.estimate**2 == pytest.approx(0.01)
    assert shots_needed(0 * ones, ones, ones).estimate == math.inf
    assert shots_needed(gradients, 2 * ones, 0 * ones).estimate == pytest.approx(200)


@given(st.floats(1e-160, 1e3), st.floats(1e-6, 1e6))
def test_ratio_is_one_at_the_shots_needed(size: float, second: float) -> None:
    rng = np.random.default_rng(0)
    gradients = size * rng.normal(size=30)
    a, b = size**2 * rng.random(30), size**2 * second * rng.random(30)
    if not (gradients**2).all() or not b.all():
        return
    count = shots_needed(gradients, a, b).estimate
    assert signal_to_noise(gradients, a / count + b / count**2).estimate == pytest.approx(1, rel=1e-6)


def test_interval_of_the_shots_needed_covers() -> None:
    # E[g^2] = 1, E[A] = 2, B = 0: 2 shots. 95 % intervals of 300 samples of 100 draws.
    rng, hits = np.random.default_rng(6), 0
    for _ in range(300):
        found = shots_needed(rng.normal(size=100), 4 * rng.random(100), np.zeros(100))
        hits += found.low <= 2 <= found.high
    assert 0.90 <= hits / 300 <= 0.99


def points(law: str, noise: float = 0.02) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n = np.array([4, 5, 6, 7, 8, 10, 12])
    values = (2.0**n if law == "exponential" else n**2.0) * np.exp(noise * np.sin(37.0 * n))
    return n, values, np.column_stack([values / (1 + 2 * noise), values * (1 + 2 * noise)])


@pytest.mark.parametrize("law", ["exponential", "polynomial"])
def test_extrapolation_follows_the_law(law: str) -> None:
    n, values, intervals = points(law)
    found_law = scaling_law(n, 1 / values, 1 / intervals[:, ::-1])
    assert found_law.preferred == law
    found = extrapolate(n, values, intervals, found_law, 50)
    expected = 2.0**50 if law == "exponential" else 2500
    assert found.law == law
    assert found.low <= expected <= found.high
    other = 2500 if law == "exponential" else 2.0**50
    assert not found.low <= other <= found.high
    # It widens with the distance.
    near = extrapolate(n, values, intervals, found_law, 8)
    assert near.high / near.low < found.high / found.low


def test_extrapolation_of_an_undecided_law_holds_both() -> None:
    n, values, intervals = points("exponential")
    undecided = scaling_law(n[:4], 1 / values[:4], 1 / intervals[:4, ::-1])
    assert undecided.preferred == "inconclusive"
    found = extrapolate(n[:4], values[:4], intervals[:4], undecided, 50)
    assert found.law == "undecided: both laws"
    assert found.low < 1e6 < 2.0**50 < found.high


# Tables and verdicts, from made-up draws that obey a law


def made_up(rates: dict[str, float], frozen: float = 0.0, power: bool = False, mass: float = 1.0) -> Any:
    """Draws of each loss whose variance falls as exp(-rate n), or n^-rate; with the gradient and A following it."""
    rng = np.random.default_rng(1)
    rows = []
    for n in (4, 5, 6, 7, 8, 10, 12):
        for label, rate in rates.items():
            scale = n ** (-rate / 2) if power else math.exp(-rate * n / 2)
            # Of variance 1 exactly, so that only the fit's own judgement is tested.
            values, moved = (stats.zscore(rng.normal(size=400), ddof=1) for _ in range(2))
            frame = pd.DataFrame({"value": scale * values, "gradient": scale * moved})
            share = math.exp(-mass * n) if mass < 1 else 1.0
            frame["mass"] = share * np.exp(0.1 * rng.normal(size=400)) if mass < 1 else 1.0
            frame["frozen"] = (rng.random(400) < frozen).astype(float)
            rows.append(frame.assign(loss=label, n_qubits=n, draw=np.arange(400), noise=1e-3, first=1.0, second=0.0))
    return pd.concat(rows, ignore_index=True)


def verdicts(draws: pd.DataFrame, **losses: Any) -> tuple[Any, pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    found = settings(losses=losses or {"l": {"kind": "mmd", "bandwidth": 1}}, sizes=[4, 5, 6, 7, 8, 10, 12])
    sizes = size_table(found, draws, dict.fromkeys(found["sizes"], NOT_ASKED))
    laws = law_table(found, sizes)
    return verdict_table(found, sizes, laws).set_index("loss"), sizes, laws, found


def test_exponential_and_polynomial_variances_are_told_apart() -> None:
    kind = {"kind": "mmd", "bandwidth": 1}
    assert verdicts(made_up({"l": 1.0}), l=kind)[0].loc["l", "verdict"] == "no"
    found = verdicts(made_up({"l": 3.0}, power=True), l=kind)[0].loc["l"]
    assert found["verdict"] == "yes"
    assert "polynomially" in found["reason"]


def test_frozen_estimates_decide_whatever_the_variance() -> None:
    found = verdicts(made_up({"l": 3.0}, frozen=0.97, power=True), l={"kind": "kld"})[0].loc["l"]
    assert found["verdict"] == "no"
    assert "estimates from 1000 shots equal the fixed point at 9" in found["reason"]
    assert "by n = 12" in found["reason"]
    # The control: the same variances with live estimates are not refused for that.
    live = verdicts(made_up({"l": 3.0}, power=True), l={"kind": "kld"})[0].loc["l"]
    assert live["verdict"] == "yes"


def test_explicit_losses_need_shots_that_hit_the_data() -> None:
    found = verdicts(made_up({"l": 3.0}, power=True, mass=0.7), l={"kind": "kld"})[0].loc["l"]
    assert (found["verdict"], "chance that a shot hits the data falls exponentially" in found["reason"]) == ("no", True)
    other = verdicts(made_up({"l": 3.0}, power=True, mass=0.7), l={"kind": "lqf"})[0].loc["l"]
    assert other["verdict"] == "yes"


def test_a_flat_loss_and_few_sizes() -> None:
    draws = made_up({"l": 1.0})
    flat = draws.assign(value=2.0)
    assert verdicts(flat)[0].loc["l"].tolist()[1:3] == [
        "no",
        "the loss is the same at every draw: no parameter changes it",
    ]
    few = draws[draws["n_qubits"] <= 6]
    found = settings(losses={"l": {"kind": "mmd", "bandwidth": 1}}, sizes=[4, 5, 6])
    sizes = size_table(found, few, dict.fromkeys([4, 5, 6], NOT_ASKED))
    verdict = judge_loss(found, "l", sizes, law_table(found, sizes))
    assert verdict.verdict == "inconclusive"
    assert "measured at 3 sizes" in verdict.reason
    assert extrapolation_table(found, sizes)["shots_needed"].isna().all()


def test_shots_below_the_noise_are_warned_of() -> None:
    found, sizes, _, _ = verdicts(made_up({"l": 3.0}, power=True).assign(noise=10.0))
    assert "with 1000 shots a gradient component is" in found.loc["l", "warning"]
    last = sizes[sizes["n_qubits"] == 12].iloc[0]
    # A = 1, B = 0 and E[g^2] = 12^-3.
    assert last["shots_ci_low"] < 12**3 < last["shots_ci_high"]
    assert verdicts(made_up({"l": 3.0}, power=True).assign(noise=1e-9))[0].loc["l", "warning"] == ""


def test_extrapolations_carry_a_warning() -> None:
    _, sizes, _, found = verdicts(made_up({"l": 1.0}))
    table = extrapolation_table(found, sizes)
    assert table["n_qubits"].tolist() == [20, 50, 100]
    assert all(note.startswith("WARNING: extrapolated to") for note in table["note"])
    assert (table["ci_low"] < table["shots_needed"]).all()
    assert table["law"].tolist() == ["exponential"] * 3
    assert table["ci_low"][0] < math.exp(20) < table["ci_high"][0]


def test_bodyness_shares_are_means_over_draws() -> None:
    found = settings(losses={"mmd": {"kind": "mmd", "bandwidth": "n/4"}})
    chunk = sized(4, losses=found["losses"]).chunk(30, np.random.default_rng(2))
    table = bodyness_table(found, chunk.spectra.assign(n_qubits=4))
    assert table["share"].sum() == pytest.approx(1)
    assert table["kernel_weight"].sum() == pytest.approx(1)
    assert (table["ci_low"] <= table["share"]).all()
    assert (table["share"] <= table["ci_high"]).all()


def test_claims_about_models_can_say_no(tmp_path: Path) -> None:
    rows = []
    for name, power in (("steep", False), ("flat", True)):
        laws = verdicts(made_up({"mmd": 3.0 if power else 1.0}, power=power), mmd={"kind": "mmd", "bandwidth": 1})[2]
        rows.append(laws.assign(model=name))
    pd.concat(rows).to_csv(tmp_path / "model_laws.csv", index=False)
    claim: dict[str, Any] = {"claim": "c", "kind": "scaling", "check": "model_law", "tolerance": 0.05}
    claim |= {"settings": {"model": "steep", "loss": "mmd", "quantity": "variance"}, "control": {"model": "flat"}}
    claim |= {"evidence": ["model_laws.csv"]}
    tables = Tables(tmp_path)
    found, control = judge_claim(claim | {"expected": "exponential"}, tables)
    assert (found.verdict, control.verdict) == ("reproduced", "contradicted")
    found, control = judge_claim(claim | {"expected": "polynomial"}, tables)
    assert (found.verdict, control.verdict) == ("contradicted", "reproduced")


# Words


def test_words() -> None:
    assert number(1234.4) == "1,234"
    assert number(3.4e12) == "3.4e+12"
    assert describe({"family": "line", "layers": "log2(n)"}) == "line, layers: log2(n)"
    assert describe({"kind": "small", "scale": 0.1}) == "normal angles, sd 0.1"
    table = pd.DataFrame([dict.fromkeys(("model", "circuit", "initialisation", "data", "loss"), "a|b")])
    text = as_markdown(table.assign(verdict="no", reason="<b>", warning=""))
    assert "a\\|b" in text
    assert "&lt;b&gt;" in text


def test_settings() -> None:
    found = settings(data={"csv": "a.csv"}, circuit={"file": "b.py", "function": "f", "parameters": 1})
    assert named_files(found) == ["a.csv", "b.py"]
    assert size_groups([4, 8, 12, 13, 14]) == [[4, 8, 12], [13], [14]]
    assert shots_at("n**2", 10) == 100
    with pytest.raises(ValueError, match="at least 2 at n = 4"):
        shots_at("n-3", 4)
