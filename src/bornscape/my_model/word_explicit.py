"""One draw of an explicit loss at a size without state vectors: as ``draws.SizedModel`` has it, from q on the data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, cast

import numpy as np

from bornscape.aliases import Bits, Float
from bornscape.bitstrings.sampling import empirical
from bornscape.losses.word_estimates import ShiftedStates
from bornscape.losses.word_explicit import SupportLoss
from bornscape.my_model.draws import REPEATS, SILENT, UNSEEN
from bornscape.my_model.gradient_noise import Shift, component, shift_noise
from bornscape.simulators.words.protocol import StringState
from bornscape.tables.variance import ROUNDING


class ExplicitDraw(NamedTuple):
    """An explicit loss at one draw.

    Attributes
    ----------
    row
        Columns of ``draws.DRAW_COLUMNS``, but for which engine gave them.
    orders
        As ``SupportLoss.orders``.
    gradient
        By every parameter, (n_parameters,).
    """

    row: dict[str, Any]
    orders: Float
    gradient: Float


class DataChances(NamedTuple):
    """A state's probabilities of the data's strings, (M,), which all explicit losses share.

    Attributes
    ----------
    state, here
        Of the circuit itself.
    shifted
        Factor and both sides of each use of the parameter looked at.
    """

    state: StringState
    here: Float
    shifted: Sequence[tuple[float, Float, Float]]

    @classmethod
    def of(cls, state: Any, shifts: Sequence[ShiftedStates], bitstrings: Bits) -> DataChances:
        """Of states of an engine that has them."""

        def chances(of: Any) -> Float:
            return np.maximum(cast(StringState, of).probabilities(bitstrings), 0.0)

        return cls(state, chances(state), [(one.factor, chances(one.plus), chances(one.minus)) for one in shifts])


def explicit_draw(
    loss: SupportLoss,
    chances: DataChances,
    to_parameters: Callable[[Float], Float],
    parameters: tuple[Sequence[int], int],
    shots: int,
    rng: np.random.Generator,
) -> ExplicitDraw:
    """Value, gradient, noise of shots and what they see of the data.

    Parameters
    ----------
    to_parameters
        Takes derivatives by the angles to those by the parameters.
    parameters
        Those whose components are the signal, and the one looked at.
    """
    inside = chances.here
    slopes = loss.slopes(inside)
    components = to_parameters(loss.gradient(chances.state, inside))
    # Probabilities are had to a relative rounding error, however small they are.
    unit = SILENT * float(np.abs(slopes) @ inside)
    components = np.where(np.abs(components) > unit, components, 0.0)
    gradient = float(components[parameters[1]])
    outcomes = loss.outcomes(inside)
    moved = [Shift(factor, loss.outcomes(plus), loss.outcomes(minus)) for factor, plus, minus in chances.shifted]
    full = np.append(slopes, np.zeros(len(outcomes) - len(slopes)))
    seen = loss.loss(empirical(outcomes, shots, rng))
    row = {
        "value": loss.value(inside),
        "frozen": float(abs(seen - loss.fixed_point) <= ROUNDING * max(1.0, abs(loss.fixed_point))),
        "mass": min(1.0, float(inside.sum())),
        "signal": float(np.mean(components[list(parameters[0])] ** 2)),
        "gradient": gradient,
        "noise": _noise(loss, gradient, outcomes, moved, shots, rng),
        "first": shift_noise(full, moved),
        "second": np.nan,
        "error": loss.error(inside, chances.state.probability_error()),
    }
    return ExplicitDraw(row, loss.orders(inside), components)


def _noise(
    loss: SupportLoss, exact: float, outcomes: Float, moved: Sequence[Shift], shots: int, rng: np.random.Generator
) -> float:
    """Mean squared error of an estimated component, as ``gradient_noise.sampled_noise`` has it.

    The slope's shots are drawn, those of the shifted circuits averaged exactly: where they hardly ever hit the data,
    a few tries would see no noise at all.
    """
    errors = []
    for _ in range(REPEATS):
        slope = loss.loss.derivative(np.maximum(empirical(outcomes, shots, rng), UNSEEN / shots))
        slope = slope - slope[len(loss.bitstrings)]
        errors.append(shift_noise(slope, moved) / shots + (component(slope, moved) - exact) ** 2)
    return float(np.mean(errors))
