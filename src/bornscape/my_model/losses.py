"""A model's losses: built-in ones, a user's diagonal observable, or a user's function of the distribution."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from bornscape.aliases import Float, Settings
from bornscape.circuits import Circuit, adjoint
from bornscape.datasets import Target
from bornscape.formulas import bandwidth_values
from bornscape.losses.explicit import DEFINITIONS, ExplicitLoss
from bornscape.losses.fidelity import LinearLoss, data_state, local_fidelity_values
from bornscape.losses.gradient import slope_of
from bornscape.losses.mmd import MMDLoss
from bornscape.my_model.settings import EPSILON, FIDELITIES
from bornscape.my_model.user_code import UserCodeError, call, user_function
from bornscape.training.objectives import Objective

Noise = Literal["linear", "mmd", "sampled"]

KINDS = ("mmd", *FIDELITIES, *DEFINITIONS, "observable", "function")
"""What a loss's ``kind`` can be."""


@dataclass(frozen=True, eq=False)
class ModelLoss:
    """A loss of a model at one size.

    Attributes
    ----------
    label, kind
        Its name in the configuration, and one of ``KINDS``.
    objective
        What is measured: a circuit, the state that it starts from (None: zeros), and the loss of its distribution.
    noise
        How the noise of its gradient is found: exactly ("linear" in the distribution, "mmd") or by sampling.
    """

    label: str
    kind: str
    objective: Objective
    noise: Noise

    @property
    def explicit(self) -> bool:
        """Whether it compares probabilities string by string, so that unseen data freeze its estimates."""
        return self.kind in DEFINITIONS


@dataclass(frozen=True, eq=False)
class UserLoss:
    """A user's ``function(q, p)`` with its derivative: ``derivative(q, p)`` of the same file, or by autograd."""

    path: str
    name: str
    derivative_name: str | None
    p: Float

    @cached_property
    def _function(self) -> Callable[[Float, Float], Any]:
        return user_function(self.path, self.name)

    def __call__(self, q: Float) -> float:
        """Loss at q, (2**n,).

        Raises
        ------
        UserCodeError
            If it is no finite number.
        """
        returned = call(self.path, self.name, q, self.p)
        try:
            value = float(returned)
        except (TypeError, ValueError) as error:
            raise UserCodeError(
                f"{self.path}: {self.name}: expected one number, got {type(returned).__name__}"
            ) from error
        if not np.isfinite(value):
            raise UserCodeError(f"{self.path}: {self.name}: expected a finite number, got {value}")
        return value

    def derivative(self, q: Float) -> Float:
        """dL/dq at q, (2**n,).

        Raises
        ------
        UserCodeError
            If there is none, it has another shape or is not finite.
        """
        if self.derivative_name is not None:
            returned, source = call(self.path, self.derivative_name, q, self.p), self.derivative_name
        else:
            source = self.name
            try:
                returned = slope_of(lambda values: self._function(values, self.p), q)
            except Exception as error:  # autograd fails in as many ways as there are functions.
                raise UserCodeError(
                    f"{self.path}: {self.name}: no derivative: expected a function written with autograd.numpy, or a "
                    f"key 'derivative' that names a function of (q, p)"
                ) from error
        slope = np.asarray(returned, dtype=np.float64)
        if slope.shape != q.shape or not np.isfinite(slope).all():
            what = f"shape {slope.shape}" if slope.shape != q.shape else "values that are not finite"
            raise UserCodeError(f"{self.path}: {source}: expected a finite derivative of shape {q.shape}, got {what}")
        return slope


def observable_values(path: str, name: str, n_qubits: int) -> Float:
    """Diagonal of a user's observable, (2**n,), from ``function(n_qubits)``; wire 0 is the most significant bit.

    Raises
    ------
    UserCodeError
        If it has another shape or is not finite.
    """
    returned = call(path, name, n_qubits)
    try:
        values = np.asarray(returned, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UserCodeError(f"{path}: {name}: expected real numbers, got {type(returned).__name__}") from error
    if values.shape != (2**n_qubits,) or not np.isfinite(values).all():
        what = f"shape {values.shape}" if values.shape != (2**n_qubits,) else "values that are not finite"
        raise UserCodeError(f"{path}: {name}: expected the diagonal, finite and of shape ({2**n_qubits},), got {what}")
    return values


def model_loss(label: str, settings: Settings, circuit: Circuit, target: Target) -> ModelLoss:
    """One loss of a model.

    Parameters
    ----------
    settings
        ``kind`` and, for mmd, ``bandwidth`` (a formula of n, or several for the mean of their kernels); for the
        explicit losses optionally ``epsilon``; for the user's own ``file``, ``function`` and optionally ``derivative``.
    """
    kind, n, p = settings["kind"], circuit.n_qubits, target.dense()
    if kind in FIDELITIES:
        values = local_fidelity_values(n) if kind == "lqf" else 1.0 - (np.arange(2**n) == 0)
        return ModelLoss(label, kind, Objective(adjoint(circuit), data_state(p), LinearLoss(values)), "linear")
    if kind == "observable":
        linear = LinearLoss(observable_values(settings["file"], settings["function"], n))
        return ModelLoss(label, kind, Objective(circuit, None, linear), "linear")
    if kind == "mmd":
        loss = MMDLoss(p, bandwidth_values(settings["bandwidth"], n))
        return ModelLoss(label, kind, Objective(circuit, None, loss), "mmd")
    if kind == "function":
        user_loss = UserLoss(settings["file"], settings["function"], settings.get("derivative"), p)
        return ModelLoss(label, kind, Objective(circuit, None, user_loss), "sampled")
    explicit = ExplicitLoss(kind, p, settings.get("epsilon", EPSILON))
    return ModelLoss(label, kind, Objective(circuit, None, explicit), "sampled")
