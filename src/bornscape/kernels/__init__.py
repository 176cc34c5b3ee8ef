"""Simulation on PennyLane-Lightning's gates, or in compiled loops of our own. Wire 0 is the most significant bit."""

from bornscape.kernels.batches import batch_probabilities
from bornscape.kernels.lightning import CACHE_WIRES, Complex, Precision
from bornscape.kernels.states import (
    layer_probabilities,
    layer_register_probabilities,
    probabilities,
    statevector,
)
from bornscape.kernels.tangents import ShiftedBlock, ShiftedState, shifted_blocks, shifted_states
from bornscape.kernels.vector_jacobian import probability_gradient

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
    "probability_gradient",
    "shifted_blocks",
    "shifted_states",
    "statevector",
]
