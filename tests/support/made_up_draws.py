"""Made-up draws of a user's model that obey a law, and what is told of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from bornscape.my_model.draws import OF_STATE_VECTORS
from bornscape.my_model.precision import NOT_ASKED
from bornscape.my_model.tables import law_table, size_table
from bornscape.my_model.verdict.resampling import resampled_verdicts
from bornscape.my_model.verdict.verdicts import verdict_table
from support.small_model import settings

SIZES = (4, 5, 6, 7, 8, 10, 12)
DRAWS = 200
"""With signals that differ by 10 % between starts so many that sizes to n = 12 leave no decay that matters."""

MMD = {"kind": "mmd", "bandwidth": 1}


def made_up(
    rate: float = 0.0,
    power: float = 0.0,
    draws: int = DRAWS,
    sizes: tuple[int, ...] = SIZES,
    scatter: float = 0.1,
    seed: int = 1,
    standard: bool = True,
    **columns: Any,
) -> pd.DataFrame:
    """Draws of a loss "l" whose gradient's mean square is n^-power e^(-rate n), at 1 of noise a shot.

    Parameters
    ----------
    scatter
        Standard deviation of the logarithm of the signal between draws.
    standard
        Whether the draws' means are the law's exactly, so that only the fit's own judgement is tested.
    columns
        Others than by default: numbers, or functions of n.
    """
    rng = np.random.default_rng(seed)
    parts = []
    for n in sizes:
        scale = n ** (-power / 2) * math.exp(-rate * n / 2)
        values, moved = rng.normal(size=(2, draws))
        signal = np.exp(scatter * rng.normal(size=draws) - scatter**2 / 2)
        if standard:
            values, moved, signal = stats.zscore(values, ddof=1), stats.zscore(moved), signal / signal.mean()
        frame = pd.DataFrame({"value": scale * values, "gradient": scale * moved, "signal": scale**2 * signal})
        frame = frame.assign(noise=1e-3, first=1.0, second=0.0, mass=1.0, frozen=0.0, **OF_STATE_VECTORS)
        given = {name: made(n) if callable(made) else made for name, made in columns.items()}
        parts.append(frame.assign(loss="l", n_qubits=n, draw=np.arange(draws), **given))
    return pd.concat(parts, ignore_index=True)


def told(draws: pd.DataFrame, loss: dict[str, Any] = MMD, seed: int | None = None, **changed: Any) -> Any:
    """(the verdict's row, sizes, laws, settings) of made-up draws; resampled if there is a seed."""
    measured = sorted(set(draws["n_qubits"]))
    found = settings(losses={"l": loss}, sizes=measured, **changed)
    sizes = size_table(found, draws, dict.fromkeys(measured, NOT_ASKED))
    laws = law_table(found, sizes)
    resampled = None if seed is None else resampled_verdicts(found, draws, seed, "model")
    return verdict_table(found, sizes, laws, resampled).iloc[0], sizes, laws, found
