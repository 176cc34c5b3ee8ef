"""Draws over random parameters: every loss, data set, bandwidth and depth is evaluated on the same state.

A draws table has one row a draw and loss (``DRAW_COLUMNS``). ``shots`` is missing for exact values, ``n_layers`` is
infinite for the deep limit (Porter-Thomas), and ``fixed_point`` is the L0 of Theorem 1 for estimates of explicit
losses. The row "training_mass" is q(P), the chance that one shot lands in the training set P.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import xlogy

from bornscape.aliases import Float
from bornscape.bitstrings.distances import hamming_histogram
from bornscape.bitstrings.sampling import empirical
from bornscape.bitstrings.threads import for_each
from bornscape.bitstrings.walsh import products_by_size, spectra_of_differences, spectrum_of_transform, walsh_hadamard
from bornscape.circuits import Circuit, line_circuit
from bornscape.datasets import Targets
from bornscape.losses.estimates import estimated_losses, seen_strings
from bornscape.losses.explicit import DEFINITIONS, EPSILON
from bornscape.losses.mmd import mmd_of_histograms, spectrum_weights
from bornscape.losses.sampled_spectrum import unbiased_spectrum
from bornscape.losses.supports import SparseTarget, Supports
from bornscape.simulators.product import (
    Ensemble,
    draw_marginals,
    product_mmd,
    product_samples,
    recombined_mass,
    recombined_variance,
    string_probabilities,
)
from bornscape.simulators.state_vector import Precision, layer_probabilities
from bornscape.tables.columns import DRAW_COLUMNS
from bornscape.tables.names import DEEP, MASS

Bandwidths = Mapping[str, tuple[float, ...]]
RowKey = tuple[str, str, str, float]
"""What a value is: loss, data set, bandwidth label ("" for none), shots (NaN for exact)."""


@dataclass(frozen=True)
class LineDraws:
    """A chunk of random circuits of Eq. 53.

    Attributes
    ----------
    n_qubits, n_layers
        Sizes; one pass through the deepest circuit serves every depth, so depths share their random angles.
    deep
        Whether to add the deep limit: q of a Haar-random state, that is normalised exponential variables.
    draws
        Circuits in this chunk; all angles are uniform on [0, 2 pi).
    shots
        Numbers of measurements for the estimates; exact values always come too.
    bandwidths
        Label -> bandwidths s of the kernel exp(-H / 2s); several mean the mean of their kernels.
    epsilon
        Clipping value of the explicit losses.
    """

    n_qubits: int
    n_layers: Sequence[int]
    deep: bool
    draws: int
    shots: Sequence[int]
    bandwidths: Bandwidths
    epsilon: float = EPSILON
    precision: Precision = "double"


@dataclass(frozen=True, eq=False)
class StateEvaluation:
    """Every loss of one distribution q, (2**n,), for several targets.

    Examples
    --------
    The uniform distribution of one qubit against the target |0>; the KLD is log 2.

    >>> import numpy as np
    >>> import bornscape as bs
    >>> rng = np.random.default_rng(0)
    >>> targets = {"zero": bs.synthetic_target("zero", 1, rng)}
    >>> evaluation = StateEvaluation(targets, bandwidths={"1": (1.0,)}, shots=(), epsilon=1e-9)
    >>> values, _ = evaluation.evaluate(np.array([0.5, 0.5]), rng)
    >>> exact = {loss: round(float(value), 4) for (loss, *_), value in zip(evaluation.rows, values)}
    >>> [(loss, exact[loss]) for loss in ("kld", "tvd", "mmd", "training_mass")]
    [('kld', 0.6931), ('tvd', 1.0), ('mmd', 0.1967), ('training_mass', 0.5)]
    """

    targets: Targets
    bandwidths: Bandwidths
    shots: Sequence[int]
    epsilon: float

    @cached_property
    def _supports(self) -> Supports:
        return Supports([SparseTarget(t.indices, t.probabilities) for t in self.targets.values()])

    @cached_property
    def _transforms(self) -> Float:
        return np.array([walsh_hadamard(target.dense()) for target in self.targets.values()])

    @cached_property
    def _target_spectra(self) -> Float:
        return np.array([spectrum_of_transform(transform) for transform in self._transforms])

    @cached_property
    def _weights(self) -> Float:
        n = next(iter(self.targets.values())).n_qubits
        return np.array([spectrum_weights(n, values) for values in self.bandwidths.values()]).reshape(-1, n + 1)

    @cached_property
    def rows(self) -> list[RowKey]:
        """What each entry of ``evaluate`` is."""
        rows: list[RowKey] = []
        for shots in (np.nan, *self.shots):
            for dataset in self.targets:
                rows += [(loss, dataset, "", float(shots)) for loss in DEFINITIONS]
                rows += [("mmd", dataset, label, float(shots)) for label in self.bandwidths]
        return rows + [(MASS, dataset, "", np.nan) for dataset in self.targets]

    def evaluate(self, q: Float, rng: np.random.Generator) -> tuple[Float, Float]:
        """Values and fixed points (NaN where there is none) in the order of ``rows``."""
        samples = [(empirical(q, shots, rng), shots) for shots in self.shots]
        (exact, _, masses), *estimated = for_each(lambda given: self._values(*given), [(q, None), *samples])
        values, fixed = [exact], [np.full(exact.size, np.nan)]
        for estimates, negative_entropy, _ in estimated:
            values.append(estimates)
            points = self._supports.fixed_points(negative_entropy, self.epsilon)
            none = np.full((len(points), len(self.bandwidths)), np.nan)
            fixed.append(np.hstack([points, none]).ravel())
        return np.concatenate([*values, masses]), np.concatenate([*fixed, np.full(masses.size, np.nan)])

    def _values(self, seen: Float, shots: int | None) -> tuple[Float, float, Float]:
        """Losses by data set, as ``rows`` has them for one number of shots; sum of q log q; q on each support."""
        negative_entropy = float(xlogy(seen, seen).sum())
        explicit, masses = self._supports.losses(seen, negative_entropy, self.epsilon)
        mmd = self._spectra(walsh_hadamard(seen), shots) @ self._weights.T
        return np.concatenate((explicit, mmd), axis=1).ravel(), negative_entropy, masses

    def _spectra(self, transform: Float, shots: int | None) -> Float:
        """(D, n+1)."""
        if shots is None:
            return spectra_of_differences(transform, self._transforms)
        model_spectrum = spectrum_of_transform(transform)
        known = zip(self._transforms, self._target_spectra, strict=True)
        return np.array(
            [
                unbiased_spectrum(model_spectrum, products_by_size(transform, other), theirs, shots)
                for other, theirs in known
            ]
        )


def line_draws(chunk: LineDraws, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Draws table of a chunk of random line circuits, for targets of the same n.

    Examples
    --------
    Two random circuits of each of two depths make a row for each of the nine losses; ``value`` is the loss, here exact.

    >>> import numpy as np
    >>> import bornscape as bs
    >>> rng = np.random.default_rng(1)
    >>> targets = {"zero": bs.synthetic_target("zero", 2, rng)}
    >>> chunk = LineDraws(2, n_layers=[1, 2], deep=False, draws=2, shots=[], bandwidths={"1": (1.0,)})
    >>> table = line_draws(chunk, targets, rng)
    >>> table.groupby("n_layers")["draw"].nunique().to_dict()
    {1.0: 2, 2.0: 2}
    >>> len(table), table["loss"].nunique()
    (36, 9)
    """
    evaluation = StateEvaluation(targets, chunk.bandwidths, chunk.shots, chunk.epsilon)
    circuit = line_circuit(chunk.n_qubits, max(chunk.n_layers, default=0))
    collected = []
    for draw in range(chunk.draws):
        for layers, q in _states(chunk, circuit, rng):
            collected.append((draw, layers, *evaluation.evaluate(q, rng)))
    return _table(evaluation.rows, collected)


def _states(chunk: LineDraws, circuit: Circuit, rng: np.random.Generator) -> Iterator[tuple[float, Float]]:
    """(layers, q) at every depth of one draw."""
    if chunk.n_layers:
        theta = rng.uniform(0.0, 2 * np.pi, circuit.n_parameters)
        yield from layer_probabilities(circuit, theta, chunk.n_layers, chunk.precision)
    if chunk.deep:
        weights = rng.exponential(size=2**chunk.n_qubits)
        yield DEEP, weights / weights.sum()


def _table(rows: Sequence[RowKey], collected: Sequence[tuple[int, float, ArrayLike, ArrayLike]]) -> pd.DataFrame:
    """Long table of (draw, layers, values, fixed points), each in the order of ``rows``."""
    count = len(rows)
    loss, dataset, bandwidth, shots = zip(*rows, strict=True)
    table = pd.DataFrame(
        {
            "draw": np.repeat([item[0] for item in collected], count),
            "n_layers": np.repeat([float(item[1]) for item in collected], count),
            "loss": pd.Categorical(list(loss) * len(collected)),
            "dataset": pd.Categorical(list(dataset) * len(collected)),
            "bandwidth": pd.Categorical(list(bandwidth) * len(collected)),
            "shots": np.tile(np.array(shots), len(collected)),
            "value": np.concatenate([item[2] for item in collected]),
            "fixed_point": np.concatenate([item[3] for item in collected]),
        }
    )
    return table[DRAW_COLUMNS]


def product_variance_draws(
    n_qubits: int, draws: int, ensemble: Ensemble, bandwidths: Bandwidths, targets: Targets, rng: np.random.Generator
) -> pd.DataFrame:
    """Draws table with one row a loss: an unbiased estimate of Var[MMD_s] from one batch of product states.

    A draw here is the whole batch, recombined over its ``draws`` sets of angles (``product.recombined_variance``), so
    that a few batches do at n = 1000 what no number of plain draws could. The row "training_mass" is the batch's
    recombined mean of q(P).
    """
    marginals = draw_marginals(draws, n_qubits, ensemble, rng)
    rows: list[RowKey] = []
    values: list[float] = []
    for dataset, target in targets.items():
        for label, (bandwidth,) in bandwidths.items():
            rows.append(("mmd", dataset, label, np.nan))
            values.append(recombined_variance(marginals, bandwidth, target.bitstrings, target.probabilities))
        rows.append((MASS, dataset, "", np.nan))
        values.append(recombined_mass(marginals, target.bitstrings))
    return _table(rows, [(0, 0.0, values, [np.nan] * len(values))])


def product_shot_draws(
    n_qubits: int,
    draws: int,
    shots: Sequence[int],
    ensemble: Ensemble,
    bandwidths: Bandwidths,
    targets: Targets,
    epsilon: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draws table of losses estimated from samples of random product states, and of the exact MMD of the same states.

    At any n: no 2**n vectors.
    """
    marginals = draw_marginals(draws, n_qubits, ensemble, rng)
    rows = [
        (loss, dataset, label, float(count))
        for count in shots
        for dataset in targets
        for loss, label in [(loss, "") for loss in DEFINITIONS] + [("mmd", label) for label in bandwidths]
    ]
    rows += [("mmd", dataset, label, np.nan) for dataset in targets for label in bandwidths]
    rows += [(MASS, dataset, "", np.nan) for dataset in targets]
    exact = [
        np.mean([product_mmd(marginals, s, t.bitstrings, t.probabilities) for s in kernels], axis=0)
        for t in targets.values()
        for kernels in bandwidths.values()
    ]
    within = {
        name: hamming_histogram(t.bitstrings, t.bitstrings, t.probabilities, t.probabilities)
        for name, t in targets.items()
    }
    collected = []
    for draw, z in enumerate(marginals):
        values: list[float] = []
        fixed: list[float] = []
        for count in shots:
            samples = product_samples(z, count, rng)
            seen, pairs = seen_strings(samples), hamming_histogram(samples, samples)
            for name, target in targets.items():
                given = (target.bitstrings, target.probabilities)
                explicit, points = estimated_losses(seen, *given, epsilon)
                values += explicit.values()
                across = hamming_histogram(samples, *given)
                values += [mmd_of_histograms(count, pairs, across, within[name], s) for s in bandwidths.values()]
                fixed += [*points.values(), *[np.nan] * len(bandwidths)]
        values += [float(column[draw]) for column in exact]
        values += [float(string_probabilities(z, t.bitstrings).sum()) for t in targets.values()]
        collected.append((draw, 0.0, values, fixed + [np.nan] * (len(exact) + len(targets))))
    return _table(rows, collected)
