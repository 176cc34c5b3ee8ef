"""Draws of the quantum fidelity losses over random parameters, in the columns of every other draws table.

One pass through a random circuit of Eq. 53 serves every depth and every data set. The data state meets the last layer
of U first: once R_L^dagger, W_L^dagger, ... and R_(L-l)^dagger have acted, it is V^dagger|phi> for the circuit
V = R_L W_L ... W_(L-l+1) R_(L-l), which has l layers. As all angles are independent and uniform, V is a valid draw of
such circuits. Depths of one draw are therefore correlated, and each estimate stays unbiased.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bornscape.aliases import Float
from bornscape.circuits import Circuit, adjoint, line_circuit
from bornscape.datasets import Targets
from bornscape.losses.fidelity import data_state, local_fidelity_values, one_qubit_bloch_vectors
from bornscape.simulators.guided_paths import lqf_variance_of_paths
from bornscape.simulators.pauli_paths import DataMoments
from bornscape.simulators.state_vector import layer_register_probabilities
from bornscape.tables.columns import DRAW_COLUMNS
from bornscape.tables.names import DEEP

DIGITS = 13
"""Decimals that values keep: a loss that is the same at every draw is one number, whatever its last bits."""

LARGEST_QF = 300
"""Sizes beyond which the square of Var[QF] of product circuits, (3/8)^2n, leaves the range of double precision."""

_Values = tuple[int, float, str, str, float]
"""Draw, layers, loss, data set and value."""


@dataclass(frozen=True)
class FidelityDraws:
    """A chunk of random circuits of Eq. 53, all angles uniform on [0, 2 pi).

    Attributes
    ----------
    n_qubits, n_layers
        Sizes and increasing depths.
    deep
        Whether to add the deep limit: U^dagger|phi> is then a Haar-random state, one of its own for each data set.
    draws
        Circuits in this chunk.
    """

    n_qubits: int
    n_layers: Sequence[int]
    deep: bool
    draws: int


def returning_circuit(n_qubits: int, n_layers: int) -> Circuit:
    """U^dagger of the line circuit; ``layer_ends`` are where the inverses of its last 0, 1, ... layers end."""
    model = line_circuit(n_qubits, n_layers)
    ends = [len(model.gates) - (end - n_qubits) for end in reversed(model.layer_ends)]
    return replace(adjoint(model), layer_ends=tuple(ends))


def fidelity_draws(chunk: FidelityDraws, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Draws table of LQF and QF, for targets of the same n."""
    phi = np.array([data_state(target.dense()) for target in targets.values()])
    depth = max(chunk.n_layers, default=0)
    circuit = returning_circuit(chunk.n_qubits, depth)
    share = local_fidelity_values(chunk.n_qubits)
    rows: list[_Values] = []
    for draw in range(chunk.draws):
        for layers, returned in _returned(chunk, circuit, phi, rng):
            for loss, values in (("lqf", returned @ share), ("qf", 1 - returned[:, 0])):
                rows += [(draw, layers, loss, name, v) for name, v in zip(targets, values.tolist(), strict=True)]
    return _table(rows)


def _returned(
    chunk: FidelityDraws, circuit: Circuit, phi: Float, rng: np.random.Generator
) -> Iterator[tuple[float, Float]]:
    """(layers, distributions of what U^dagger|phi> returns, one row a data set) at every depth of one draw."""
    if chunk.n_layers:
        theta = rng.uniform(0.0, 2 * np.pi, circuit.n_parameters)
        yield from layer_register_probabilities(circuit, theta, chunk.n_layers, phi)
    if chunk.deep:
        weights = rng.exponential(size=phi.shape)
        yield DEEP, weights / weights.sum(axis=1, keepdims=True)


def fidelity_batches(n_layers: int, draws: int, batch: int, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """Draws table whose values are unbiased estimates of Var[LQF], and without layers of Var[QF], at any n.

    Parameters
    ----------
    n_layers
        Depth: with layers a batch is one population of ``batch`` Pauli paths, without it is ``batch`` random product
        circuits.
    draws
        Number of batches: a draw here is a batch.
    targets
        Of one n. Var[QF] comes for data sets of the string |0...0> alone.
    """
    moments = {name: DataMoments(target) for name, target in targets.items()}
    known = {} if n_layers else targets
    vectors = {name: one_qubit_bloch_vectors(t.bitstrings, t.probabilities) for name, t in known.items()}
    zero = [name for name, target in targets.items() if not target.bitstrings.any()]
    rows: list[_Values] = []
    for draw in range(draws):
        if n_layers:
            variances = {("lqf", name): v for name, v in lqf_variance_of_paths(n_layers, batch, moments, rng).items()}
        else:
            variances = _product_variances(batch, vectors, zero, rng)
        rows += [(draw, float(n_layers), loss, name, value) for (loss, name), value in variances.items()]
    return _table(rows, digits=None)


def _product_variances(
    draws: int, vectors: Mapping[str, Float], zero: Sequence[str], rng: np.random.Generator
) -> dict[tuple[str, str], float]:
    """Sample variances of the LQF, and of the QF at |0...0> over all recombinations of the batch, without layers.

    ``vectors`` are the Bloch vectors of each data set's wires, ``zero`` the data sets that are |0...0>.
    """
    n = len(next(iter(vectors.values())))
    polar, azimuth = rng.uniform(0.0, 2 * np.pi, size=(2, draws, n))
    variances: dict[tuple[str, str], float] = {}
    for name, (across, along) in ((name, bloch.T) for name, bloch in vectors.items()):
        seen = np.cos(polar) @ along + (np.sin(polar) * np.cos(azimuth)) @ across
        variances["lqf", name] = float(np.round(0.5 - seen / (2 * n), DIGITS).var(ddof=1))
        if n <= LARGEST_QF and name in zero:
            variances["qf", name] = recombined_product_variance((1 + np.cos(polar)) / 2)
    return variances


def recombined_product_variance(factors: Float) -> float:
    """Unbiased estimate of the variance of a product of independent factors, (draws, n), over all recombinations.

    As in ``product.recombined_variance``: a plain sample variance is ruled by draws too rare to be seen.

    Examples
    --------
    One factor, drawn as 1 and as 2, has the mean square 5/2, and 1 * 2 estimates its squared mean: 5/2 - 2. Of two
    such factors it is (5/2)^2 - 2^2.

    >>> import numpy as np
    >>> round(recombined_product_variance(np.array([[1.0], [2.0]])), 12)
    0.5
    >>> round(recombined_product_variance(np.array([[1.0, 1.0], [2.0, 2.0]])), 12)
    2.25
    """
    draws = len(factors)
    squares = (factors**2).sum(axis=0)
    apart = (factors.sum(axis=0) ** 2 - squares) / (draws * (draws - 1))
    together = squares / draws
    return float(np.exp(np.log(apart).sum()) * np.expm1((np.log(together) - np.log(apart)).sum()))


def _table(rows: Sequence[_Values], digits: int | None = DIGITS) -> pd.DataFrame:
    draw, layers, loss, dataset, value = zip(*rows, strict=True)
    table = pd.DataFrame(
        {
            "draw": draw,
            "n_layers": np.array(layers, dtype=np.float64),
            "loss": pd.Categorical(loss),
            "dataset": pd.Categorical(dataset),
            "bandwidth": pd.Categorical([""] * len(rows)),
            "shots": np.nan,
            "value": np.array(value) if digits is None else np.round(value, digits),
            "fixed_point": np.nan,
        }
    )
    return table[DRAW_COLUMNS]
