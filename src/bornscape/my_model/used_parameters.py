"""How many parameters a user's quantum function uses, found by trying it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from typing import Any

import numpy as np

from bornscape.aliases import Float
from bornscape.extras import pennylane

PLENTY = (1024, 8192)
"""Numbers of parameters that a function is offered. It uses the first so many, or as many as there are."""

_SEED = 20230506


def used_parameters(qfunc: Callable[..., Any], n_qubits: int) -> int:
    """Number of parameters that ``qfunc(parameters, wires)`` uses at n qubits.

    It is offered more than it needs; what its gates depend on are the first so many. A function that checks the number
    itself, as ``parameters.reshape(3, n)`` does, is offered 1, 2, 3, ... until exactly one number fits.

    Raises
    ------
    ValueError
        If it uses none, as many as it is given (``for angle in parameters``), or if no number fits.

    Examples
    --------
    >>> import pennylane as qml
    >>> def chain(parameters, wires):
    ...     for k, wire in enumerate(wires):
    ...         qml.RY(parameters[2 * k], wires=wire)
    ...         qml.RZ(parameters[2 * k + 1], wires=wire)
    >>> used_parameters(chain, 5)
    10
    """
    used = 0
    for offered in PLENTY:
        try:
            used = _first_used(qfunc, n_qubits, offered)
        except Exception:  # noqa: S112 - a user's function can fail in any way; the next number may be one that fits.
            continue
        if not used:
            raise ValueError(f"at n = {n_qubits} no gate uses a parameter")
        if used < offered:
            return used
    if used:
        raise _undecided(n_qubits, f"its gates use all of {used}")
    return _only_fit(qfunc, n_qubits)


def _undecided(n_qubits: int, why: str) -> ValueError:
    return ValueError(
        f"the number of parameters could not be found at n = {n_qubits}: {why}; expected 'parameters', "
        f"a formula of n such as 3*n-1, or the shape that a function of (parameters, wires) takes, such as [2, n]"
    )


def _only_fit(qfunc: Callable[..., Any], n_qubits: int) -> int:
    """The one number of parameters at which the function runs and uses them all."""
    fits: list[int] = []
    failure = "no number of parameters fits"
    for offered in range(1, 8 * n_qubits**2 + 64):
        try:
            used = _first_used(qfunc, n_qubits, offered)
        except Exception as error:  # As above.
            failure = f"{type(error).__name__}: {error}"
            continue
        if used == offered:
            fits.append(offered)
        if len(fits) > 1:
            raise _undecided(n_qubits, f"{fits[0]} and {fits[1]} both fit")
    if not fits:
        raise _undecided(n_qubits, failure)
    return fits[0]


def _first_used(qfunc: Callable[..., Any], n_qubits: int, offered: int) -> int:
    """1 + the last of ``offered`` parameters that the gates depend on; 0 if they depend on none."""
    rng = np.random.default_rng(_SEED)
    theta = rng.uniform(0, 2 * np.pi, offered)
    usual = _gates(qfunc, theta, n_qubits)

    def matter(first: int) -> bool:
        """Whether other parameters from this one on give other gates."""
        other = np.concatenate([theta[:first], rng.uniform(0, 2 * np.pi, offered - first)])
        return _gates(qfunc, other, n_qubits) != usual

    # The last one first: a function that uses all is slow to try.
    return offered if matter(offered - 1) else bisect_left(range(offered), True, key=lambda first: not matter(first))


def _gates(qfunc: Callable[..., Any], theta: Float, n_qubits: int) -> list[tuple[object, ...]]:
    """What the function does at ``theta``, in a form that can be compared."""
    qml = pennylane()  # Slow to import, and built-in families do without.

    tape = qml.tape.make_qscript(qfunc)(theta, range(n_qubits))
    return [
        (op.name, tuple(op.wires), tuple(np.asarray(value).tobytes() for value in op.data)) for op in tape.operations
    ]
