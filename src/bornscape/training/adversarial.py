"""Adversarial training, against a classical discriminator that learns from samples.

``adversarial`` trains a Born machine (a QGAN) on exact gradients; ``adversarial_step`` any model, from its samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from bornscape.aliases import Float
from bornscape.bitstrings.sampling import sample_indices
from bornscape.circuits import Circuit
from bornscape.simulators.state_vector import probabilities_and_pullback
from bornscape.training.adam import Adam
from bornscape.training.annealing import paced_rate
from bornscape.training.discriminators import Discriminator
from bornscape.training.generative import Estimate, GenerativeModel, Step


class Round(NamedTuple):
    """Where a run stands before its next epoch: the observable D and the model's distribution, (2**n,) each."""

    epoch: int
    observable: Float
    q: Float


def supervise(
    judge: Discriminator, p: Float, q: Float, steps: int, batch: int, rng: np.random.Generator, every: int = 1
) -> Iterator[Round]:
    """Train a discriminator of p against a fixed q with ``batch`` fresh samples of each a step.

    Yields before each ``every``-th step, from the first, and at the end.
    """
    for step in range(0, steps, every):
        yield Round(step, judge.observable(), q)
        strings = min(every, steps - step) * batch
        judge.learn(sample_indices(p, strings, rng), sample_indices(q, strings, rng))
    yield Round(steps, judge.observable(), q)


def adversarial(
    model: Circuit,
    theta: Float,
    judge: Discriminator,
    p: Float,
    epochs: int,
    steps: int,
    batch: int,
    pace: int,
    rng: np.random.Generator,
) -> Iterator[Round]:
    """Train ``model`` from ``theta``, radians, against ``judge``; yield before each epoch and at the end.

    An epoch is ``steps`` steps of the discriminator, each on ``batch`` fresh samples of the data p and as many of the
    model, then one Adam step of the model down the exact gradient of -sum_x q(x) D(x), whose cotangent is -D. For the
    best discriminator, D = log(p/q), that is the gradient of the reverse KLD. Learning rates are ``paced_rate``'s.
    """
    optimiser = Adam.start(model.n_parameters)
    for epoch in range(epochs + 1):
        q, pull = probabilities_and_pullback(model, theta)
        yield Round(epoch, judge.observable(), q)
        if epoch == epochs:
            return
        judge.learn(sample_indices(p, steps * batch, rng), sample_indices(q, steps * batch, rng))
        theta = theta + optimiser.step(pull(-judge.observable()), paced_rate(epoch, pace))


def adversarial_step(
    model: GenerativeModel, judge: Discriminator, p: Float, steps: int, batch: int, rng: np.random.Generator
) -> Step:
    """The estimated gradient of -sum_x q(x) D(x) with ``batch`` strings, after ``steps`` steps of the discriminator.

    The judge keeps what it learnt from step to step; each of its steps takes ``batch`` strings of the data p and as
    many of the model.
    """

    def step(theta: Float) -> Estimate:
        strings = steps * batch
        judge.learn(sample_indices(p, strings, rng), model.sample(theta, strings, rng))
        estimate = model.slope(theta, -judge.observable(), batch, rng)
        return Estimate(estimate.gradient, estimate.samples + strings)

    return step
