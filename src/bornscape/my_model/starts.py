"""Where training starts: uniform angles, small angles, or a user's function."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bornscape.aliases import Float, Settings
from bornscape.circuits import Circuit
from bornscape.datasets import Target
from bornscape.my_model.settings import scale_at
from bornscape.my_model.user_code import call_for_vector

Start = Callable[[np.random.Generator], Float]


def start_of(settings: Settings, n_qubits: int, n_parameters: int, target: Target) -> Start:
    """A function from a generator to one random start, (n_parameters,), in radians.

    Parameters
    ----------
    settings
        The model's ``initialisation``: ``kind`` "uniform" (on [0, 2 pi)) or "small" (normal with mean 0 and standard
        deviation ``scale``, a formula of n), or ``file``, ``function`` and optionally ``keywords``.
    target
        The data at n qubits, which a user's function is given.
    """
    if "file" in settings:
        return lambda rng: _from_user(settings, n_qubits, n_parameters, target, rng)
    if settings["kind"] == "uniform":
        return lambda rng: rng.uniform(0, 2 * np.pi, n_parameters)
    scale = scale_at(settings["scale"], n_qubits)
    return lambda rng: rng.normal(0, scale, n_parameters)


def started(start: Start, circuit: Circuit) -> Start:
    """The same starts, each tried on the function that the circuit was traced from.

    Raises
    ------
    UserCodeError
        When a start is drawn at which that function does something else than the circuit.
    """
    check = circuit.check
    if check is None:
        return start

    def checked(rng: np.random.Generator) -> Float:
        theta = start(rng)
        check(theta)
        return theta

    return checked


def _from_user(settings: Settings, n_qubits: int, count: int, target: Target, rng: np.random.Generator) -> Float:
    """``function(n_qubits, n_parameters, bitstrings, probabilities, rng)``, checked."""
    path, name, keywords = settings["file"], settings["function"], settings.get("keywords", {})
    bitstrings, probabilities = target.bitstrings.copy(), target.probabilities.copy()
    what = f"{count} finite parameters at n = {n_qubits}"
    given = (n_qubits, count, bitstrings, probabilities, rng)
    return call_for_vector(path, name, count, f"{count} numbers", what, *given, **keywords)
