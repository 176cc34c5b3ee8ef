"""The public interface: light to import, complete, and with the signatures that notebooks and users rely on."""

import inspect
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import bornscape as bs

HEAVY = ["numpy", "pandas", "scipy", "pennylane", "pennylane_lightning", "matplotlib", "seaborn", "jsonschema", "yaml"]

# The documented names and the order of their parameters; "=" marks one that may be left out. More may follow.
SIGNATURES: dict[str, list[str]] = {
    "line_circuit": ["n_qubits", "n_layers"],
    "product_circuit": ["n_qubits"],
    "from_pennylane": ["qfunc", "n_qubits", "n_parameters"],
    "probabilities": ["circuit", "theta"],
    "mmd": ["q", "p", "bandwidth"],
    "mmd_from_samples": ["x", "y", "bandwidth", "estimator="],
    "bodyness_spectrum": ["difference"],
    "kl_divergence": ["p", "q", "epsilon="],
    "reverse_kl_divergence": ["p", "q", "epsilon="],
    "jensen_shannon_divergence": ["p", "q"],
    "total_variation": ["p", "q"],
    "classical_fidelity_loss": ["p", "q"],
    "renyi_divergence": ["p", "q", "order"],
    "quantum_fidelity_loss": ["circuit", "theta", "p"],
    "local_quantum_fidelity_loss": ["circuit", "theta", "p"],
    "gradient": ["circuit", "theta", "loss"],
    "product_mmd_variance": ["n_qubits", "bandwidth", "bitstrings", "probabilities=", "single_qubit="],
    "scaling_law": ["n", "variance", "ci"],
    "trainability": ["circuit", "data", "loss=", "sizes=", "shots="],
}


def modules_after(statement: str) -> set[str]:
    """Names of HEAVY that a fresh interpreter has imported after a statement."""
    code = f"import sys\n{statement}\nprint(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_imports_nothing_heavy() -> None:
    assert modules_after("import bornscape as bs; bs.__version__; dir(bs); bs.__all__") == set()


def test_using_a_name_imports_what_it_needs_only() -> None:
    found = modules_after("import bornscape as bs; bs.walsh_hadamard")
    assert {"numpy", "scipy"} <= found
    assert not found & {"pandas", "pennylane", "matplotlib", "seaborn"}


def test_states_do_not_need_pennylane_itself() -> None:
    """Lightning's compiled module is enough: PennyLane takes seconds to import."""
    found = modules_after("import bornscape as bs; bs.probabilities(bs.line_circuit(2, 0), [0] * 6)")
    assert "pennylane_lightning" in found
    assert "pennylane" not in found


@pytest.mark.parametrize("name", bs.__all__)
def test_every_public_name_resolves(name: str) -> None:
    value = getattr(bs, name)
    assert callable(value)
    assert inspect.getdoc(value)
    assert value.__name__ == name
    assert name in dir(bs)


def test_public_names_are_sorted_and_distinct() -> None:
    assert list(bs.__all__) == sorted(set(bs.__all__))
    assert "__version__" in dir(bs)


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures(name: str) -> None:
    assert name in bs.__all__
    parameters = list(inspect.signature(getattr(bs, name)).parameters.values())
    for expected, found in zip(SIGNATURES[name], parameters, strict=False):
        assert found.name == expected.rstrip("=")
        assert found.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        assert not expected.endswith("=") or found.default is not inspect.Parameter.empty
    assert len(parameters) >= len(SIGNATURES[name])
    # What is not named may be left out.
    assert all(p.default is not inspect.Parameter.empty for p in parameters[len(SIGNATURES[name]) :])


@pytest.mark.parametrize(
    ("name", "parameter", "value"),
    [
        ("mmd_from_samples", "estimator", "unbiased"),
        ("product_mmd_variance", "probabilities", None),
        ("product_mmd_variance", "single_qubit", "haar"),
    ],
)
def test_defaults(name: str, parameter: str, value: Any) -> None:
    assert inspect.signature(getattr(bs, name)).parameters[parameter].default == value


@pytest.mark.parametrize("name", ["nothing", "MMD", "kernels_", "_private"])
def test_an_unknown_name_is_an_attribute_error(name: str) -> None:
    with pytest.raises(AttributeError, match=f"module 'bornscape' has no attribute '{name}'"):
        getattr(bs, name)
    assert not hasattr(bs, name)


def test_the_names_work_together() -> None:
    """The interface as a user's script calls it, at two qubits."""
    circuit = bs.line_circuit(2, 1)
    theta = np.linspace(0.1, 3.0, circuit.n_parameters)
    q, p = bs.probabilities(circuit, theta), np.array([0.5, 0.0, 0.0, 0.5])
    assert q.shape == (4,)
    assert bs.mmd(q, p, [0.5, 2.0]) == pytest.approx((bs.mmd(q, p, 0.5) + bs.mmd(q, p, 2.0)) / 2)
    assert bs.bodyness_spectrum(q - p).shape == (3,)
    assert bs.gradient(circuit, theta, bs.MMDLoss(p, 1.0)).shape == theta.shape
    assert 0 < bs.local_quantum_fidelity_loss(circuit, theta, p) <= bs.quantum_fidelity_loss(circuit, theta, p)
    assert bs.product_mmd_variance(2, 1.0, [[0, 0], [1, 1]], single_qubit="ry") > 0
    sizes = np.arange(4, 12)
    assert bs.scaling_law(sizes, np.exp(-1.0 * sizes)).preferred == "exponential"
