"""Fig. 6b: CMA-ES on a layer of R_y rotations, target |0...0>, with the sampled MMD at several bandwidths.

A chunk is one run at every bandwidth from the same random angles, and ``starts`` further angles that are not trained:
what a run that learns nothing would end with. ``start`` says from which angles: "uniform" (the default), or "half_pi",
normal around pi/2 with the spread ``SPREAD``: the exact loss at s = n/4 is then the 0.65 at which the published curves
begin (inferred: the paper does not state its start).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bornscape.aliases import Float, Settings
from bornscape.datasets import Targets
from bornscape.formulas import bandwidth_values
from bornscape.training.evolution import evolve, exact_zero_mmd, ry_ones, zero_fidelity

COLUMNS = [
    *("n_qubits", "bandwidth", "repetition", "trained", "generation", "evaluations", "step_size"),
    *("estimate", "loss", "fidelity", "ones"),
]
SPREAD = 0.25
"""Standard deviation of the angles of a start around pi/2, in radians."""

MEASURED = [name for name in COLUMNS if name not in ("n_qubits", "repetition")]


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of one run a bandwidth, and of the untrained starts.

    ``loss`` is the exact MMD, ``fidelity`` the exact one with |0...0>, ``ones`` the mean share of ones E|x|/n, all at
    the mean of the search distribution.
    """
    theta, *others = _starts((1 + settings["starts"], n_qubits), settings.get("start", "uniform"), rng)
    parts = []
    for label, formula in settings["bandwidths"].items():
        (s,) = bandwidth_values(formula, n_qubits)
        run = list(evolve(theta, s, settings["shots"], settings["generations"], settings["step_size"], rng))
        parts.append(
            _exact(np.array([state.mean for state in run]), s).assign(
                bandwidth=label,
                trained=True,
                **{
                    name: [getattr(state, name) for state in run]
                    for name in ("generation", "evaluations", "step_size", "estimate")
                },
            )
        )
        unmoved = {"generation": 0, "evaluations": 0, "step_size": np.nan, "estimate": np.nan}
        parts.append(_exact(np.reshape(others, (-1, n_qubits)), s).assign(bandwidth=label, trained=False, **unmoved))
    return pd.concat(parts, ignore_index=True)[MEASURED]


def _starts(shape: tuple[int, int], start: str, rng: np.random.Generator) -> Float:
    """Angles of starts, (starts, n), in radians."""
    return rng.uniform(0.0, 2 * np.pi, shape) if start == "uniform" else rng.normal(np.pi / 2, SPREAD, shape)


def _exact(angles: np.ndarray, bandwidth: float) -> pd.DataFrame:
    values = {
        "loss": exact_zero_mmd(angles, bandwidth),
        "fidelity": zero_fidelity(angles),
        "ones": ry_ones(angles).mean(axis=-1),
    }
    return pd.DataFrame(values)


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """All runs; the repetition is the chunk."""
    return rows.rename(columns={"chunk": "repetition"})[COLUMNS]
