"""LQF beside QF: on random circuits, after training product circuits, and where a truncated MMD sees nothing.

Rows are single draws. ``case``:

- "random": random line circuits and a data set, for LQF <= QF <= n LQF;
- "product": the LQF of a product circuit trained on a product target, "entangled" the same on the GHZ pair;
- "parity": the uniform model against the even-parity strings, which agree on all marginals but the last (Prop. 5), with
  "printed" for the strings that the paper prints (n = 3) and "uniform" for the uniform target itself.

``mmd_truncated`` has bodyness at most 2 (that is l <= 2 in Eqs. 31-37) at s = n/4, ``mmd`` all of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bornscape import theory
from bornscape.aliases import Float, Settings
from bornscape.bitstrings.sampling import to_indices
from bornscape.bitstrings.walsh import bodyness_spectrum, subset_sizes
from bornscape.circuits import line_circuit, product_circuit
from bornscape.datasets import Targets
from bornscape.losses.fidelity import local_quantum_fidelity_loss, quantum_fidelity_loss
from bornscape.losses.mmd import spectrum_weights
from bornscape.simulators.state_vector import probabilities
from bornscape.variance.fidelity import FidelityDraws, fidelity_draws

COLUMNS = ["case", "n_qubits", "chunk", "n_layers", "dataset", "draw", "lqf", "qf", "mmd_truncated", "mmd"]

ORDER = 2
"""Largest bodyness of the truncated MMD."""


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of one job at one size."""
    chunk = FidelityDraws(n_qubits, settings["n_layers"], False, settings["draws"])
    drawn = fidelity_draws(chunk, targets, rng)
    keys = ["draw", "n_layers", "dataset"]
    pairs = drawn.astype({"dataset": str, "loss": str}).pivot(index=keys, columns="loss", values="value").reset_index()
    rows = [{"case": "random", **row} for row in pairs.to_dict("records")]
    for draw in range(settings["trainings"]):
        rows += [_trained(case, n_qubits, draw, rng) for case in ("product", "entangled")]
    if n_qubits > ORDER:
        rows += _marginal_cases(n_qubits)
    return pd.DataFrame(rows)


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """All rows, in a fixed order."""
    whole = rows.assign(n_layers=rows["n_layers"].astype(int), draw=rows["draw"].astype(int))
    return whole[COLUMNS].sort_values(COLUMNS[:6], kind="stable").reset_index(drop=True)


def _row(case: str, dataset: str, draw: int, losses: tuple[float, float]) -> dict[str, Any]:
    return {"case": case, "n_layers": 0, "dataset": dataset, "draw": draw, "lqf": losses[0], "qf": losses[1]}


def _trained(case: str, n: int, draw: int, rng: np.random.Generator) -> dict[str, Any]:
    """Minimise the LQF of a product circuit by exact gradients from a random start."""
    from scipy.optimize import minimize

    from bornscape.training import exact_gradient, objective

    model = line_circuit(n, 0)
    if case == "product":
        # R_y angles below pi make a product state of positive amplitudes, as a data state has.
        p = probabilities(product_circuit(n, "ry"), rng.uniform(0.2, np.pi - 0.2, n))
    else:
        p = np.zeros(2**n)
        p[[0, -1]] = 0.5
    goal = objective(model, p, "lqf")

    def value_and_slope(theta: Float) -> tuple[float, Float]:
        slope, value = exact_gradient(goal, theta)
        return value, slope

    start = rng.uniform(0.0, 2 * np.pi, model.n_parameters)
    best = minimize(value_and_slope, start, jac=True, method="L-BFGS-B", options={"ftol": 1e-16, "gtol": 1e-10}).x
    losses = local_quantum_fidelity_loss(model, best, p), quantum_fidelity_loss(model, best, p)
    return _row(case, "product" if case == "product" else "ghz", draw, losses)


def _marginal_cases(n: int) -> list[dict[str, Any]]:
    """The uniform model, Hadamard-like R_y gates on every wire, against sets with its low-order marginals."""
    size = 2**n
    supports = {"parity": np.flatnonzero(subset_sizes(n) % 2 == 0), "uniform": np.arange(size)}
    if n == 3:
        supports["parity"] = to_indices(theory.parity_strings())
        supports["printed"] = to_indices(theory.paper_printed_strings())
    model, theta = product_circuit(n, "ry"), np.full(n, np.pi / 2)
    q = probabilities(model, theta)
    rows = []
    for case, support in supports.items():
        p = np.zeros(size)
        p[support] = 1 / len(support)
        losses = local_quantum_fidelity_loss(model, theta, p), quantum_fidelity_loss(model, theta, p)
        terms = spectrum_weights(n, n / 4) * bodyness_spectrum(q - p)
        more = {"mmd_truncated": float(terms[: ORDER + 1].sum()), "mmd": float(terms.sum())}
        rows.append(_row(case, case, 0, losses) | more)
    return rows
