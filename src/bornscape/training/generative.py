"""What a generative model of bitstrings offers to a loss, whatever it is made of, and its training with that loss.

Losses: ``kld_exact``, q(x) of the training strings is read off (of an implicit model only a simulator can do so: that
run is the reference, not a way to train); ``kld_samples``, q is the histogram of the model's own samples; ``mmd`` at a
bandwidth and ``mmd_averaged``, both from samples; ``native``, the model's own way. All take the same Adam, and the data
are known exactly but where the native training says otherwise: what differs is what is read off the model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.losses.mmd import MMDLoss
from bornscape.losses.regularised_kld import RegularisedKLD
from bornscape.training.adam import Adam

LossName = Literal["kld_exact", "kld_samples", "mmd", "mmd_averaged", "native"]
LOSSES: tuple[LossName, ...] = get_args(LossName)


class Estimate(NamedTuple):
    """A gradient, (n_parameters,), and how many strings were drawn from the model for it."""

    gradient: Float
    samples: int


Step = Callable[[Float], Estimate]
"""The gradient at theta, (n_parameters,)."""


class GenerativeModel(Protocol):
    """A model of bitstrings with parameters theta, (n_parameters,).

    Attributes
    ----------
    name, native_loss
        As the tables call the model and its own training.
    explicit
        Whether q(x) of one string can be had in a time polynomial in n.
    """

    name: str
    explicit: bool
    native_loss: str

    @property
    def n_bits(self) -> int:
        """Length of the strings."""

    @property
    def n_parameters(self) -> int:
        """Number of entries of theta."""

    @property
    def active(self) -> NDArray[np.bool_]:
        """Which parameters can change q, (n_parameters,): the last angles about z of a circuit cannot."""

    def start(self, rng: np.random.Generator) -> Float:
        """Random parameters, (n_parameters,)."""

    def probabilities(self, theta: Float) -> Float:
        """All q(x), (2**n,), by enumeration: for the judge, and for no loss of an implicit model."""

    def sample(self, theta: Float, shots: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Indices of ``shots`` strings drawn from q."""

    def score(self, theta: Float, indices: NDArray[np.int64], weights: Float) -> Float:
        """Sum of weights_i grad log q(x_i), (n_parameters,), exact; of an implicit model only for the reference."""

    def slope(self, theta: Float, values: Float, shots: int, rng: np.random.Generator) -> Estimate:
        """Unbiased estimate, from samples alone, of the gradient of sum_x values(x) q(x), with ``values`` (2**n,).

        The shift rule with ``shots`` of every circuit, or grad log q of ``shots`` paths of a model that draws them.
        """

    def native(self, p: Float, shots: int, rng: np.random.Generator) -> Step:
        """The model's own training on data p, (2**n,), with ``shots`` strings a step; it may keep a state."""


def baseline_weights(values: Float) -> Float:
    """(v_i - mean of the others) / N of the values v of N >= 2 samples, (N,).

    The sum of weights times grad log q is an unbiased gradient of E[v], of less variance than without the mean (the
    leave-one-out baseline). Equal values give no gradient at all.

    Examples
    --------
    >>> import numpy as np
    >>> baseline_weights(np.array([1.0, 0.0, 2.0])).round(3).tolist()
    [0.0, -0.5, 0.5]
    """
    n = len(values)
    return (values - values.mean()) / (n - 1)


def gradient_of(
    model: GenerativeModel,
    loss: LossName,
    p: Float,
    shots: int,
    bandwidths: Sequence[float],
    epsilon: float,
    rng: np.random.Generator,
) -> Step:
    """The estimated gradient of a loss as a function of theta.

    Parameters
    ----------
    p
        The data, (2**n,).
    shots
        N: strings a measurement. A loss from samples takes N for its slope dL/dq and N (the shift rule: N a circuit)
        for the gradient of q.
    bandwidths
        s of the MMD's kernel exp(-H / 2s), whose mean is taken.
    epsilon
        Smallest estimate of q in the KLD from samples.
    """
    if loss == "native":
        return model.native(p, shots, rng)
    if loss == "kld_exact":
        strings = np.flatnonzero(p)
        return lambda theta: Estimate(model.score(theta, strings, -p[strings]), 0)
    measured = RegularisedKLD(p, epsilon) if loss == "kld_samples" else MMDLoss(p, tuple(bandwidths))

    def step(theta: Float) -> Estimate:
        seen = np.bincount(model.sample(theta, shots, rng), minlength=len(p)) / shots
        estimate = model.slope(theta, measured.derivative(seen), shots, rng)
        return Estimate(estimate.gradient, shots + estimate.samples)

    return step


class State(NamedTuple):
    """A run before a step: the step's number, theta, samples drawn so far, and the share of zeros in the gradients.

    ``zeros``: mean over the steps so far of the share of zeros among the gradient's active entries, NaN at the start.
    """

    step: int
    theta: Float
    samples: int
    zeros: float


def train(
    model: GenerativeModel, theta: Float, gradient: Step, steps: int, rate: Callable[[int], float]
) -> Iterator[State]:
    """Adam down the gradient; yield the state before each step and at the end.

    ``rate`` is the learning rate of a step, from 0.
    """
    optimiser, samples, zeros = Adam.start(model.n_parameters), 0, 0.0
    for step in range(steps + 1):
        yield State(step, theta, samples, zeros / step if step else np.nan)
        if step < steps:
            estimate = gradient(theta)
            zeros += float(np.mean(estimate.gradient[model.active] == 0))
            samples += estimate.samples
            theta = theta + optimiser.step(estimate.gradient, rate(step))
