"""What is measured while training: a circuit, the state it starts from, and a loss of its distribution."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.circuits import Circuit, adjoint, inert_uses
from bornscape.losses.explicit import ExplicitLoss
from bornscape.losses.fidelity import FIDELITIES, LinearLoss, data_state, local_fidelity_values
from bornscape.losses.mmd import MMDLoss
from bornscape.losses.regularised_kld import Form, RegularisedKLD
from bornscape.simulators.state_vector import statevector
from bornscape.training.window_shots import layers_of_line


class Loss(Protocol):
    """A loss of a measured distribution: its value, and its derivative dL/dq, (2**n,)."""

    def __call__(self, q: Float) -> float:
        """Value at q, (2**n,)."""

    def derivative(self, q: Float) -> Float:
        """dL/dq at q, (2**n,)."""


@dataclass(frozen=True, eq=False)
class Objective:
    """What is measured while training: a circuit, the state that it starts from, and a loss of its distribution.

    For the fidelities the measured circuit is the model's inverse, on the data state.

    Attributes
    ----------
    circuit, initial, loss
        What is measured; None starts from |0...0>.
    initial_at
        The initial state, (2**n,), where it follows the parameters.
    pair_weight
        Where the LQF is measured by Hadamard tests of random pairs of strings: the sum of their weights,
        (sum_x sqrt p(x))^2. None: it is measured directly.
    """

    circuit: Circuit
    initial: NDArray | None
    loss: Loss
    initial_at: Callable[[Float], NDArray] | None = None
    pair_weight: float | None = None

    def at(self, theta: Float) -> Objective:
        """The objective for a step from ``theta``."""
        return self if self.initial_at is None else replace(self, initial=self.initial_at(theta))

    @cached_property
    def inert(self) -> frozenset[tuple[int, int]]:
        """Uses of angles that cannot change what is measured."""
        return inert_uses(self.circuit, from_zero=self.initial is None)

    @cached_property
    def line_layers(self) -> int | None:
        """Layers of the line circuit from |0...0> that is measured; None if it is another circuit or start."""
        return layers_of_line(self.circuit) if self.initial is None else None


def objective(
    model: Circuit,
    p: Float,
    kind: str,
    bandwidth: Sequence[float] | None = None,
    epsilon: float = 1e-6,
    form: Form = "clipped",
) -> Objective:
    """The objective of a loss ``kind`` of ``LOSS_KINDS`` or of an explicit loss's name.

    Parameters
    ----------
    model, p
        The circuit and its target, (2**n,).
    kind
        "mmd" (with its bandwidths); "lqf"; "lqf_free", whose data state takes the model's own phases anew at every
        step, which no device could do; "lqf_hadamard", by Hadamard tests; or an explicit loss's name.
    epsilon, form
        Of explicit losses; the form is the KLD's, the others are clipped.

    Raises
    ------
    ValueError
        If the kind is unknown, or an MMD has no bandwidth.

    Examples
    --------
    The TVD |q - p|_1 to the target |0>, at the probabilities 3/4 and 1/4.

    >>> import numpy as np
    >>> import bornscape as bs
    >>> goal = objective(bs.product_circuit(1, "ry"), np.array([1.0, 0.0]), "tvd")
    >>> round(float(goal.loss(np.array([0.75, 0.25]))), 4)
    0.5
    """
    if kind == "mmd":
        if not bandwidth:
            raise ValueError("loss mmd: expected a bandwidth")
        return Objective(model, None, MMDLoss(p, tuple(bandwidth)))
    if kind == "kld":
        return Objective(model, None, RegularisedKLD(p, epsilon, form))
    if kind not in FIDELITIES:
        return Objective(model, None, ExplicitLoss(kind, p, epsilon, "clipped"))
    state = data_state(p)
    plain = Objective(adjoint(model), state, LinearLoss(local_fidelity_values(model.n_qubits)))
    if kind == "lqf_free":
        return replace(plain, initial_at=lambda theta: own_phases(model, theta, p))
    return replace(plain, pair_weight=float(state.sum() ** 2)) if kind == "lqf_hadamard" else plain


def own_phases(model: Circuit, theta: Float, p: Float) -> NDArray[np.complexfloating]:
    """The data state with the phases of the model's state, (2**n,); zero where the model has no amplitude."""
    psi = statevector(model, theta)
    size = np.abs(psi)
    directions = np.ones_like(psi)
    np.divide(psi, size, out=directions, where=size > 0)
    return directions * data_state(p)
