"""The experiments on faithfulness and phases: layout, exact cases, and that the treatments are what they say."""

import numpy as np
import pytest

from bornscape.circuits import line_circuit
from bornscape.circuits.ansatze import real_circuit
from bornscape.datasets import Target, synthetic_target
from bornscape.experiments import faithfulness, phases
from bornscape.losses.fidelity import quantum_fidelity_loss
from bornscape.simulators.state_vector import probabilities, statevector
from bornscape.training import objective
from bornscape.training.objectives import own_phases
from support.reference import all_strings

FAITHFUL = {"n_layers": [0, 1], "draws": 3, "trainings": 2}
PHASES = {"n_layers": "log2(n)", "shots": None, "epochs": 6, "record_every": 4, "repetitions": 2}


def ghz(n: int) -> dict[str, Target]:
    return {"ghz": synthetic_target("ghz", n, np.random.default_rng(0))}


def test_faithfulness() -> None:
    rows = faithfulness.measure(3, FAITHFUL, ghz(3), np.random.default_rng(1)).assign(n_qubits=3, chunk=0)
    table = faithfulness.table(rows, FAITHFUL)
    assert list(table.columns) == faithfulness.COLUMNS
    assert table["case"].value_counts().to_dict() == {
        "random": 6, "product": 2, "entangled": 2, "parity": 1, "uniform": 1, "printed": 1,
    }  # fmt: skip
    cases = dict(iter(table.groupby("case")))
    assert cases["product"][["lqf", "qf"]].max().max() < 1e-12
    assert cases["entangled"]["lqf"].to_numpy() == pytest.approx(0.5)
    assert cases["entangled"]["qf"].min() > 0.4
    # H^3 turns the uniform even-parity state into the GHZ state: each bit is 1 at every second shot.
    assert cases["parity"][["lqf", "qf"]].to_numpy() == pytest.approx(0.5)
    assert cases["parity"]["mmd_truncated"].item() < 1e-25 < 1e-3 < cases["parity"]["mmd"].item()
    assert cases["uniform"][["lqf", "qf", "mmd"]].to_numpy() == pytest.approx(0, abs=1e-14)
    assert cases["printed"]["mmd_truncated"].item() > 0.01


def test_two_bits_have_no_case_of_marginals() -> None:
    rows = faithfulness.measure(2, FAITHFUL, ghz(2), np.random.default_rng(1))
    assert set(rows["case"]) == {"random", "product", "entangled"}


def test_phases_layout() -> None:
    rows = phases.measure(3, PHASES, ghz(3), np.random.default_rng(0)).assign(n_qubits=3, chunk=1)
    table = phases.table(rows, PHASES)
    assert list(table.columns) == phases.COLUMNS
    assert set(table["epoch"]) == {0, 4, 6}
    assert set(table["repetition"]) == {2, 3}  # counted on from chunk 0
    pairs = {(row.ansatz, row.loss) for row in table.itertuples()}
    assert pairs == {(ansatz, loss) for ansatz, losses in phases.LOSSES.items() for loss in losses}
    # Losses of one ansatz start from the same angles.
    first = table[table["epoch"] == 0].groupby(["ansatz", "repetition"])["tvd"]
    assert (first.nunique() == 1).all()


def test_ansaetze_have_as_many_parameters_or_layers() -> None:
    found = phases.ansaetze(9, 3)
    assert found["line"].n_parameters == 132
    assert abs(found["real_parameters"].n_parameters - 132) <= 9 / 2
    assert len(found["real_layers"].layer_ends) == len(found["line"].layer_ends)


def test_own_phases_leave_the_classical_fidelity() -> None:
    """With the model's own phases the overlap is sum sqrt(p q), whatever the phases; with none it is less."""
    rng = np.random.default_rng(3)
    model = line_circuit(3, 2)
    theta = rng.uniform(0, 2 * np.pi, model.n_parameters)
    p = rng.dirichlet(np.ones(8))
    free = own_phases(model, theta, p)
    np.testing.assert_allclose(np.abs(free) ** 2, p, atol=1e-15)
    overlap = abs(statevector(model, theta).conj() @ free) ** 2
    assert overlap == pytest.approx(np.sqrt(p * probabilities(model, theta)).sum() ** 2)
    assert overlap > 1 - quantum_fidelity_loss(model, theta, p) + 1e-3


def test_a_model_without_an_amplitude_gets_phase_zero() -> None:
    model = real_circuit(2, 0)
    free = own_phases(model, np.zeros(2), np.array([0.5, 0, 0, 0.5]))
    np.testing.assert_allclose(free, np.sqrt([0.5, 0, 0, 0.5]))


def test_training_lowers_the_distance_of_a_learnable_target() -> None:
    """A real product target: a real circuit of one layer learns it by each loss."""
    p = probabilities(real_circuit(2, 0), np.array([0.8, 1.9]))
    target = {"made": Target(all_strings(2), p)}
    settings = PHASES | {"epochs": 400, "record_every": 400, "repetitions": 1, "n_layers": 1}
    rows = phases.measure(2, settings, target, np.random.default_rng(5))
    for _, part in rows.groupby(["ansatz", "loss"]):
        curve = part.sort_values("epoch")["tvd"].to_numpy()
        assert curve[-1] < 0.5 * curve[0]


def test_sampled_gradients() -> None:
    settings = PHASES | {"shots": 50, "epochs": 2, "repetitions": 1}
    first, second = (phases.measure(2, settings, ghz(2), np.random.default_rng(8)) for _ in range(2))
    assert first.equals(second)
    assert objective(line_circuit(2, 1), np.array([0.5, 0, 0, 0.5]), "lqf").initial is not None
