"""Draws of a model at one size: the value of every loss, a gradient component and its noise, at random starts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import xlogy

from bornscape.aliases import Float, Settings
from bornscape.bitstrings.sampling import empirical
from bornscape.bitstrings.walsh import spectrum_of_transform, walsh_hadamard
from bornscape.circuits import Circuit
from bornscape.datasets import Target
from bornscape.losses.explicit import ExplicitLoss
from bornscape.losses.mmd import MMDLoss
from bornscape.losses.supports import SparseTarget
from bornscape.my_model.circuits import model_circuit
from bornscape.my_model.components import ComponentSums, described
from bornscape.my_model.gradient_noise import (
    Coefficients,
    Kernel,
    Shift,
    component,
    mmd_noise,
    sampled_noise,
    shift_noise,
)
from bornscape.my_model.losses import ModelLoss, model_loss
from bornscape.my_model.noise import noise_at, probe_of
from bornscape.my_model.probe import Probe
from bornscape.my_model.register import initial_state
from bornscape.my_model.settings import shots_at
from bornscape.my_model.starts import Start, start_of, started
from bornscape.simulators.mixed_states import Noise
from bornscape.tables.variance import ROUNDING

REPEATS = 4
"""Estimates of a component at every draw, where its noise is found by sampling."""

UNSEEN = 0.5
"""Shots that a string without a shot counts in the estimated slope of an explicit loss."""

SILENT = 1e-13
"""A component below this share of its rounding unit, the root mean square of dL/dq, is 0: rounding is all there is."""

DRAW_COLUMNS = [
    *("loss", "draw", "value", "frozen", "mass", "mass_bound", "signal", "gradient", "noise", "first", "second"),
    *("value_noise", "gradient_noise", "estimated", "error", "engine", "engine_kind", "note"),
]
OF_STATE_VECTORS = {
    "mass_bound": np.nan,
    "value_noise": 0.0,
    "gradient_noise": 0.0,
    "estimated": 0.0,
    "error": 0.0,
    "engine": "state_vector",
    "engine_kind": "exact",
    "note": "",
}
"""Columns of draws whose numbers are exact: no estimator has a noise of its own, nothing is truncated or bounded."""

SPECTRUM_COLUMNS = ["loss", "order", "draws", "total", "squares"]


class Chunk(NamedTuple):
    """Draws of every loss (``DRAW_COLUMNS``), and sums over them.

    Of spectra (``SPECTRUM_COLUMNS``) and of gradient components (``components.COMPONENT_COLUMNS``).
    """

    draws: pd.DataFrame
    spectra: pd.DataFrame
    components: pd.DataFrame


class _Point(NamedTuple):
    """One circuit at one start: its state and distribution, and the shifts of the component looked at."""

    probe: Probe
    theta: Float
    psi: NDArray
    q: Float
    shifts: list[Shift]


@dataclass(frozen=True, eq=False)
class SizedModel:
    """A model at one size.

    Attributes
    ----------
    circuit, target, losses, start
        As the model's settings say.
    shots
        Measurements of every circuit.
    initial
        Amplitudes that the circuit starts from; None for |0...0>.
    noise
        Of gates and readout: losses are those of what is then read.
    """

    circuit: Circuit
    target: Target
    losses: Sequence[ModelLoss]
    start: Start
    shots: int
    initial: NDArray | None = None
    noise: Noise = field(default_factory=Noise)

    @classmethod
    def of(cls, settings: Settings, n_qubits: int, target: Target) -> SizedModel:
        """The model of complete ``settings`` at n qubits."""
        circuit = model_circuit(settings["circuit"], n_qubits)
        initial = initial_state(settings["circuit"], n_qubits)
        losses = [model_loss(label, loss, circuit, target, initial) for label, loss in settings["losses"].items()]
        start = started(start_of(settings["initialisation"], n_qubits, circuit.n_parameters, target), circuit)
        noise = noise_at(settings["noise"], n_qubits)
        return cls(circuit, target, losses, start, shots_at(settings["shots"], n_qubits), initial, noise)

    @cached_property
    def _forward(self) -> Probe:
        return probe_of(self.circuit, self.initial, self.noise)

    @cached_property
    def _probes(self) -> dict[str, Probe]:
        """What each loss measures; losses of the model's own distribution share one circuit."""
        probes: dict[str, Probe] = {}
        backward: Probe | None = None
        for loss in self.losses:
            if loss.objective.circuit is self.circuit:
                probes[loss.label] = self._forward
            else:
                backward = backward or probe_of(loss.objective.circuit, loss.objective.initial, self.noise)
                probes[loss.label] = backward
        return probes

    @cached_property
    def _kernels(self) -> dict[str, Kernel]:
        losses = [(loss.label, loss.objective.loss) for loss in self.losses]
        return {label: Kernel.of(loss) for label, loss in losses if isinstance(loss, MMDLoss)}

    @cached_property
    def parameters(self) -> list[int]:
        """Parameters that can change the measured distribution: a draw looks at one of them, at random."""
        return self._forward.parameters_to_draw()

    def chunk(self, draws: int, rng: np.random.Generator) -> Chunk:
        """Independent draws, and the bodyness of every loss at them."""
        rows: list[dict[str, Any]] = []
        n = self.circuit.n_measured
        totals = {loss.label: np.zeros((2, n + 1)) for loss in self.losses}
        sums = ComponentSums(totals, self.circuit.n_parameters)
        for draw in range(draws):
            for row, share, components in self.measured(self.start(rng), rng):
                totals[row["loss"]] += share, share**2
                sums.add(row["loss"], components)
                rows.append(row | {"draw": draw})
        table = pd.DataFrame(rows).assign(**OF_STATE_VECTORS)[DRAW_COLUMNS]
        return Chunk(table, spectrum_rows(totals, draws), sums.table())

    def measured(
        self, theta: Float, rng: np.random.Generator, loss: str | None = None
    ) -> Iterator[tuple[dict[str, Any], Float, Float]]:
        """Of every loss, or of one, at theta: its row, its bodyness, and its gradient by every parameter."""
        losses = [one for one in self.losses if loss in (None, one.label)]
        parameter = self.parameters[int(rng.integers(len(self.parameters)))]
        probes = dict.fromkeys(self._probes[one.label] for one in losses)
        points = {probe: self._point(probe, theta, parameter) for probe in probes}
        own = points.get(self._forward)
        q = self._forward.distribution(self._forward.state(theta)) if own is None else own.q
        frozen = self._frozen(q, rng)
        mass = float(q[self.target.indices].sum())
        for one in losses:
            row, share, components = self._measure(one, points[self._probes[one.label]], rng)
            yield {"loss": one.label, "frozen": frozen.get(one.label, np.nan), "mass": mass} | row, share, components

    def gradient(self, loss: ModelLoss, theta: Float) -> Float:
        """Exact gradient of a loss at theta, (n_parameters,)."""
        probe = self._probes[loss.label]
        psi = probe.state(theta)
        return probe.gradient(theta, loss.objective.loss.derivative(probe.distribution(psi)), psi)

    def has(self) -> set[str]:
        """Labels of the losses that can be had: all of them."""
        return {loss.label for loss in self.losses}

    def described(self, components: pd.DataFrame) -> pd.DataFrame:
        """Sums of gradient components with what each parameter turns, and whether it is dead."""
        active = {probe: probe.active_parameters() for probe in dict.fromkeys(self._probes.values())}
        return described(components, self.circuit, {label: active[probe] for label, probe in self._probes.items()})

    def _point(self, probe: Probe, theta: Float, parameter: int) -> _Point:
        psi = probe.state(theta)
        return _Point(probe, theta, psi, probe.distribution(psi), probe.shifts(theta, parameter, psi))

    def _frozen(self, q: Float, rng: np.random.Generator) -> dict[str, float]:
        """1 for each explicit loss whose estimate from the shots equals its fixed point (Theorem 1), 0 for others."""
        explicit = {loss.label: loss.objective.loss for loss in self.losses if loss.explicit}
        if not explicit:
            return {}
        seen = empirical(q, self.shots, rng)
        negative_entropy = float(xlogy(seen, seen).sum())
        sparse = SparseTarget(self.target.indices, self.target.probabilities)
        frozen = {}
        for label, loss in explicit.items():
            assert isinstance(loss, ExplicitLoss)
            estimate = sparse.losses(seen, negative_entropy, loss.epsilon)[loss.name]
            fixed = sparse.fixed_points(1.0, negative_entropy, loss.epsilon)[loss.name]
            frozen[label] = float(abs(estimate - fixed) <= ROUNDING * max(1.0, abs(fixed)))
        return frozen

    def _measure(
        self, loss: ModelLoss, point: _Point, rng: np.random.Generator
    ) -> tuple[dict[str, float], Float, Float]:
        goal, q, shifts = loss.objective.loss, point.q, point.shifts
        slope = goal.derivative(q)
        # The root mean square of all components is far steadier over the starts than that of one at random.
        components = point.probe.gradient(point.theta, slope, point.psi)
        unit = SILENT * float(np.sqrt(q @ slope**2))
        components = np.where(np.abs(components) > unit, components, 0.0)
        signal = float(np.mean(components[self.parameters] ** 2))
        gradient = component(slope, shifts)
        gradient = gradient if abs(gradient) > unit else 0.0
        if loss.noise == "mmd":
            exact = mmd_noise(self._kernels[loss.label], slope, q, shifts)
        else:
            exact = Coefficients(shift_noise(slope, shifts), 0.0 if loss.noise == "linear" else np.nan)
        if loss.noise == "sampled":
            unseen = UNSEEN if loss.explicit else 0.0
            noise = sampled_noise(goal, gradient, q, shifts, self.shots, REPEATS, rng, unseen)
        else:
            noise = exact.at(self.shots)
        row = {"value": goal(q), "signal": signal, "gradient": gradient, "noise": noise}
        row |= {"first": exact.first, "second": exact.second}
        return row, bodyness_share(slope), components


def bodyness_share(slope: Float) -> Float:
    """Share of each order l in the Walsh-Hadamard spectrum of an observable, (n+1,), without the constant l = 0.

    For dL/dq: which orders of correlations of the measured bits the loss sees to first order. All 0 for a constant.
    """
    # Dividing first: the squares of a small slope may underflow.
    largest = float(np.abs(slope).max())
    if largest == 0:
        return np.zeros(len(slope).bit_length())
    spectrum = spectrum_of_transform(walsh_hadamard(slope / largest - np.mean(slope / largest)))
    spectrum[0] = 0.0
    total = spectrum.sum()
    return spectrum / total if total > 1e-28 * len(slope) ** 2 else np.zeros_like(spectrum)


def spectrum_rows(totals: dict[str, Float], draws: int) -> pd.DataFrame:
    """Sums over draws of shares and their squares, label -> (2, n+1), as a table (``SPECTRUM_COLUMNS``)."""
    parts = [
        pd.DataFrame({"loss": label, "order": np.arange(sums.shape[1]), "total": sums[0], "squares": sums[1]})
        for label, sums in totals.items()
    ]
    return pd.concat(parts, ignore_index=True).assign(draws=draws)[SPECTRUM_COLUMNS]
