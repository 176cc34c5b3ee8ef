"""Proposition 2: draws against brute force and closed forms; its claims and those of Fig. 4."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pennylane as qml
import pytest

from bornscape.circuits import line_circuit
from bornscape.claims.comparison import Tables
from bornscape.claims.register import judge_claim
from bornscape.experiments.concentration import COLUMNS, deep_draw, near_draw, noisy_draw, product_draw
from bornscape.experiments.concentration import measure as measure_concentration
from bornscape.experiments.concentration import table as concentration_table
from bornscape.experiments.kld_estimates import measure as measure_kld
from bornscape.experiments.kld_estimates import table as kld_table
from bornscape.simulators.product import string_probabilities
from support.reference import all_strings
from support.shipped import BANDWIDTHS, shipped_claims

CLAIMS = {c["claim"]: c for c in shipped_claims()}

# Noise


def noisy_reference(n: int, layers: int, theta: np.ndarray, noise: float) -> np.ndarray:
    """Depolarising channels after every layer, on PennyLane's density matrices."""
    circuit = line_circuit(n, layers)

    @qml.qnode(qml.device("default.mixed", wires=n))
    def node() -> Any:
        for k, gate in enumerate(circuit.gates):
            getattr(qml, gate.name)(*[theta[i] for i in gate.angles], wires=gate.wires)
            if k + 1 in circuit.layer_ends[1:]:
                for wire in range(n):
                    qml.DepolarizingChannel(noise, wires=wire)
        return qml.probs(wires=range(n))

    return np.asarray(node())


def test_pairs_of_trajectories_are_unbiased_for_the_noisy_squares() -> None:
    circuit, noise, gaps = line_circuit(2, 1), 0.3, []
    for seed in range(150):
        # The draw takes its angles first.
        theta = np.random.default_rng(seed).uniform(0, 2 * np.pi, circuit.n_parameters)
        _, squares = noisy_draw(circuit, noise, 6, np.random.default_rng(seed))
        gaps.append(squares - np.sum((noisy_reference(2, 1, theta, noise) - 0.25) ** 2))
    assert abs(np.mean(gaps)) < 5 * np.std(gaps, ddof=1) / np.sqrt(len(gaps))


# Proposition 2


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_product_draw_by_brute_force(n: int) -> None:
    at_zero, squares = product_draw(n, np.random.default_rng(7))
    z = np.random.default_rng(7).uniform(-1, 1, (1, n))[0]
    q = string_probabilities(z, all_strings(n))
    assert at_zero == pytest.approx(q[0])
    assert squares == pytest.approx(np.sum((q - 2.0**-n) ** 2))


def test_the_variances_of_product_and_deep_circuits_are_their_closed_forms() -> None:
    """5 standard errors."""
    rng, n = np.random.default_rng(2), 4
    size = 2**n
    for draw, expected in (
        (product_draw, 3.0**-n - 4.0**-n),
        (deep_draw, (size - 1) / (size**2 * (size + 1))),
    ):
        values = np.array([draw(n, rng)[1] for _ in range(4000)]) / size
        assert abs(values.mean() - expected) < 5 * values.std(ddof=1) / np.sqrt(len(values))


SETTINGS = {"draws": 12, "depths": {"shallow": "log2(n)", "linear": "n"}, "largest_state": 4, "largest_noisy": 4}
SETTINGS |= {"noise": 0.05, "trajectories": 2}


def near_variance(n: int) -> float:
    """Var[q(0...0)] of normal angles of variance 1/n: E[cos^2(a / 2)] and E[cos^4(a / 2)] to the n."""
    e = np.exp(-1 / (2 * n))
    return float(((3 + 4 * e + e**4) / 8) ** n - ((1 + e) / 2) ** (2 * n))


def made_up_concentration() -> pd.DataFrame:
    """A table whose circuits obey the claims, known to 5 %: laws need more draws than a test can make."""
    laws = {name: lambda n: 3.0**-n - 4.0**-n for name in ("product", "shallow", "design_shallow")}
    laws |= {name: lambda n: 4.0**-n for name in ("linear", "deep", "design_linear")}
    laws |= {"noisy": lambda n: 4.0**-n * np.exp(-0.4 * n), "near": near_variance}
    rows = [
        {"n_qubits": n, "circuit": name, "draws": 300, "mean": 2.0**-n, "variance": law(n)}
        for name, law in laws.items()
        for n in (4, 5, 6, 7, 8, 10, 12, 16, 24, 40)
    ]
    table = pd.DataFrame(rows)
    for end, factor in (("low", 1 / 1.05), ("high", 1.05)):
        table[f"ci_{end}"], table[f"mean_ci_{end}"] = factor * table["variance"], factor * table["mean"]
    return table.reindex(columns=COLUMNS)


def test_the_table_holds_every_circuit_and_near_angles_by_their_closed_form() -> None:
    """5 standard errors of 4000 squares."""
    rows = measure_concentration(4, SETTINGS, {}, np.random.default_rng(0)).assign(n_qubits=4)
    table = concentration_table(rows, SETTINGS)
    assert list(table.columns) == COLUMNS
    assert set(table["circuit"]) == set(made_up_concentration()["circuit"])
    rng = np.random.default_rng(6)
    squares = np.array([near_draw(5, rng)[1] for _ in range(4000)]) / 2**5
    assert abs(squares.mean() - near_variance(5)) < 5 * squares.std(ddof=1) / np.sqrt(4000)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """A small run of both experiments."""
    folder = tmp_path_factory.mktemp("run")
    rng = np.random.default_rng(11)
    made_up_concentration().to_csv(folder / "proposition_2.csv", index=False)
    kld = {"draws": 800, "measurements": [round(10 ** (k / 2)) for k in range(13)], "epsilon": 1e-14}
    kld["ensembles"] = ["product_haar", "product_ry", "haar", "product_near"]
    parts = [measure_kld(n, kld, {}, rng).assign(n_qubits=n) for n in (4, 5, 6, 7, 8, 9, 10, 30)]
    kld_table(pd.concat(parts), kld).to_csv(folder / "fig_4.csv", index=False)
    return Tables(folder, BANDWIDTHS)


RESULTS = ("proposition_2", "fig_4")


@pytest.mark.parametrize("claim", [name for name, c in CLAIMS.items() if c["result"] in RESULTS])
def test_every_claim_is_reproduced_and_its_broken_variant_contradicted(claim: str, run: Tables) -> None:
    found, control = judge_claim(CLAIMS[claim], run)
    assert (found.verdict, control.verdict) == ("reproduced", "contradicted"), (found.evidence, control.evidence)


def test_empty_tables_are_no_evidence(tmp_path: Path, run: Tables) -> None:
    for name in RESULTS:
        run.read(name)[:0].to_csv(tmp_path / f"{name}.csv", index=False)
    for claim in CLAIMS.values():
        if claim["result"] in RESULTS:
            assert judge_claim(claim, Tables(tmp_path, BANDWIDTHS))[0].verdict == "not_run"
