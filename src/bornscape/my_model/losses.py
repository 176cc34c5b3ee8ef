"""A model's losses: built-in ones, a user's diagonal observable, or a user's function of the distribution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float, Settings
from bornscape.circuits import Circuit, adjoint
from bornscape.datasets import Target
from bornscape.formulas import bandwidth_values
from bornscape.losses.explicit import DEFINITIONS, ExplicitLoss
from bornscape.losses.fidelity import LinearLoss, data_state, local_fidelity_values
from bornscape.losses.gradient import slope_of
from bornscape.losses.mmd import MMDLoss
from bornscape.my_model.settings import EPSILON, FIDELITIES
from bornscape.my_model.user_code import UserCodeError, call, call_for_vector, user_function
from bornscape.my_model.word_losses import observable_of_words
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
    keywords: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def _function(self) -> Callable[[Float, Float], Any]:
        return partial(user_function(self.path, self.name), **self.keywords)

    def __call__(self, q: Float) -> float:
        """Loss at q, (2**n,).

        Raises
        ------
        UserCodeError
            If it is no finite number.
        """
        returned = call(self.path, self.name, q, self.p, **self.keywords)
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
            returned, source = call(self.path, self.derivative_name, q, self.p, **self.keywords), self.derivative_name
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


def wrong_derivative(loss: UserLoss, q: Float, rng: np.random.Generator) -> str | None:
    """How a user's ``derivative`` differs from finite differences of its function at q, (2**n,), all above 0.

    Looked at are the direction in which the loss should grow most among those that keep the sum of q, and a random one.
    None if it does not differ by more than a hundredth and what the differences themselves are uncertain by.
    """
    slope = loss.derivative(q)
    for direction in (slope, rng.standard_normal(len(q))):
        direction = direction - direction.mean()
        largest = float(np.abs(direction).max())
        if largest <= 1e-12 * float(np.abs(slope).max()):
            continue
        step = q.min() / largest * direction / 64
        expected = float(slope @ step)
        coarse, fine = ((loss(q + step * part) - loss(q - step * part)) / (2 * part) for part in (1.0, 0.5))
        rounding = 64 * np.finfo(float).eps * abs(loss(q))
        if abs(fine - expected) > 1e-2 * max(abs(fine), abs(expected)) + 2 * abs(fine - coarse) + rounding:
            return (
                f"expected the derivative of {loss.name!r}: along one direction it says {expected:.6g}, finite "
                f"differences of {loss.name!r} {fine:.6g}; autograd finds it if the key 'derivative' is left out"
            )
    return None


def observable_values(path: str, name: str, n_qubits: int, **keywords: Any) -> Float:
    """Diagonal of a user's observable, (2**n,), from ``function(n_qubits)``; wire 0 is the most significant bit.

    Raises
    ------
    UserCodeError
        If it has another shape or is not finite.
    """
    what = f"the diagonal, finite and of shape ({2**n_qubits},)"
    return call_for_vector(path, name, 2**n_qubits, "real numbers", what, n_qubits, **keywords)


def model_loss(
    label: str, settings: Settings, circuit: Circuit, target: Target, initial: NDArray | None = None
) -> ModelLoss:
    """One loss of a model.

    Parameters
    ----------
    settings
        ``kind`` and, for mmd, ``bandwidth`` (a formula of n, or several for the mean of their kernels); for the
        explicit losses optionally ``epsilon``; for the user's own ``file``, ``function`` and optionally ``derivative``
        and ``keywords``; an observable may have ``words`` instead.
    initial
        Amplitudes of all wires that the circuit starts from; None for |0...0>.

    Raises
    ------
    ValueError
        If a quantum fidelity is asked of a circuit with hidden wires, or that starts from amplitudes.
    """
    kind, n, p = settings["kind"], circuit.n_measured, target.dense()
    keywords = settings.get("keywords", {})
    if kind in FIDELITIES:
        values = local_fidelity_values(n) if kind == "lqf" else 1.0 - (np.arange(2**n) == 0)
        if initial is not None or n < circuit.n_qubits:
            raise ValueError(f"loss {label}: a quantum fidelity needs a circuit without hidden wires, from |0...0>")
        backward = adjoint(replace(circuit, measured=None))
        return ModelLoss(label, kind, Objective(backward, data_state(circuit.lifted(p)), LinearLoss(values)), "linear")
    if kind == "observable" and "words" in settings:
        linear = LinearLoss(observable_of_words(settings, n).diagonal())
        return ModelLoss(label, kind, Objective(circuit, initial, linear), "linear")
    if kind == "observable":
        linear = LinearLoss(observable_values(settings["file"], settings["function"], n, **keywords))
        return ModelLoss(label, kind, Objective(circuit, initial, linear), "linear")
    if kind == "mmd":
        loss = MMDLoss(p, bandwidth_values(settings["bandwidth"], n))
        return ModelLoss(label, kind, Objective(circuit, initial, loss), "mmd")
    if kind == "function":
        user_loss = UserLoss(settings["file"], settings["function"], settings.get("derivative"), p, keywords)
        return ModelLoss(label, kind, Objective(circuit, initial, user_loss), "sampled")
    explicit = ExplicitLoss(kind, p, settings.get("epsilon", EPSILON))
    return ModelLoss(label, kind, Objective(circuit, initial, explicit), "sampled")
