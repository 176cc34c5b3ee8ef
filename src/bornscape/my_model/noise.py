"""The key ``noise`` of a model: chances at a size, and single components of a noisy circuit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from numpy.typing import NDArray

from bornscape.aliases import Float, Settings
from bornscape.circuits import Circuit
from bornscape.formulas import evaluate
from bornscape.my_model.gradient_noise import Shift
from bornscape.my_model.probe import Probe
from bornscape.my_model.register import wires_at
from bornscape.simulators.mixed_states import LARGEST, Noise, NoisyCircuit, flipped, size_problem
from bornscape.simulators.words.choice import AUTO, STATE_VECTOR, WITH_NOISE

KINDS = ("readout", "depolarising", "amplitude_damping")


def noise_at(settings: Settings | None, n_qubits: int) -> Noise:
    """The noise at n qubits of a model's ``noise``: a number or a formula of n for each of ``KINDS``; None for none.

    Raises
    ------
    ValueError
        If a chance lies outside its range; the message begins with its kind.

    Examples
    --------
    >>> noise_at({"readout": "0.1/n"}, 5).readout
    0.02
    """
    return Noise(**{kind: evaluate(formula, n_qubits) for kind, formula in (settings or {}).items()})


def noise_problem(settings: Settings, n_qubits: int) -> tuple[str, str] | None:
    """(kind, what is wrong) with the ``noise`` of a model's complete settings at n qubits; None if nothing is."""
    wires = wires_at(settings["circuit"], n_qubits)
    for kind, formula in (settings["noise"] or {}).items():
        if kind not in KINDS:
            return kind, f"expected some of {', '.join(KINDS)}, as {{readout: 0.02}}, got {kind!r}"
        try:
            noise = noise_at({kind: formula}, n_qubits)
        except ValueError as error:
            return kind, f"at n = {n_qubits}: {error}".replace(f"{kind}: ", "", 1)
        engine = settings["engine"]
        if noise.amplitude_damping and (wires > LARGEST or engine not in (AUTO, STATE_VECTOR)):
            return kind, size_problem(wires) if wires > LARGEST else _engine_problem(engine, (AUTO, STATE_VECTOR))
        if noise.depolarising and engine not in (AUTO, STATE_VECTOR, *WITH_NOISE):
            return kind, _engine_problem(engine, (AUTO, *WITH_NOISE))
        if noise.depolarising and engine == STATE_VECTOR and wires > LARGEST:
            return (
                kind,
                f"state vectors have such noise on at most {LARGEST} wires; expected engine: auto, or smaller sizes",
            )
    return None


def _engine_problem(engine: str, others: Sequence[str]) -> str:
    return f"engine {engine} has no such noise of gates; expected engine: {' or '.join(others)}, or readout alone"


def probe_of(circuit: Circuit, initial: NDArray | None, noise: Noise) -> Probe:
    """What is asked for single components: the state vector's distribution, with its noise if there is any."""
    if noise.of_gates:
        return NoisyProbe(circuit, initial, noise)
    return ReadoutProbe(circuit, initial, noise) if noise.readout else Probe(circuit, initial)


@dataclass(frozen=True, eq=False)
class ReadoutProbe(Probe):
    """Gates without noise; every measured bit is read wrongly with a chance."""

    noise: Noise

    def distribution(self, amplitudes: NDArray) -> Float:
        """What is read of the state with these amplitudes, (2**n,)."""
        return flipped(super().distribution(amplitudes), self.noise.readout)

    def gradient(self, theta: Float, slope: Float, amplitudes: NDArray) -> Float:
        """sum_x slope(x) dq(x)/dtheta of what is read, (n_parameters,)."""
        return super().gradient(theta, flipped(slope, self.noise.readout), amplitudes)

    def shifts(self, theta: Float, parameter: int, amplitudes: NDArray) -> list[Shift]:
        """What is read of the shifted circuits of every use of the parameter."""
        chance = self.noise.readout
        return [
            Shift(shift.factor, flipped(shift.plus, chance), flipped(shift.minus, chance))
            for shift in super().shifts(theta, parameter, amplitudes)
        ]


@dataclass(frozen=True, eq=False)
class NoisyProbe(Probe):
    """Noisy gates and readout: its "amplitudes" are the means of all Pauli words."""

    noise: Noise

    @cached_property
    def _noisy(self) -> NoisyCircuit:
        return NoisyCircuit(self.circuit, self.noise, self.initial)

    def state(self, theta: Float) -> NDArray:
        """Means of all Pauli words at ``theta``, (4**wires,)."""
        return self._noisy.state(theta)

    def distribution(self, amplitudes: NDArray) -> Float:
        """What is read of such a state, (2**n,)."""
        return self._noisy.distribution(amplitudes)

    def gradient(self, theta: Float, slope: Float, amplitudes: NDArray) -> Float:
        """sum_x slope(x) dq(x)/dtheta, (n_parameters,)."""
        return self._noisy.gradient(theta, slope)

    def shifts(self, theta: Float, parameter: int, amplitudes: NDArray) -> list[Shift]:
        """What is read of the shifted circuits of every use of the parameter."""
        factors = self._wanted(parameter)[0]
        return [Shift(factors[angle], plus, minus) for angle, plus, minus in self._noisy.shifted(theta, factors)]
