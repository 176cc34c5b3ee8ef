"""Fig. 6b: CMA-ES on a layer of R_y rotations, target |0...0>, with the sampled MMD at several bandwidths.

A chunk is one run at every bandwidth from the same angles. The paper states neither start, nor search, nor estimator;
what its curves say stands in docs/choices.md: all angles begin at pi/2 (``start: half_pi``), a population of 12 shares
the random numbers of its shots (``shared_shots``), the estimate counts a shot's pair with itself (``estimator: v``),
losses have single ``precision``, and what is drawn is the estimate of one candidate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import repeat

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bornscape.aliases import Float, Settings
from bornscape.datasets import Targets
from bornscape.formulas import bandwidth_values
from bornscape.training.evolution import evolve, exact_zero_mmd, measured_bits, ry_ones, sampled_zero_mmd, zero_fidelity

COLUMNS = [
    *("n_qubits", "bandwidth", "repetition", "generation", "evaluations", "step_size"),
    *("estimate", "loss", "fidelity", "ones"),
]
MEASURED = [name for name in COLUMNS if name not in ("n_qubits", "repetition")]


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of one run a bandwidth, one a generation.

    ``estimate`` is the sampled loss of the generation's first candidate. ``loss`` is the exact MMD, ``fidelity`` the
    exact one with |0...0>, ``ones`` the mean share of ones E|x|/n, all at the mean of the search distribution.
    """
    uniform = settings["start"] == "uniform"
    theta = rng.uniform(0.0, 2 * np.pi, n_qubits) if uniform else np.full(n_qubits, np.pi / 2)
    parts = []
    for label, formula in settings["bandwidths"].items():
        (s,) = bandwidth_values(formula, n_qubits)
        losses = _sampled_losses(n_qubits, s, settings, rng)
        search = settings["generations"], settings["step_size"], rng, settings["population"]
        run = list(evolve(theta, losses, *search))
        angles = np.array([state.mean for state in run])
        found = {
            name: [getattr(state, name) for state in run]
            for name in ("generation", "evaluations", "step_size", "estimate")
        }
        exact = {
            "loss": exact_zero_mmd(angles, s),
            "fidelity": zero_fidelity(angles),
            "ones": ry_ones(angles).mean(axis=-1),
        }
        parts.append(pd.DataFrame({"bandwidth": label} | found | exact))
    return pd.concat(parts, ignore_index=True)[MEASURED]


def _sampled_losses(
    n_qubits: int, bandwidth: float, settings: Settings, rng: np.random.Generator
) -> Callable[[Sequence[Float]], list[float]]:
    """What CMA-ES is shown of a generation's candidates, each (n,) angles."""
    kept = np.float32 if settings["precision"] == "single" else np.float64

    def points() -> NDArray[np.float32]:
        return rng.random((settings["shots"], n_qubits), dtype=np.float32)

    def losses(candidates: Sequence[Float]) -> list[float]:
        drawn = repeat(points()) if settings["shared_shots"] else (points() for _ in candidates)
        samples = (measured_bits(ry_ones(angles), shots) for angles, shots in zip(candidates, drawn, strict=False))
        return [float(kept(sampled_zero_mmd(bits, bandwidth, settings["estimator"]))) for bits in samples]

    return losses


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """All runs; the repetition is the chunk. Past the generation ``every_tenth_after`` only every tenth is told."""
    generation = rows["generation"]
    told = (generation <= settings.get("every_tenth_after", np.inf)) | (generation % 10 == 0)
    return rows[told].rename(columns={"chunk": "repetition"})[COLUMNS]
