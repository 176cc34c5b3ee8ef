"""Draws of a model at a size without state vectors, by the engine that takes each loss.

Losses are had from means of Z-words, explicit ones from the probabilities of the data's strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from bornscape.aliases import Float, Settings
from bornscape.circuits import Circuit, live_angles, separate_uses
from bornscape.datasets import Target
from bornscape.losses.explicit import DEFINITIONS
from bornscape.losses.word_data import ListedWords, WordData
from bornscape.losses.word_estimates import WordLoss
from bornscape.losses.word_explicit import SupportLoss
from bornscape.losses.word_fidelity import inverse_circuit, local_fidelity_words
from bornscape.my_model.circuits import model_circuit
from bornscape.my_model.components import ComponentSums, described
from bornscape.my_model.draws import DRAW_COLUMNS, Chunk, spectrum_rows
from bornscape.my_model.noise import noise_at
from bornscape.my_model.probe import Probe
from bornscape.my_model.settings import shots_at
from bornscape.my_model.starts import Start, start_of, started
from bornscape.my_model.word_explicit import explicit_draw
from bornscape.my_model.word_hits import HitBound
from bornscape.my_model.word_losses import word_loss
from bornscape.my_model.word_states import States
from bornscape.seeds import generator
from bornscape.simulators.mixed_states import LARGEST
from bornscape.simulators.words.choice import Choices
from bornscape.simulators.words.pauli import chances_after_gates
from bornscape.simulators.words.protocol import DoesNotFitError, Engine
from bornscape.simulators.words.readout import read_with

LIKELY = 1000
"""Words of each kind that an engine is asked about before it is chosen."""


class WordTask(NamedTuple):
    """One loss with the engine that gives its words or probabilities; neither where the loss cannot be had.

    Attributes
    ----------
    why
        Why this engine, or why not at all.
    live
        Angles that can change what is measured: the others need no circuits of their own.
    hits
        Of an explicit loss that cannot be had: what a shot's chance to fall on the data is at most, where that can be.
    """

    label: str
    loss: WordLoss | SupportLoss | None
    engine: Engine | None
    why: str
    live: frozenset[int] = frozenset()
    hits: HitBound | None = None


@dataclass(frozen=True, eq=False)
class WordModel:
    """A model at one size, on words.

    Attributes
    ----------
    circuit
        Each angle used once.
    tasks
        Its losses, in order.
    start, shots
        Where training starts; measurements of every circuit.
    """

    circuit: Circuit
    tasks: Sequence[WordTask]
    start: Start
    shots: int

    @classmethod
    def of(cls, settings: Settings, n_qubits: int, data: WordData) -> WordModel:
        """The model of complete ``settings`` at n qubits.

        Raises
        ------
        DoesNotFitError
            If no engine takes its circuit, or none of its losses can be had.
        """
        if isinstance(settings["circuit"].get("initial"), dict) and "file" in settings["circuit"]["initial"]:
            raise DoesNotFitError(
                f"{n_qubits} qubits: a start that is given by its amplitudes needs state vectors; expected a basis "
                f"state, ghz, or gates in the circuit function"
            )
        made, noise = model_circuit(settings["circuit"], n_qubits), noise_at(settings["noise"], n_qubits)
        if noise.amplitude_damping:
            raise DoesNotFitError(
                f"{n_qubits} qubits: words have no amplitude damping; it takes {LARGEST} wires at most"
            )
        chances = chances_after_gates(made, noise.depolarising) if noise.depolarising else None
        circuit = separate_uses(made)
        forward = Choices(circuit, settings["engine"], chances=chances)
        start = _start(settings["initialisation"], circuit, data)
        likely = circuit.angles(start(generator(0, "likely start", n_qubits)))
        asked = _Asked(forward, data, likely, noise.readout)
        tasks = [_task(label, loss, asked) for label, loss in settings["losses"].items()]
        if not any(task.loss for task in tasks):
            noisy = f" (noise of gates: whole distributions up to {LARGEST} wires)" if noise.of_gates else ""
            reasons = "; ".join(f"{task.label}: {task.why}" for task in tasks)
            raise DoesNotFitError(f"{n_qubits} qubits{noisy}: {reasons}")
        tasks = _with_hits(tasks, settings["losses"], asked)
        read = read_with(noise.readout, [task.engine for task in tasks])
        tasks = [task._replace(engine=engine) for task, engine in zip(tasks, read, strict=True)]
        return cls(circuit, tasks, start, shots_at(settings["shots"], n_qubits))

    @cached_property
    def _probe(self) -> Probe:
        return Probe(self.circuit, None)

    @cached_property
    def parameters(self) -> list[int]:
        """Parameters that can change the measured distribution: a draw looks at one of them, at random."""
        return self._probe.parameters_to_draw()

    def chunk(self, draws: int, rng: np.random.Generator) -> Chunk:
        """Independent draws, and the bodyness of every loss at them."""
        rows: list[dict[str, Any]] = []
        # What explicit losses sample leaves the draws of the others as they are without them.
        apart = rng.spawn(1)[0]
        n = self.circuit.n_measured
        totals = {task.label: np.zeros((2, n + 1)) for task in self.tasks if task.loss}
        sums = ComponentSums(totals, self.circuit.n_parameters)
        for draw in range(draws):
            theta = self.start(rng)
            parameter = self.parameters[int(rng.integers(len(self.parameters)))]
            states = States(self.circuit.angles(theta), self._probe.factors(parameter))
            for task in self.tasks:
                own = apart if isinstance(task.loss, SupportLoss) else rng
                row, share, (first, second) = self._measure(task, states, parameter, own)
                rows.append({"loss": task.label, "draw": draw} | row)
                if task.loss:
                    totals[task.label] += share, share**2
                    sums.add(task.label, (first + second) / 2, first * second)
        table = pd.DataFrame(rows).reindex(columns=DRAW_COLUMNS)
        return Chunk(table, spectrum_rows(totals, draws), sums.table())

    def at_point(self, theta: Float, rng: np.random.Generator, task: WordTask) -> dict[str, Any]:
        """The row of one loss at theta, by a parameter at random."""
        parameter = self.parameters[int(rng.integers(len(self.parameters)))]
        states = States(self.circuit.angles(theta), self._probe.factors(parameter))
        return {"loss": task.label} | self._measure(task, states, parameter, rng)[0]

    def has(self) -> set[str]:
        """Labels of the losses that can be had at this size."""
        return {task.label for task in self.tasks if task.loss}

    def described(self, components: pd.DataFrame) -> pd.DataFrame:
        """Sums of gradient components with what each parameter turns, and whether it is dead."""
        return described(components, self.circuit, dict.fromkeys(components["loss"].unique(), self.parameters))

    def _measure(
        self, task: WordTask, states: States, parameter: int, rng: np.random.Generator
    ) -> tuple[dict[str, Any], Float, tuple[Float, Float]]:
        """A loss at a draw: its row, its bodyness, and two independent estimates of its gradient."""
        if task.loss is None or task.engine is None:
            nothing = np.zeros(self.circuit.n_parameters)
            bound = {} if task.hits is None else {"mass_bound": states.most_hits(task.hits)}
            return {"engine": "", "engine_kind": "", "note": task.why} | bound, np.zeros(0), (nothing, nothing)
        engine = task.engine
        of_engine = {"engine": engine.name, "engine_kind": engine.kind, "note": task.why}
        if isinstance(task.loss, SupportLoss):
            chances = states.chances(engine, task.live, task.loss.bitstrings)
            looked_at = (self.parameters, parameter)
            drawn = explicit_draw(task.loss, chances, self.circuit.to_parameters, looked_at, self.shots, rng)
            exact = {"value_noise": 0.0, "gradient_noise": 0.0, "estimated": 0.0}
            return drawn.row | exact | of_engine, _shares(drawn.orders), (drawn.gradient, drawn.gradient)
        found = task.loss.halves(states.here(engine), engine.kind, rng)
        first, second = (self.circuit.to_parameters(half) for half in found.gradients)
        a, b = task.loss.noise(states.here(engine), states.shifts(engine, task.live), rng)
        row = {
            "value": found.values.mean(),
            "value_noise": (found.values[0] - found.values[1]) / 2,
            "signal": float(np.mean((first * second)[self.parameters])),
            "gradient": (first[parameter] + second[parameter]) / 2,
            "gradient_noise": (first[parameter] - second[parameter]) / 2,
            "noise": a / self.shots + b / self.shots**2,
            "first": a,
            "second": b,
            "estimated": float(task.loss.estimated or engine.kind == "sampled"),
            "error": found.error,
        }
        return row | of_engine, _shares(np.maximum(found.orders, 0.0)), (first, second)


def _shares(orders: Float) -> Float:
    """Each order's share of the sum; all 0 where that is."""
    return orders / orders.sum() if orders.sum() > 0 else orders


class _Asked(NamedTuple):
    """What a loss's engine is chosen for: the circuit's engines, the data, angles that are likely, and readout."""

    forward: Choices
    data: WordData
    likely: Float
    misread: float


def _fidelity(label: str, asked: _Asked) -> WordTask:
    """The LQF: words after the inverse circuit, from the data state."""
    forward, data, likely, _ = asked
    if not isinstance(data, ListedWords):
        return WordTask(label, None, None, "not at this size: lqf needs data whose strings are listed")
    if forward.chances is not None:
        return WordTask(label, None, None, "not at this size: lqf has no noise of gates beyond mixed states")
    n = data.n_qubits
    try:
        backward = Choices(inverse_circuit(forward.circuit), forward.wanted, data.target)
        loss = local_fidelity_words(n)
        choice = backward.of(loss.likely_words(LIKELY, generator(0, "likely words", n)), likely)
    except ValueError as error:  # DoesNotFitError is one.
        return WordTask(label, None, None, f"not at this size: {error}")
    return WordTask(label, loss, choice.engine, choice.why, live_angles(backward.circuit, from_zero=False))


def _with_hits(tasks: Sequence[WordTask], losses: Settings, asked: _Asked) -> list[WordTask]:
    """The tasks, explicit losses that cannot be had with what their shots hit at most."""
    without = {task.label for task in tasks if task.loss is None and losses[task.label]["kind"] in DEFINITIONS}
    if not without or not isinstance(asked.data, ListedWords):
        return list(tasks)
    hits = HitBound.of(asked.forward, asked.data.target.bitstrings, asked.likely, asked.misread)
    return [task._replace(hits=hits) if task.label in without else task for task in tasks]


def _start(settings: Settings, circuit: Circuit, data: WordData) -> Start:
    """Where training starts; a user's function is given the strings, if they are listed."""
    if isinstance(data, ListedWords):
        target = data.target
    elif "file" not in settings:
        target = Target(np.zeros((1, data.n_qubits), dtype=np.uint8), np.ones(1))  # Nothing looks at it.
    else:
        raise DoesNotFitError(
            f"{settings['file']}: {settings['function']}: at n = {data.n_qubits} the data's strings are too many to be "
            f"handed to it; expected kind: uniform or small, or other data"
        )
    return started(start_of(settings, data.n_qubits, circuit.n_parameters, target), circuit)


def _task(label: str, settings: Settings, asked: _Asked) -> WordTask:
    """A loss with its engine for words, or strings, and angles (n_angles,) such as the draws will ask about."""
    if settings["kind"] == "lqf":
        return _fidelity(label, asked)
    forward, data, likely, misread = asked
    loss = word_loss(settings, data)
    if isinstance(loss, str):
        return WordTask(label, None, None, f"not at this size: {loss}")
    if isinstance(loss, SupportLoss):
        try:
            choice = forward.of_strings(loss.bitstrings, likely, misread)
        except DoesNotFitError as error:
            return WordTask(label, None, None, f"not at this size: {error}")
    else:
        # Whether words like these fit is asked of the same words in every run.
        choice = forward.of(loss.likely_words(LIKELY, generator(0, "likely words", data.n_qubits)), likely)
    return WordTask(label, loss, choice.engine, choice.why, live_angles(forward.circuit))
