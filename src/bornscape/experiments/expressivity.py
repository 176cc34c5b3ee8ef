"""How flexible the line circuit is at each depth: its second frame potential over that of Haar-random states.

The expressibility of Sim, Johnson and Aspuru-Guzik (arXiv:1905.10876) is a divergence between the fidelities
F = |<phi|psi>|^2 of random pairs of states and those of Haar-random pairs, from histograms. At 12 qubits Haar-random F
are about 2^-12, all in the first of their 75 bins, and a divergence estimated from M pairs in B bins is too large by
about (B - 1) / 2M. So what is measured here is E[F^2], whose least value is Haar's, 2 / (N (N + 1)): it has no bins and
no bias, every pair of a sample of states counts, and it has a closed form without entanglers. It is the moment that
makes an ensemble a 2-design, and so the one that variances of losses depend on.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from bornscape import theory
from bornscape.aliases import Complex, Settings
from bornscape.circuits import Circuit, entangled_circuit, line_circuit
from bornscape.datasets import Targets
from bornscape.formulas import depth_value
from bornscape.simulators.state_vector import statevector

COLUMNS = ["circuit", "n_qubits", "n_layers", "n_parameters", "repetition", "states", "ratio"]
"""``circuit``: the paper's ``line`` (Eq. 53), the same ``unentangled``, that is without its entanglers, and ``haar``:
Haar-random states (n_layers inf). ``ratio``: the mean of F^2 over all pairs of so many states, over Haar's."""

States = Callable[[np.random.Generator], Complex]
"""One random state, (2**n,)."""


def frame_potential(states: Complex) -> float:
    """Mean of |<phi|psi>|^4 over all pairs of different rows of states (K, 2**n): unbiased for independent states.

    Examples
    --------
    |0>, |1> and (|0> + |1>) / sqrt 2: F is 0 once and 1/2 twice.

    >>> import numpy as np
    >>> round(frame_potential(np.array([[1, 0], [0, 1], [0.5**0.5, 0.5**0.5]], dtype=complex)), 12)
    0.166666666667
    """
    fidelities = np.abs(states.conj() @ states.T) ** 2
    np.fill_diagonal(fidelities, 0.0)
    count = len(states)
    return float(np.sum(fidelities**2) / (count * (count - 1)))


def _random_state(circuit: Circuit) -> States:
    """The circuit's state at uniform angles."""
    return lambda rng: statevector(circuit, rng.uniform(0, 2 * np.pi, circuit.n_parameters))


def _haar_state(n_qubits: int) -> States:
    def draw(rng: np.random.Generator) -> Complex:
        real, imaginary = rng.normal(size=(2, 2**n_qubits))
        state = real + 1j * imaginary
        return np.asarray(state / np.linalg.norm(state), dtype=np.complex128)

    return draw


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """One row an ensemble and repetition. Every depth has angles of its own."""
    ensembles: dict[tuple[str, float, int], States] = {("haar", np.inf, 0): _haar_state(n_qubits)}
    for layers in dict.fromkeys(depth_value(formula, n_qubits) for formula in settings["depths"]):
        circuits = {"line": line_circuit(n_qubits, layers)}
        if n_qubits <= settings["unentangled_up_to"]:
            circuits["unentangled"] = entangled_circuit(n_qubits, layers, [])
        for name, circuit in circuits.items():
            ensembles[name, float(layers), circuit.n_parameters] = _random_state(circuit)
    haar = theory.haar_frame_potential(n_qubits)
    rows = [
        (*key, repetition, frame_potential(np.array([draw(rng) for _ in range(settings["states"])])) / haar)
        for key, draw in ensembles.items()
        for repetition in range(settings["repetitions"])
    ]
    columns = ["circuit", "n_layers", "n_parameters", "repetition", "ratio"]
    return pd.DataFrame(rows, columns=columns).assign(states=settings["states"])


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """All rows; repetitions count on over the chunks."""
    whole = rows.assign(repetition=rows["repetition"] + rows["chunk"] * settings["repetitions"])[COLUMNS]
    keys = ["circuit", "n_qubits", "n_layers", "repetition"]
    return whole.sort_values(keys, kind="stable").reset_index(drop=True)
