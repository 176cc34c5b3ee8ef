"""A Born machine as a generative model: q(x) from shots alone, its gradient by the parameter-shift rule."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.bitstrings.sampling import sample_indices
from bornscape.circuits import Circuit, live_uses
from bornscape.simulators.state_vector import probabilities, probability_gradient
from bornscape.training.estimated_gradients import sampled_gradient
from bornscape.training.generative import Estimate, Step
from bornscape.training.objectives import Objective, objective


class _Values:
    """A linear loss whose values, (2**n,), change from step to step."""

    values: Float

    def __call__(self, q: Float) -> float:
        return float(self.values @ q)

    def derivative(self, q: Float) -> Float:
        return self.values


class BornMachine:
    """A circuit from |0...0> whose measured strings are the model (a QCBM); its own training is the LQF from shots.

    Angles are in radians, uniform on [0, 2 pi) at the start. See ``GenerativeModel`` for the rest.
    """

    name = "qcbm"
    explicit = False
    native_loss = "lqf"

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self._values = _Values()
        self._measured = Objective(circuit, None, self._values)

    @property
    def n_bits(self) -> int:
        """Length of the strings."""
        return self.circuit.n_qubits

    @property
    def n_parameters(self) -> int:
        """Number of angles."""
        return self.circuit.n_parameters

    @cached_property
    def active(self) -> NDArray[np.bool_]:
        """Angles that can change what is measured, (n_parameters,)."""
        changes = np.zeros(self.circuit.n_angles)
        changes[list(live_uses(self.circuit).values())] = 1.0
        return self.circuit.to_parameters(changes) != 0

    def start(self, rng: np.random.Generator) -> Float:
        """Random angles, (n_parameters,)."""
        return rng.uniform(0.0, 2 * np.pi, self.n_parameters)

    def probabilities(self, theta: Float) -> Float:
        """All q(x), (2**n,)."""
        return probabilities(self.circuit, theta)

    def sample(self, theta: Float, shots: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Indices of ``shots`` measured strings."""
        return sample_indices(self.probabilities(theta), shots, rng)

    def score(self, theta: Float, indices: NDArray[np.int64], weights: Float) -> Float:
        """Sum of weights_i grad log q(x_i), which only a simulator can tell."""
        q = self.probabilities(theta)
        slopes = np.zeros_like(q)
        np.add.at(slopes, indices, weights / np.maximum(q[indices], 1e-300))
        return probability_gradient(self.circuit, theta, slopes)

    def slope(self, theta: Float, values: Float, shots: int, rng: np.random.Generator) -> Estimate:
        """Gradient of sum_x values(x) q(x) by the parameter-shift rule, ``shots`` of each of two circuits an angle."""
        self._values.values = values
        gradient, _ = sampled_gradient(self._measured, theta, shots, rng)
        return Estimate(gradient, 2 * shots * int(self.active.sum()))

    def native(self, p: Float, shots: int, rng: np.random.Generator) -> Step:
        """The local quantum fidelity with the data's state: the inverse circuit on it, measured from shots."""
        goal = objective(self.circuit, p, "lqf")

        def step(theta: Float) -> Estimate:
            gradient, _ = sampled_gradient(goal, theta, shots, rng)
            return Estimate(gradient, 2 * shots * int(self.active.sum()))

        return step
