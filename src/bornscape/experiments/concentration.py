"""Proposition 2 measured: how fast q(x) concentrates at 2^-n.

For product, layered, deep and noisy circuits, and for brick walls of local 2-designs.

These ensembles end with random turns that make all strings x alike, so E[q(x)] = 2^-n and
Var[q(x)] = E[sum_x (q(x) - 2^-n)^2] / 2^n: one draw averages over all strings. Then Var[q(x)] <= E[q(x)] = 2^-n, and an
exponential variance says no more than the mean does. Two things that can fail stand beside it. ``near``, product
circuits whose angles scatter by 1/sqrt(n) around 0, has another mean, and its Var[q(0...0)] is not exponential. And
4^n Var[q(x)] falls with depth and noise together, not without noise.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from scipy import stats

from bornscape.aliases import Float, Settings
from bornscape.circuits import Circuit, line_circuit
from bornscape.circuits.depolarising import trajectory
from bornscape.circuits.local_designs import random_support
from bornscape.datasets import Targets
from bornscape.formulas import depth_value
from bornscape.simulators.product import draw_marginals
from bornscape.simulators.state_vector import batch_probabilities, probabilities

COLUMNS = [
    *("n_qubits", "circuit", "n_layers", "noise", "draws", "mean", "mean_ci_low", "mean_ci_high"),
    *("variance", "ci_low", "ci_high"),
]
"""``mean`` and ``variance`` of q(x), the first from x = 0...0 alone (``near``: both); ``noise``: chance of a Pauli a
wire and layer."""

Draw = Callable[[np.random.Generator], tuple[float, float]]
"""(q(0...0), sum_x (q(x) - 2^-n)^2) of one random circuit; of ``near``, 2^n (q(0...0) - E[q(0...0)])^2 instead."""


def product_draw(n_qubits: int, rng: np.random.Generator) -> tuple[float, float]:
    """(q(0...0), sum_x (q(x) - 2^-n)^2) of a Haar-random product state, both exact at any n."""
    z = draw_marginals(1, n_qubits, "haar", rng)[0]
    # 2^n sum q^2 - 1 = prod (1 + z^2) - 1, without the difference of two close numbers.
    return float(np.prod((1 + z) / 2)), float(np.expm1(np.log1p(z**2).sum()) * 2.0**-n_qubits)


def near_draw(n_qubits: int, rng: np.random.Generator) -> tuple[float, float]:
    """(q, 2^n (q - E[q])^2) at 0...0 of a product of R_y rotations by normal angles of deviation 1/sqrt(n)."""
    sigma = 1 / np.sqrt(n_qubits)
    at_zero = float(np.prod(np.cos(rng.normal(0.0, sigma, n_qubits) / 2) ** 2))
    # E[cos^2(angle / 2)] = (1 + exp(-sigma^2 / 2)) / 2, wire by wire.
    mean = float(np.exp(n_qubits * np.log1p(np.expm1(-(sigma**2) / 2) / 2)))
    return at_zero, (at_zero - mean) ** 2 * 2.0**n_qubits


def _of_state(q: Float) -> tuple[float, float]:
    return float(q[0]), float(np.sum((q - 1 / len(q)) ** 2))


def line_draw(circuit: Circuit, rng: np.random.Generator) -> tuple[float, float]:
    """The same of a line circuit (Eq. 53) at uniform angles."""
    return _of_state(probabilities(circuit, rng.uniform(0, 2 * np.pi, circuit.n_parameters)))


def deep_draw(n_qubits: int, rng: np.random.Generator) -> tuple[float, float]:
    """The same of a Haar-random state (Porter-Thomas)."""
    weights = rng.exponential(size=2**n_qubits)
    return _of_state(weights / weights.sum())


def design_draw(n_qubits: int, n_layers: int, rng: np.random.Generator) -> tuple[float, float]:
    """The same of a brick wall of local 2-designs, exact at any n."""
    support = random_support(n_qubits, n_layers, rng)
    share = 2.0**-support.rank
    return share if support.holds_zero else 0.0, share - 2.0**-n_qubits


def noisy_draw(circuit: Circuit, noise: float, trajectories: int, rng: np.random.Generator) -> tuple[float, float]:
    """The same of a line circuit with local depolarising noise after every layer, unbiased for the mixture.

    That is over the trajectories. The sum of squares is the mean overlap of two of them at the same angles; it can be
    negative.
    """
    theta = rng.uniform(0, 2 * np.pi, circuit.n_parameters)
    n, layers = circuit.n_qubits, len(circuit.layer_ends) - 1
    found = [trajectory(n, layers, noise, rng) for _ in range(trajectories)]
    clean = batch_probabilities(circuit, np.array([theta * each.signs for each in found]))
    distributions = np.array([each.distribution(q) for each, q in zip(found, clean, strict=True)])
    centred = distributions - 1 / distributions.shape[1]
    same_trajectory = float(np.sum(centred**2))
    pairs = trajectories * (trajectories - 1)
    return float(distributions[:, 0].mean()), float((np.sum(centred.sum(axis=0) ** 2) - same_trajectory) / pairs)


def _draws(n: int, settings: Settings) -> dict[tuple[str, float, float], Draw]:
    """What is drawn at this size: (circuit, layers, noise) -> one draw."""
    draws: dict[tuple[str, float, float], Draw] = {("product", 0.0, 0.0): partial(product_draw, n)}
    if n <= settings["largest_state"]:
        for name, formula in settings["depths"].items():
            layers = depth_value(formula, n)
            draws[name, float(layers), 0.0] = partial(line_draw, line_circuit(n, layers))
        draws["deep", np.inf, 0.0] = partial(deep_draw, n)
    if n <= settings["largest_noisy"]:
        given = (line_circuit(n, n), settings["noise"], settings["trajectories"])
        draws["noisy", float(n), settings["noise"]] = partial(noisy_draw, *given)
    for name, formula in settings["depths"].items():
        layers = depth_value(formula, n)
        draws[f"design_{name}", float(layers), 0.0] = partial(design_draw, n, layers)
    draws["near", 0.0, 0.0] = partial(near_draw, n)
    return draws


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """One row a draw and circuit."""
    rows = [(*key, *draw(rng)) for key, draw in _draws(n_qubits, settings).items() for _ in range(settings["draws"])]
    return pd.DataFrame(rows, columns=["circuit", "n_layers", "noise", "at_zero", "squares"])


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Mean and variance of q(x) for every circuit and n, each with a 95 % interval (Student's t over the draws)."""
    summaries = []
    for (n, circuit, layers, noise), part in rows.groupby(["n_qubits", "circuit", "n_layers", "noise"], sort=True):
        means, squares = part["at_zero"].to_numpy(), part["squares"].to_numpy() / 2.0**n
        quantile = stats.t.ppf(0.975, len(part) - 1) / np.sqrt(len(part))
        mean, half = means.mean(), quantile * means.std(ddof=1)
        variance, error = squares.mean(), quantile * squares.std(ddof=1)
        # On the log scale, so that the lower end stays positive where the estimate is well above its error.
        factor = np.exp(error / variance) if variance > 0 else np.nan
        interval = (variance / factor, variance * factor) if variance > error else (variance - error, variance + error)
        summaries.append((n, circuit, layers, noise, len(part), mean, mean - half, mean + half, variance, *interval))
    return pd.DataFrame(summaries, columns=COLUMNS)
