"""One gradient component of a circuit: which uses of angles a parameter has, and their shifted distributions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.circuits import Circuit, live_angles, live_uses, primitives
from bornscape.my_model.gradient_noise import Shift
from bornscape.simulators.state_vector import probability_gradient, shifted_states, statevector

Use = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Probe:
    """A circuit and the state that it starts from (None: zeros), asked for single components.

    Hidden wires are summed over in every distribution.
    """

    circuit: Circuit
    initial: NDArray | None

    @cached_property
    def _angle_of_use(self) -> dict[Use, int]:
        """Every use of an angle that can change what is measured: (gate, primitive of the gate) -> angle."""
        return live_uses(self.circuit, from_zero=self.initial is None)

    @cached_property
    def _all_uses(self) -> frozenset[Use]:
        gates = enumerate(self.circuit.gates)
        return frozenset((k, j) for k, gate in gates for j, part in enumerate(primitives(gate)) if part.angles)

    def factors(self, parameter: int) -> dict[int, float]:
        """Angle -> its derivative by the parameter, where that is not 0."""
        mapped = self.circuit.angle_map
        if mapped is None:
            return {parameter: 1.0}
        column = mapped.matrix.tocsc()[:, [parameter]].tocoo()
        return {int(angle): float(value) for angle, value in zip(column.coords[0], column.data, strict=True) if value}

    @lru_cache(maxsize=4096)  # noqa: B019 - a probe lives as long as its job.
    def _wanted(self, parameter: int) -> tuple[dict[int, float], frozenset[Use]]:
        """The parameter's factors, and the uses of all other angles."""
        factors = self.factors(parameter)
        of_parameter = {use for use, angle in self._angle_of_use.items() if angle in factors}
        return factors, self._all_uses - of_parameter

    def active_parameters(self) -> list[int]:
        """Parameters that can change the measured distribution."""
        used = sorted(live_angles(self.circuit, from_zero=self.initial is None))
        mapped = self.circuit.angle_map
        return used if mapped is None else np.unique(mapped.matrix[used].nonzero()[1]).tolist()

    def parameters_to_draw(self) -> list[int]:
        """Active parameters, of which there is at least one.

        Raises
        ------
        ValueError
            If there are none.
        """
        active = self.active_parameters()
        if not active:
            raise ValueError(f"circuit: at n = {self.circuit.n_measured} no parameter changes what is measured")
        return active

    def state(self, theta: Float) -> NDArray:
        """Amplitudes of all wires at ``theta``."""
        return statevector(self.circuit, theta, "double", self.initial)

    def distribution(self, amplitudes: NDArray) -> Float:
        """What is measured of the state with these amplitudes, (2**n,) with n the wires that are measured."""
        q = amplitudes.real**2 + amplitudes.imag**2
        return self.circuit.marginal(q / q.sum())

    def gradient(self, theta: Float, slope: Float, amplitudes: NDArray) -> Float:
        """sum_x slope(x) dq(x)/dtheta by every parameter, (n_parameters,), at ``amplitudes`` = U(theta)|initial>."""
        return probability_gradient(self.circuit, theta, slope, amplitudes)

    def shifts(self, theta: Float, parameter: int, amplitudes: NDArray) -> list[Shift]:
        """The shifted distributions of every use of the parameter, at ``amplitudes`` = U(theta)|initial>."""
        factors, skipped = self._wanted(parameter)
        return list(self._shifts(theta, factors, skipped, amplitudes))

    def _shifts(
        self, theta: Float, factors: dict[int, float], skipped: frozenset[Use], amplitudes: NDArray
    ) -> Iterator[Shift]:
        if len(skipped) == len(self._all_uses):
            return
        for state in shifted_states(self.circuit, theta, "double", self.initial, skip=skipped):
            sides = (np.maximum(side, 0.0) for side in state.probabilities(amplitudes))
            plus, minus = (self.circuit.marginal(side) for side in sides)
            yield Shift(factors[state.angle], plus / plus.sum(), minus / minus.sum())
