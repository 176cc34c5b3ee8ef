"""What is measured while training: a circuit, the state it starts from, and a loss of its distribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.circuits import Circuit, adjoint, inert_uses
from bornscape.losses.explicit import ExplicitLoss
from bornscape.losses.fidelity import LinearLoss, data_state, local_fidelity_values
from bornscape.losses.mmd import MMDLoss
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
    """

    circuit: Circuit
    initial: NDArray | None
    loss: Loss

    @cached_property
    def inert(self) -> frozenset[tuple[int, int]]:
        """Uses of angles that cannot change what is measured."""
        return inert_uses(self.circuit, from_zero=self.initial is None)

    @cached_property
    def line_layers(self) -> int | None:
        """Layers of the line circuit from |0...0> that is measured; None if it is another circuit or start."""
        return layers_of_line(self.circuit) if self.initial is None else None


def objective(
    model: Circuit, p: Float, kind: str, bandwidth: Sequence[float] | None = None, epsilon: float = 1e-6
) -> Objective:
    """The objective of a loss ``kind``: "mmd" (with its bandwidths), "lqf", or an explicit loss's name.

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
    if kind == "lqf":
        return Objective(adjoint(model), data_state(p), LinearLoss(local_fidelity_values(model.n_qubits)))
    return Objective(model, None, ExplicitLoss(kind, p, epsilon))
