"""Fig. 11: what the parities of few bits weigh in the data, the sum of z_A^2 over the sets A of 1 to k bits.

z_A = E[(-1)^(sum of x_i over i in A)]. A single string has z_A^2 = 1 for every A, and so the largest sum, the number of
sets; uniform strings have 0. Data sets are exact distributions, from one Walsh-Hadamard transform each.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import comb

from bornscape.aliases import Float, Settings
from bornscape.bitstrings.walsh import bodyness_spectrum
from bornscape.datasets import Target, Targets
from bornscape.formulas import bandwidth_values
from bornscape.losses.mmd import spectrum_weights

COLUMNS = ["dataset", "n_qubits", "strings", "k", "total", "independent", "largest", "mmd_share"]
"""``total``: the sum of z_A^2 over 1 <= |A| <= k; ``independent``: the same for independent bits, each as biased as the
data's; ``largest``: the number of these A, which bounds both. ``mmd_share``: what these A hold of the MMD between the
data and a model all of whose z_A are 0, that is of the sum of w(A) z_A^2 over all A but the empty one, at the setting
``bandwidth``; empty for uniform strings, where that sum is 0."""


def independent_spectrum(target: Target) -> Float:
    """Sum of z_A^2 over |A| = l for independent bits with the biases of the target's, (n+1,).

    z_A is then a product, so that these are the elementary symmetric polynomials of the z_i^2.

    Examples
    --------
    Bits that are 1 with probability 0 and 1/4: z = 1 and 1/2.

    >>> import numpy as np
    >>> independent_spectrum(Target(np.array([[0, 0], [0, 1]]), np.array([0.75, 0.25]))).tolist()
    [1.0, 1.25, 0.25]
    """
    z = target.probabilities @ (1.0 - 2.0 * target.bitstrings)
    return np.asarray(np.poly(-(z**2)), dtype=np.float64)


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """One row a data set and k. Nothing is random."""
    weights = spectrum_weights(n_qubits, bandwidth_values(settings["bandwidth"], n_qubits))
    largest = _cumulated(comb(n_qubits, np.arange(n_qubits + 1)))
    parts = []
    for dataset, target in targets.items():
        spectrum = bodyness_spectrum(target.dense())
        seen = _cumulated(weights * spectrum)
        columns = {
            "k": range(1, n_qubits + 1),
            "total": _cumulated(spectrum),
            "independent": _cumulated(independent_spectrum(target)),
            "largest": largest,
            "mmd_share": seen / (seen[-1] or np.nan),
        }
        lead = {"dataset": dataset, "strings": len(target.probabilities)}
        parts.append(pd.DataFrame(columns).assign(**lead))
    rows = pd.concat(parts, ignore_index=True)
    return rows[rows["k"] <= settings["largest_order"]]


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """All rows; those of further chunks say the same again."""
    kept = rows[rows["chunk"] == 0]
    return kept.sort_values(["dataset", "n_qubits", "k"], kind="stable")[COLUMNS].reset_index(drop=True)


def _cumulated(spectrum: Float) -> Float:
    """Sums over orders 1 to k, (n,), of what each order 0 to n holds, (n+1,)."""
    return np.cumsum(spectrum[1:])
