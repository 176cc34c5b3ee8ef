"""Both sides of inequalities and formulas that the paper's supplement states: Theorem 2's terms, Prop. 3, Lemma 1.

``value`` is exact (the terms wire by wire, the weights multiplied out, averages over a design of product states) or
sampled; ``formula`` is what the paper prints. ``case`` says under which ensemble, or on which side of the mode: each
statement is also tabulated where its premise does not hold.

- ``self_lower``, ``cross_upper``, ``cross_lower``: B_s and C_s of Theorem 2. Cases: ``haar``; ``half``, only the first
  half of the wires have random gates; ``shared``, one random gate for all wires.
- ``low_share``: weight of the terms on at most k wires. Cases: k ``below`` the most probable number, or ``above``.
- ``lemma_exact``, ``lemma_sampled``: variance of an observable over product states. Cases: ``haar``, ``ry``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bornscape import theory
from bornscape.aliases import Float, Indices, Row, Settings
from bornscape.datasets import Target, Targets
from bornscape.formulas import bandwidth_values
from bornscape.losses.kernel_weights import wire_by_wire_weights
from bornscape.simulators.product_states import (
    Ensemble,
    design_spinors,
    expectations,
    pauli_matrix,
    product_vectors,
    random_spinors,
)
from bornscape.simulators.product_terms import TermVariances, haar_moments, shared_gate_variances, term_variances
from bornscape.theory.formal_bounds import SELF_TERM_FROM

COLUMNS = ["statement", "case", "dataset", "bandwidth", "n_qubits", "k", "value", "error", "formula"]

MOST_STRINGS = 200
"""Data of more strings are left out: their pairs cost more than they tell."""

LARGEST_SHARED = 200
"""Wires up to which the polynomials of a shared gate are integrated."""

COUNTED = 3
"""Wires of the subsets that the lower bound on C_s counts, at most."""

ORDERS = 12
"""Values of k on either side of the most probable number of wires, at most."""

CASES: tuple[Ensemble, ...] = ("haar", "ry")


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of one size; only the observables of Lemma 1 and its sampled states are random."""
    rows: list[Row] = []
    for label, formula in settings["bandwidths"].items():
        (s,) = bandwidth_values(formula, n_qubits)
        rows += [{"bandwidth": label} | row for row in _share_rows(n_qubits, s)]
        for name, target in targets.items():
            if len(target.bitstrings) <= MOST_STRINGS:
                rows += [{"bandwidth": label, "dataset": name} | row for row in _term_rows(n_qubits, s, target)]
    if n_qubits <= settings["largest_sampled"]:
        rows += _lemma_rows(n_qubits, settings, rng)
    return pd.DataFrame(rows).reindex(columns=[name for name in COLUMNS if name != "n_qubits"])


def _term_rows(n: int, s: float, target: Target) -> Iterator[Row]:
    """Theorem 2's bounds beside the variances of its two terms."""
    weights = np.exp(theory.log_marginal_weights(target.bitstrings, target.probabilities))
    for case, found in _variances(n, s, target):
        if s > SELF_TERM_FROM:
            yield {
                "statement": "self_lower",
                "case": case,
                "value": found.self_term,
                "formula": theory.self_term_lower_bound(n, s),
            }
        cross = {"case": case, "value": found.cross_term, "error": found.cross_error}
        yield cross | {"statement": "cross_upper", "formula": theory.cross_term_upper_bound(n, s)}
        for k in range(1, min(COUNTED, n) + 1):
            weight = float(weights[1 : k + 1].sum())
            if s > 0.5 and weight > 0:
                bound = theory.cross_term_lower_bound(n, s, k, weight)
                yield cross | {"statement": "cross_lower", "k": k, "formula": bound}


def _variances(n: int, s: float, target: Target) -> Iterator[tuple[str, TermVariances]]:
    data = (target.bitstrings, target.probabilities)
    yield "haar", term_variances(haar_moments(n, n), s, *data)
    yield "half", term_variances(haar_moments(n, n // 2), s, *data)
    if n <= LARGEST_SHARED:
        yield "shared", shared_gate_variances(n, s, *data)


def _share_rows(n: int, s: float) -> Iterator[Row]:
    """Proposition 3: weight of the terms on at most k wires beside its bound, on both sides of the mode."""
    shares = np.cumsum(wire_by_wire_weights(n, s))
    mode = int((n + 1) * theory.flip_probability(s))
    for case, first, last in (("below", 1, mode), ("above", mode + 1, n)):
        for k in _spread(first, last):
            bound = theory.low_bodyness_bound(n, s, k)
            yield {"statement": "low_share", "case": case, "k": k, "value": shares[k], "formula": bound}


def _spread(first: int, last: int) -> list[int]:
    """At most ORDERS numbers from first to last, spread over them."""
    if first > last:
        return []
    return sorted({round(k) for k in np.linspace(max(first, 1), last, ORDERS)})


def _lemma_rows(n: int, settings: Settings, rng: np.random.Generator) -> list[Row]:
    """Lemma 1: observables of random Pauli words, diagonal and not; ``k`` counts them."""
    rows = []
    for kind, letters in (("diagonal", (0, 3)), ("general", (0, 1, 2, 3))):
        for k in range(settings["observables"]):
            words = _random_words(n, letters, settings["words"], rng)
            coefficients = rng.standard_normal(len(words))
            place = {"dataset": kind, "k": k, "formula": theory.product_observable_variance(words, coefficients)}
            observable = pauli_matrix(words, coefficients)
            for case in CASES:
                if n <= settings["largest_exact"]:
                    values = expectations(product_vectors(design_spinors(n, case)), observable)
                    rows.append(place | {"statement": "lemma_exact", "case": case, "value": values.var()})
                rows.append(place | _sampled(n, case, observable, settings["draws"], rng))
                rows[-1]["error"] = _error(words, coefficients, settings["draws"])
    return rows


def _random_words(n: int, letters: tuple[int, ...], count: int, rng: np.random.Generator) -> Indices:
    """Different words of these letters, none the identity: all of them where there are no more, (k, n)."""
    base = len(letters)
    codes = rng.choice(base**n - 1, size=min(count, base**n - 1), replace=False) + 1
    return np.array(letters)[codes[:, None] // base ** np.arange(n - 1, -1, -1) % base]


def _sampled(n: int, case: Ensemble, observable: NDArray[np.complex128], draws: int, rng: np.random.Generator) -> Row:
    """The mean square of the expectation over random product states: its mean is known to be 0 for Haar gates."""
    values: Float = expectations(product_vectors(random_spinors(draws, n, case, rng)), observable)
    return {"statement": "lemma_sampled", "case": case, "value": float(np.mean(values**2))}


def _error(words: Indices, coefficients: Float, draws: int) -> float:
    """Standard error of the mean square of Haar draws, from the exact fourth moment."""
    variance = theory.product_observable_variance(words, coefficients)
    return float(np.sqrt((theory.product_observable_fourth_moment(words, coefficients) - variance**2) / draws))


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """What is exact once, since chunks repeat it but for Lemma 1's observables; those are counted on."""
    exact = ~rows["statement"].str.startswith("lemma")
    kept = rows[~exact | (rows["chunk"] == 0)]
    lemma = kept["statement"].str.startswith("lemma")
    counted = kept["k"] + kept["chunk"] * settings["observables"]
    return kept.assign(k=kept["k"].where(~lemma, counted))[COLUMNS]
