"""Trainable but wrong: parity targets, learnt with local, global, full-bodied and annealed MMDs.

Targets: ``parity``, uniform on the strings of even parity (its only correlation is of order n), and ``subset_parity``,
even on a random set of n // 2 + 1 wires, another set a repetition. All runs of a repetition start at the same angles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from bornscape.aliases import Float, Settings
from bornscape.bitstrings.correlations import deviations, parity_target, random_subset
from bornscape.circuits import Circuit, line_circuit
from bornscape.datasets import Targets
from bornscape.formulas import bandwidth_values, depth_value, evaluate
from bornscape.losses.explicit import total_variation
from bornscape.losses.mmd import MMDLoss
from bornscape.simulators.state_vector import probabilities
from bornscape.training.adam import Adam
from bornscape.training.annealing import annealed_bandwidth, paced_rate
from bornscape.training.estimated_gradients import exact_gradient, sampled_gradient
from bornscape.training.objectives import Objective

Schedule = Callable[[int], tuple[float, ...]]
"""Bandwidths at an epoch."""

COLUMNS = [
    *("target", "loss", "n_qubits", "n_layers", "shots", "repetition", "epoch", "tvd"),
    *("hidden_order", "hidden", "order", "rms", "largest"),
]
ANNEALED = "mmd_annealed"


class Plan(NamedTuple):
    """What the runs of a job share."""

    model: Circuit
    epochs: int
    pace: int
    record_every: int


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of every run, one for each recorded epoch and order of the correlations 1..n.

    ``rms`` and ``largest`` are the deviations of the correlations of that order, ``hidden`` that of the target's only
    one (of order ``hidden_order``), |z_R(q) - 1|. ``shots`` is NaN for exact gradients.
    """
    layers = depth_value(settings["n_layers"], n_qubits)
    plan = Plan(line_circuit(n_qubits, layers), settings["epochs"], settings["pace"], settings["record_every"])
    schedules = _schedules(n_qubits, settings)
    parts = []
    for repetition in range(settings["repetitions"]):
        theta = rng.uniform(0.0, 2 * np.pi, plan.model.n_parameters)
        hidden = {
            "parity": 2**n_qubits - 1,
            "subset_parity": random_subset(n_qubits, n_qubits // 2 + 1, rng),
        }
        for name, subset in hidden.items():
            p = parity_target(n_qubits, subset)
            for shots in settings["budgets"]:
                for loss, schedule in schedules.items():
                    run = pd.DataFrame(
                        row for epoch, q in _train(plan, theta, p, schedule, shots, rng) for row in _rows(epoch, q, p)
                    )
                    parts.append(
                        run.assign(
                            target=name,
                            loss=loss,
                            n_layers=layers,
                            shots=np.nan if shots is None else float(shots),
                            repetition=repetition,
                            hidden_order=subset.bit_count(),
                        )
                    )
    return pd.concat(parts, ignore_index=True)


def _schedules(n: int, settings: Settings) -> dict[str, Schedule]:
    """The bandwidths of each loss, most of which do not change."""
    schedules: dict[str, Schedule] = {}
    for label, formula in settings["bandwidths"].items():
        schedules[label] = partial(_constant, bandwidth_values(formula, n))
    anneal = settings["anneal"]
    ends = evaluate(anneal["first"], n), evaluate(anneal["last"], n)
    schedules[ANNEALED] = lambda epoch: (annealed_bandwidth(epoch, settings["epochs"], *ends, anneal["share"]),)
    return schedules


def _constant(bandwidth: tuple[float, ...], epoch: int) -> tuple[float, ...]:
    return bandwidth


def _train(
    plan: Plan, theta: Float, p: Float, schedule: Schedule, shots: int | None, rng: np.random.Generator
) -> Iterator[tuple[int, Float]]:
    """Yield (epoch, q) at every recorded epoch; shots None: exact gradients."""
    optimiser = Adam.start(plan.model.n_parameters)
    bandwidth, goal = schedule(0), None
    for epoch in range(plan.epochs + 1):
        if epoch % plan.record_every == 0 or epoch == plan.epochs:
            yield epoch, probabilities(plan.model, theta)
        if epoch == plan.epochs:
            return
        if goal is None or schedule(epoch) != bandwidth:
            bandwidth = schedule(epoch)
            goal = Objective(plan.model, None, MMDLoss(p, bandwidth))
        gradient, _ = exact_gradient(goal, theta) if shots is None else sampled_gradient(goal, theta, shots, rng)
        theta = theta + optimiser.step(gradient, paced_rate(epoch, plan.pace))


def _rows(epoch: int, q: Float, p: Float) -> Iterator[dict[str, Any]]:
    """Rows of one epoch. The target's correlation is the one that the uniform distribution lacks."""
    held = deviations(q - p)
    # Of the target's transform only the entries of no wire and of its subset are 1.
    hidden = float(1 - 2 * q[p == 0].sum())
    shared = {"epoch": epoch, "tvd": total_variation(p, q), "hidden": abs(1 - hidden)}
    for order in range(1, len(held.rms)):
        yield {**shared, "order": order, "rms": held.rms[order], "largest": held.largest[order]}


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """All runs; repetitions are numbered through all chunks."""
    numbered = rows.assign(repetition=rows["chunk"] * settings["repetitions"] + rows["repetition"])
    return numbered[COLUMNS]
