"""Simulation on PennyLane-Lightning's gates, or in compiled loops of our own. Wire 0 is the most significant bit."""

from bornscape.aliases import Complex
from bornscape.simulators.state_vector.batches import batch_probabilities
from bornscape.simulators.state_vector.lightning import CACHE_WIRES, Precision
from bornscape.simulators.state_vector.states import (
    layer_probabilities,
    layer_register_probabilities,
    probabilities,
    statevector,
)
from bornscape.simulators.state_vector.tangents import ShiftedBlock, ShiftedState, shifted_blocks, shifted_states
from bornscape.simulators.state_vector.vector_jacobian import probabilities_and_pullback, probability_gradient

__all__ = [
    "CACHE_WIRES",
    "Complex",
    "Precision",
    "ShiftedBlock",
    "ShiftedState",
    "batch_probabilities",
    "layer_probabilities",
    "layer_register_probabilities",
    "probabilities",
    "probabilities_and_pullback",
    "probability_gradient",
    "shifted_blocks",
    "shifted_states",
    "statevector",
]
