"""Which engine takes a circuit's Z-words: the cheapest of those that are exact, else one that is not.

An engine that samples some words counts as exact where nearly all words like those asked for are exact: what the few
others add to the noise is measured with the rest.

State vectors of all wires are no business of this module: they give whole distributions, and are preferred where they
fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import NamedTuple, cast

import numpy as np

from bornscape.aliases import Bits, Float
from bornscape.circuits import Circuit
from bornscape.datasets import Target
from bornscape.simulators.words.protocol import MISREAD, DoesNotFitError, Engine, StringState

STATE_VECTOR = "state_vector"

_HOMES = {
    "iqp": "IqpEngine",
    "light_cone": "LightConeEngine",
    "chain": "ChainEngine",
    "sector": "SectorEngine",
    "pauli_exact": "PauliExactEngine",
    "pauli": "PauliEngine",
    "mps": "MpsEngine",
    STATE_VECTOR: "StateVectorEngine",
}
"""Module of this package -> its engine, in the order of their cost where several fit."""

ENGINES = tuple(_HOMES)
"""Names of all engines."""

WITH_NOISE = ("pauli_exact", "pauli")
"""Those that take depolarising noise of gates."""

FROM_DATA = ("light_cone", "chain")
"""Those that can start from the data state, as the fidelities do."""

WITH_STRINGS = ("chain", "sector", "mps", STATE_VECTOR)
"""Those that have probabilities of single outcomes (``protocol.StringState``), in the order of their cost."""

_ORDER = {"exact": 0, "sampled": 1, "truncated": 2}

NEARLY_ALL = 0.95
"""Share of exact words from which an engine that samples the others counts as exact."""

ROUGH = 0.1
"""Mean bound on the error of truncated words above which ``auto`` does not take an engine: means lie in [-1, 1], and at
random angles most are far smaller than this. Of the probability of some outcomes, which may be tiny: relative to it."""

AUTO = "auto"


class Choice(NamedTuple):
    """The engine that takes a loss's words, and why in words."""

    engine: Engine
    why: str


def _made(name: str, circuit: Circuit, data: Target | None, chances: Float | None) -> Engine:
    if chances is not None and name not in WITH_NOISE:
        raise DoesNotFitError(f"{name}: has no noise of gates; {' and '.join(WITH_NOISE)} have, depolarising")
    if data is not None and name not in FROM_DATA:
        raise DoesNotFitError(f"{name}: starts from |0...0> alone; from the data state {' and '.join(FROM_DATA)} do")
    build: Callable[..., Engine] = getattr(import_module(f"bornscape.simulators.words.{name}"), _HOMES[name])
    if chances is not None:
        return build(circuit, chances=chances)
    return build(circuit) if data is None else build(circuit, data)


@dataclass(eq=False)
class Choices:
    """The engines of one circuit, each made once.

    Attributes
    ----------
    circuit
        Each angle used once (``circuits.separate_uses``), started from |0...0>.
    wanted
        ``auto``, or the name of the one engine that may be taken.
    data
        The circuit starts in the data state of this target instead, if it is not None.
    chances
        (gates,): that a wire meets one of the three Paulis after each gate on it, each equally likely; None for none.
    """

    circuit: Circuit
    wanted: str = AUTO
    data: Target | None = None
    chances: Float | None = None
    _found: dict[str, Engine | str] = field(default_factory=dict, init=False, repr=False)

    def engine(self, name: str) -> Engine | str:
        """The engine of that name, or why it does not take the circuit."""
        if name not in self._found:
            try:
                self._found[name] = _made(name, self.circuit, self.data, self.chances)
            except (DoesNotFitError, ModuleNotFoundError) as error:
                self._found[name] = _reason(name, str(error))
        return self._found[name]

    def of(self, words: Bits, angles: Float) -> Choice:
        """The engine for words like these, (K, n_measured), at angles like these, (n_angles,) in radians.

        Raises
        ------
        DoesNotFitError
            If there is none: what was tried, and what each would take.
        """
        names = [name for name in ENGINES if name != STATE_VECTOR] if self.wanted == AUTO else [self.wanted]

        def why_not(engine: Engine) -> str | None:
            return engine.fits(words) or (_too_rough(engine, words, angles) if self.wanted == AUTO else None)

        return self._first(names, why_not, lambda engine: share_exact(engine, words), "takes this circuit")

    def of_strings(self, bitstrings: Bits, angles: Float, misread: float = 0.0) -> Choice:
        """The engine for probabilities of outcomes (K, n_measured), at angles like these, (n_angles,) in radians.

        Parameters
        ----------
        misread
            Chance that a bit is read as the other one.

        Raises
        ------
        DoesNotFitError
            If there is none: what was tried, and what each would take.
        """
        names = [name for name in WITH_STRINGS if name != STATE_VECTOR] if self.wanted == AUTO else [self.wanted]
        everything = np.ones((1, self.circuit.n_measured), dtype=np.uint8)

        def why_not(engine: Engine) -> str | None:
            if engine.name not in WITH_STRINGS:
                return f"has no probabilities of whole strings; {', '.join(WITH_STRINGS[:-1])} have"
            if engine.name == "sector" and misread:
                return MISREAD
            if (why := engine.fits(everything)) or self.wanted != AUTO:
                return why
            return _too_rough_for(engine, bitstrings, angles, misread)

        what = "has this circuit's probabilities of single strings"
        return self._first(names, why_not, lambda engine: float(engine.kind == "exact"), what)

    def _first(
        self,
        names: Sequence[str],
        why_not: Callable[[Engine], str | None],
        share_exact: Callable[[Engine], float],
        what: str,
    ) -> Choice:
        """The first of these engines that takes what is asked and is exact, else the best of those that take it."""
        refused: list[str] = []
        fitting: list[Engine] = []
        for name in names:
            found = self.engine(name)
            why = found if isinstance(found, str) else why_not(found)
            if isinstance(found, str) or why:
                refused.append(_reason(name, why or ""))
                continue
            fitting.append(found)
            if (share := share_exact(found)) >= NEARLY_ALL:
                return self._taken(found, share, refused)
        if not fitting:
            tried = "; ".join(refused)
            raise DoesNotFitError(f"no engine {what} at {self.circuit.n_measured} qubits. Tried: {tried}")
        return self._taken(min(fitting, key=lambda engine: _ORDER[engine.kind]), 0.0, refused)

    def _taken(self, engine: Engine, share: float, refused: list[str]) -> Choice:
        why = f"{engine.name} ({engine.kind}), " + ("as asked for" if self.wanted != AUTO else "as no exact one fits")
        if self.wanted == AUTO and share >= NEARLY_ALL:
            why = f"{engine.name} ({engine.kind}), the first that is exact"
            if engine.kind != "exact":
                why += f" for nearly all words ({100 * share:.0f} %)"
        return Choice(engine, "; ".join([why, *refused]))


def _too_rough(engine: Engine, words: Bits, angles: Float) -> str | None:
    """Why the engine's words say nothing there: they are cut too far."""
    if engine.kind != "truncated":
        return None
    error = float(engine.at(angles).error(words[:: len(words) // 50 + 1]).mean())
    return None if error <= ROUGH else f"it would cut words by up to {error:.2g} in the mean, {ROUGH:g} is allowed"


def _too_rough_for(engine: Engine, bitstrings: Bits, angles: Float, misread: float) -> str | None:
    """Why the engine's probability of these outcomes says nothing there: it is cut too far, for how small it is."""
    if engine.kind != "truncated":
        return None
    state = cast(StringState, engine.at(angles))
    error, chance = state.probability_error(), float(state.probabilities(bitstrings, misread).sum())
    if error <= ROUGH * chance:
        return None
    return f"it would cut the data's chance of {chance:.2g} by up to {error:.2g}, {ROUGH:g} of it is allowed"


def share_exact(engine: Engine, words: Bits) -> float:
    """Share of words like these that the engine has exactly."""
    if engine.kind == "exact":
        return 1.0
    exact = getattr(engine, "exact", None)
    return 0.0 if exact is None or engine.kind == "truncated" else float(np.mean(exact(words)))


def _reason(name: str, why: str) -> str:
    return why if why.startswith(name) else f"{name}: {why}"
