"""Discriminators of a QGAN as diagonal observables: a network on bits, and one that sees low-order marginals only.

The observable is the log-odds D(x) = log Pr(data | x) - log Pr(model | x), in nats. Not the probability: a sigmoid of a
sum of one- and two-body terms has terms of every order.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.bitstrings.correlations import is_constant
from bornscape.bitstrings.sampling import to_bits
from bornscape.extras import extra

Kind = Literal["network", "marginals"]

_UNMOVED = 1e-12
"""A learning rate at which one step sets a network up and leaves its weights where they start."""


def features(bitstrings: NDArray, kind: Kind) -> Float:
    """What a discriminator sees of bitstrings (M, n): signs 1 - 2x, (M, n), for "marginals" also their products in
    pairs, (M, n (n+1) / 2).
    """
    signs = 1.0 - 2.0 * np.asarray(bitstrings, dtype=np.float64)
    if kind == "network":
        return signs
    if kind != "marginals":
        raise ValueError(f"discriminator: expected 'network' or 'marginals', got {kind!r}")
    pairs = [signs[:, i] * signs[:, j] for i, j in combinations(range(signs.shape[1]), 2)]
    return np.column_stack([signs, *pairs])


class Discriminator:
    """A classifier of data against model samples that learns batch by batch (scikit-learn's MLPClassifier, Adam).

    A "network" has one hidden layer of rectifiers; "marginals" has none: logistic regression on bits and pairs of bits,
    so that its log-odds are an observable of bodyness 2.

    Parameters
    ----------
    n_qubits, kind
        Length of the bitstrings, and "network" or "marginals".
    width, rate, batch
        Rectifiers of the network's hidden layer, Adam's learning rate, and strings of either kind in a step.
    seed
        Of its first weights.
    """

    def __init__(self, n_qubits: int, kind: Kind, width: int, rate: float, batch: int, seed: int) -> None:
        self._all = features(to_bits(np.arange(2**n_qubits), n_qubits), kind)
        self._hidden, self._seed = (width,) if kind == "network" else (), seed
        self._model = self._classifier(rate, 2 * batch)
        self._batch = batch

    def _classifier(self, rate: float, strings: int) -> Any:
        with extra("experiments"):
            from sklearn.neural_network import MLPClassifier

        return MLPClassifier(
            self._hidden,
            learning_rate_init=rate,
            alpha=0.0,
            batch_size=strings,
            shuffle=False,
            random_state=self._seed,
        )

    def _first_weights(self) -> Any:
        """A twin of the untrained model: the library draws weights with the first step only."""
        twin = self._classifier(_UNMOVED, 2)
        return twin.partial_fit(self._all[:2], [0, 1], classes=[0, 1])

    def learn(self, data: NDArray[np.int64], generated: NDArray[np.int64]) -> None:
        """Steps of Adam on indices of data strings and as many of the model's, (steps * batch,) each, in their order.

        One call of the library makes all steps: most of a call's time goes into its checks, not into a step.
        """
        if len(data) != len(generated) or not len(data) or len(data) % self._batch:
            raise ValueError(
                f"batch: expected the same multiple of {self._batch} strings each, got {len(data)} and {len(generated)}"
            )
        strings = np.stack([data.reshape(-1, self._batch), generated.reshape(-1, self._batch)], axis=1)
        labels = np.broadcast_to(np.array([1, 0])[None, :, None], strings.shape)
        self._model.partial_fit(self._all[strings.ravel()], labels.ravel(), classes=[0, 1])

    def observable(self) -> Float:
        """Log-odds D(x) that a string is data, on all strings, (2**n,); before any step those of the first weights."""
        model = self._model if hasattr(self._model, "coefs_") else self._first_weights()
        # Not from probabilities, whose logarithms lose digits where one of them is close to 0.
        *hidden, last = zip(model.coefs_, model.intercepts_, strict=True)
        values = self._all
        for weights, offsets in hidden:
            values = np.maximum(values @ weights + offsets, 0.0)
        return np.asarray((values @ last[0] + last[1])[:, 0], dtype=np.float64)


def threshold_accuracy(observable: Float, p: Float, q: Float) -> float:
    """Exact probability that "data if D(x) > 0" is right about a string that is data, p, or model, q, at even odds."""
    return float(0.5 + 0.5 * (p - q) @ (observable > 0))


def linear_answers(observable: Float, strings: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Answers "data" given at random with probability (1 + D'(x)) / 2 for ``strings``, (M,) indices.

    D' is the observable without its constant part, divided by its largest absolute value: this is the measurement
    of D', whose mean answer is linear in D. What D cannot tell apart, these answers cannot; a threshold on D can,
    because the sign of a two-body observable has terms of higher order. A constant D, whose D' is 0, has even odds.
    """
    centred = observable - observable.mean()
    scale = 1.0 if is_constant(observable) else np.abs(centred).max()
    return rng.random(len(strings)) < 0.5 + 0.5 * centred[strings] / scale
