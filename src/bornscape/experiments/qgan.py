"""Variable bodyness: the discriminator of a QGAN as a diagonal observable, order by order, along its training.

Phases: ``supervised``, the even-parity target against the uniform distribution, which share every marginal of fewer
than n bits; and ``adversarial``, the target against a Born machine that is trained at the same time. Discriminators:
``network`` and ``marginals``, the latter of bodyness 2 whatever it learns.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import numpy as np
import pandas as pd

from bornscape.aliases import Float, Settings
from bornscape.bitstrings.correlations import is_constant, order_shares, parity_target
from bornscape.bitstrings.sampling import sample_indices
from bornscape.circuits import line_circuit
from bornscape.datasets import Targets
from bornscape.formulas import depth_value
from bornscape.losses.explicit import total_variation
from bornscape.training.adversarial import Round, adversarial, supervise
from bornscape.training.discriminators import Discriminator, Kind, linear_answers, threshold_accuracy

COLUMNS = [
    *("phase", "discriminator", "n_qubits", "repetition", "epoch", "tvd", "accuracy", "trials", "correct"),
    *("witness", "bodyness", "order", "share"),
]


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of every run, one for each recorded epoch and order 1..n of the observable D.

    ``share`` is the order's share of D's variance over uniform strings and ``bodyness`` the mean order; ``witness`` is
    E_p[D] - E_q[D] over the largest absolute value of D, ``accuracy`` that of a threshold on D (exact), ``correct`` of
    ``trials`` the right answers of the measurement of D on fresh strings; ``tvd`` the exact distance of q and p. A
    network whose units all died gives a constant D, which has no order: ``share`` and ``bodyness`` are NaN there.
    """
    p = parity_target(n_qubits, 2**n_qubits - 1)
    uniform = np.full(2**n_qubits, 2.0**-n_qubits)
    model = line_circuit(n_qubits, depth_value(settings["n_layers"], n_qubits))
    judge, duel = settings["discriminator"], settings["generator"]
    parts = []
    for repetition in range(settings["repetitions"]):
        theta = rng.uniform(0.0, 2 * np.pi, model.n_parameters)
        seed = int(rng.integers(2**31))
        for kind in get_args(Kind):
            learner = (n_qubits, kind, judge["width"], judge["rate"], judge["batch"], seed)
            fixed, moving = (Discriminator(*learner) for _ in range(2))
            runs = {
                "supervised": supervise(
                    fixed, p, uniform, judge["steps"], judge["batch"], rng, settings["record_every"]
                ),
                "adversarial": adversarial(
                    model, theta, moving, p, duel["epochs"], duel["steps"], judge["batch"], duel["pace"], rng
                ),
            }
            for phase, run in runs.items():
                last = judge["steps"] if phase == "supervised" else duel["epochs"]
                recorded = (
                    state for state in run if state.epoch % settings["record_every"] == 0 or state.epoch == last
                )
                rows = pd.DataFrame(row for state in recorded for row in _rows(state, p, settings["trials"], rng))
                parts.append(rows.assign(phase=phase, discriminator=kind, repetition=repetition))
    return pd.concat(parts, ignore_index=True)


def _rows(state: Round, p: Float, trials: int, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    observable, q = state.observable, state.q
    half, orders = trials // 2, np.arange(int(q.size).bit_length())
    shares = np.full(len(orders), np.nan) if is_constant(observable) else order_shares(observable)
    largest = float(np.abs(observable).max())
    right = linear_answers(observable, sample_indices(p, half, rng), rng).sum()
    right += half - linear_answers(observable, sample_indices(q, half, rng), rng).sum()
    shared = {
        "epoch": state.epoch,
        "tvd": total_variation(p, q),
        "accuracy": threshold_accuracy(observable, p, q),
        "trials": 2 * half,
        "correct": int(right),
        "witness": float((p - q) @ observable) / largest if largest else 0.0,
        "bodyness": float(shares @ orders),
    }
    for order, share in enumerate(shares[1:], start=1):
        yield {**shared, "order": order, "share": share}


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """All runs; repetitions are numbered through all chunks."""
    numbered = rows.assign(repetition=rows["chunk"] * settings["repetitions"] + rows["repetition"])
    return numbered[COLUMNS]
