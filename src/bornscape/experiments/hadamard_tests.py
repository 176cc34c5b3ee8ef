"""The LQF from Hadamard tests: unbiased, how many tests, and how many shots, beside the MMD's.

Each row is one estimator at one size and number of strings, for a random line circuit and a random target, of which
there are ``draws``. ``estimator``: "all_pairs" (every real part), "imaginary" (the sum that cancels), "random_pairs",
"mmd" (unbiased, at s = n/4, from samples of q). ``source``: "circuits" (PennyLane) of the first draw, up to
``largest_circuit`` qubits and ``largest_set`` strings, "elements" (outcomes drawn from exact matrix elements) at every
size. ``shot_variance`` is the variance of an estimate times its shots, so that its ratio to the square of a standard
error is the shots needed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bornscape.aliases import Flags, Float, Settings
from bornscape.bitstrings.sampling import empirical, to_bits
from bornscape.bitstrings.walsh import walsh_hadamard
from bornscape.circuits import Circuit, line_circuit
from bornscape.datasets import Target, Targets
from bornscape.losses.fidelity import local_quantum_fidelity_loss
from bornscape.losses.hadamard import (
    Outcomes,
    outcomes_of_circuits,
    outcomes_of_elements,
    pair_elements,
    pair_weights,
    random_pair_estimates,
    sweep_estimates,
)
from bornscape.losses.mmd import mmd, spectrum_weights
from bornscape.losses.sampled_spectrum import sampled_spectrum
from bornscape.simulators.state_vector import probabilities
from bornscape.statistics import variance_interval

COLUMNS = [
    *("n_qubits", "chunk", "draw", "strings", "source", "estimator", "tests", "shots", "repeats", "exact", "mixture"),
    *("weight", "mean", "standard_error", "shot_variance", "ci_low", "ci_high", "shots_needed"),
]


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of one job at one size."""
    rows: list[dict[str, Any]] = []
    circuit = line_circuit(n_qubits, settings["n_layers"])
    cases = [strings for strings in settings["strings"] if strings <= 2**n_qubits]
    for draw in range(settings["draws"]):
        for strings in cases:
            target = _random_target(n_qubits, strings, rng)
            theta = rng.uniform(0.0, 2 * np.pi, circuit.n_parameters)
            # The shots needed scatter from circuit to circuit; that circuits agree with elements is seen from one.
            case = settings if draw == 0 else dict(settings, largest_circuit=0)
            rows += [row | {"draw": draw} for row in _of_case(circuit, theta, target, case, rng)]
    return pd.DataFrame(rows, columns=[name for name in COLUMNS if name not in ("n_qubits", "chunk")])


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """All rows, in a fixed order."""
    return rows[COLUMNS].sort_values(COLUMNS[:6], kind="stable").reset_index(drop=True)


def _random_target(n: int, strings: int, rng: np.random.Generator) -> Target:
    """Distinct random strings with random probabilities, none below a fifth of the mean."""
    indices = np.sort(rng.choice(2**n, size=strings, replace=False))
    p = 0.2 / strings + 0.8 * rng.dirichlet(np.ones(strings))
    return Target(to_bits(indices, n), p / p.sum())


class _Counted:
    """Outcomes, and how many different tests were asked for."""

    def __init__(self, outcomes: Outcomes) -> None:
        self._outcomes, self._seen = outcomes, set[Any]()

    def __call__(self, test: Any, shots: int) -> Flags:
        self._seen.add(test)
        return self._outcomes(test, shots)

    @property
    def tests(self) -> int:
        return len(self._seen)


def _of_case(
    circuit: Circuit, theta: Float, target: Target, settings: Settings, rng: np.random.Generator
) -> list[dict[str, Any]]:
    n, strings = circuit.n_qubits, len(target.probabilities)
    elements = pair_elements(circuit, theta, target)
    sources: dict[str, Outcomes] = {"elements": outcomes_of_elements(elements, rng)}
    if n <= settings["largest_circuit"] and strings <= settings["largest_set"]:
        seed = int(rng.integers(2**31))
        sources["circuits"] = outcomes_of_circuits(circuit, theta, target, seed)
    shots, repeats = settings["shots_per_test"], settings["repeats"]
    diagonal = np.real(np.einsum("ixx,x->", elements, target.probabilities))
    shared = {
        "strings": strings,
        "exact": local_quantum_fidelity_loss(circuit, theta, target.dense()),
        # What the loss would be without interference between the strings.
        "mixture": 0.5 - diagonal / (2 * n),
        "weight": float(pair_weights(target).sum()),
        "repeats": repeats,
        "error": settings["error"],
    }
    rows = []
    for source, outcomes in sources.items():
        counted = _Counted(outcomes)
        real = sweep_estimates(counted, target, shots, repeats, "real")
        sweep = shots * counted.tests
        rows.append(_row(shared, source, "all_pairs", counted.tests, sweep, real))
        imaginary = sweep_estimates(counted, target, shots, repeats, "imaginary")
        rows.append(_row(shared | {"exact": 0.0}, source, "imaginary", counted.tests, sweep, imaginary))
        random_pairs = random_pair_estimates(outcomes, target, settings["shots_random"], repeats, rng)
        rows.append(_row(shared, source, "random_pairs", 0, settings["shots_random"], random_pairs))
    return [*rows, _mmd_row(shared, circuit, theta, target, settings, rng)]


def _mmd_row(
    shared: dict[str, Any],
    circuit: Circuit,
    theta: Float,
    target: Target,
    settings: Settings,
    rng: np.random.Generator,
) -> dict[str, Any]:
    n, shots = circuit.n_qubits, settings["shots_random"]
    q, p = probabilities(circuit, theta), target.dense()
    weights, transform = spectrum_weights(n, n / 4), walsh_hadamard(p)
    seen = [walsh_hadamard(empirical(q, shots, rng)) for _ in range(settings["repeats"])]
    estimates = np.array([weights @ sampled_spectrum(parities, transform, shots) for parities in seen])
    return _row(shared | {"exact": mmd(q, p, n / 4), "mixture": np.nan}, "elements", "mmd", 0, shots, estimates)


def _row(
    shared: dict[str, Any], source: str, estimator: str, tests: int, shots: int, estimates: Float
) -> dict[str, Any]:
    """A row of the table from independent estimates; ``tests`` counts different circuits so far, 0 where not fixed."""
    spread = variance_interval(estimates)
    row = {key: value for key, value in shared.items() if key != "error"}
    return row | {
        "source": source,
        "estimator": estimator,
        "tests": tests,
        "shots": shots,
        "mean": spread.mean,
        "standard_error": float(np.sqrt(spread.variance / len(estimates))),
        "shot_variance": spread.variance * shots,
        "ci_low": spread.ci_low * shots,
        "ci_high": spread.ci_high * shots,
        "shots_needed": spread.variance * shots / shared["error"] ** 2,
    }
