"""Is my quantum generative model trainable, and how does that scale?

Everything public is reached from here (``import bornscape as bs``), and each name is imported only when first used:
a job of the workflow pays only for what it needs. Conventions: wire 0 is the most significant bit; angles are
in radians; logarithms are natural; the MMD's kernel is exp(-H / 2s), so a bandwidth s is a variance.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from bornscape.compiled_cache import choose_cache

__version__ = "0.1.0"

# Before Numba is imported, which reads it then.
choose_cache(os.path.dirname(__file__), os.environ)

_HOMES = {
    "Circuit": "circuits",
    "Gate": "circuits",
    "adjoint": "circuits",
    "line_circuit": "circuits",
    "product_circuit": "circuits",
    "from_pennylane": "circuits.tracing",
    "from_qasm": "circuits.converters",
    "from_qiskit": "circuits.converters",
    "probabilities": "simulators.state_vector",
    "batch_probabilities": "simulators.state_vector",
    "statevector": "simulators.state_vector",
    "gradient": "losses.gradient",
    "bodyness_spectrum": "bitstrings.walsh",
    "walsh_hadamard": "bitstrings.walsh",
    "mmd": "losses.mmd",
    "mmd_from_samples": "losses.mmd",
    "MMDLoss": "losses.mmd",
    "ExplicitLoss": "losses.explicit",
    "kl_divergence": "losses.explicit",
    "reverse_kl_divergence": "losses.explicit",
    "jensen_shannon_divergence": "losses.explicit",
    "total_variation": "losses.explicit",
    "classical_fidelity_loss": "losses.explicit",
    "renyi_divergence": "losses.explicit",
    "quantum_fidelity_loss": "losses.fidelity",
    "local_quantum_fidelity_loss": "losses.fidelity",
    "synthetic_target": "datasets",
    "read_target": "datasets",
    "Target": "datasets",
    "product_mmd_variance": "theory",
    "scaling_law": "statistics",
    "variance_interval": "statistics",
    "trainability": "interface.answer",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'bornscape' has no attribute {name!r}")
    return getattr(import_module(f"bornscape.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
