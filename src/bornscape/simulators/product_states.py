"""State vectors of product states, random or all of a design, and the expectations of Pauli observables in them."""

from __future__ import annotations

from functools import reduce
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bornscape.aliases import Float, Indices

Ensemble = Literal["haar", "ry"]
Spinors = NDArray[np.complex128]
"""One-wire states of product states, (draws, n, 2)."""

_HALF = np.sqrt(0.5)
# Eigenstates of Z and X, on the great circle that R_y reaches, and of Y.
_CIRCLE = [[1, 0], [0, 1], [_HALF, _HALF], [_HALF, -_HALF]]
_DESIGNS = {"haar": np.array([*_CIRCLE, [_HALF, 1j * _HALF], [_HALF, -1j * _HALF]]), "ry": np.array(_CIRCLE, complex)}
_PAULIS = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])


def random_spinors(draws: int, n_qubits: int, ensemble: Ensemble, rng: np.random.Generator) -> Spinors:
    """Random gates on |0>: Haar-random, or R_y rotations by uniform angles."""
    if ensemble == "ry":
        half = rng.uniform(0.0, np.pi, (draws, n_qubits))
        return np.stack([np.cos(half), np.sin(half)], axis=-1).astype(np.complex128)
    real, imaginary = rng.standard_normal((2, draws, n_qubits, 2))
    spinors = real + 1j * imaginary
    return spinors / np.linalg.norm(spinors, axis=-1, keepdims=True)


def design_spinors(n_qubits: int, ensemble: Ensemble) -> Spinors:
    """All products of a wire's design: averages over them are exact for polynomials of degree 3 in each Bloch vector.

    6^n states for Haar-random gates (the octahedron's corners on the sphere), 4^n for R_y (the square's on the circle).

    Examples
    --------
    >>> design_spinors(2, "haar").shape, design_spinors(2, "ry").shape
    ((36, 2, 2), (16, 2, 2))
    """
    design = _DESIGNS[ensemble]
    choices = np.array(list(product(range(len(design)), repeat=n_qubits)))
    return np.asarray(design[choices])


def product_vectors(spinors: Spinors) -> NDArray[np.complex128]:
    """State vectors, (draws, 2**n); wire 0 is the most significant bit.

    Examples
    --------
    >>> product_vectors(np.array([[[1, 0], [0, 1]]], dtype=complex)).real.tolist()
    [[0.0, 1.0, 0.0, 0.0]]
    """
    wires = [spinors[:, wire] for wire in range(spinors.shape[1])]
    return reduce(lambda left, right: (left[:, :, None] * right[:, None, :]).reshape(len(left), -1), wires)


def pauli_matrix(words: Indices, coefficients: Float) -> NDArray[np.complex128]:
    """The observable sum_P c_P P as a (2**n, 2**n) matrix; letters 0 to 3 are I, X, Y, Z.

    Examples
    --------
    >>> pauli_matrix(np.array([[3]]), np.array([2.0])).real.tolist()
    [[2.0, 0.0], [0.0, -2.0]]
    """
    return sum(
        (c * reduce(np.kron, _PAULIS[word]) for word, c in zip(words, coefficients, strict=True)),
        np.zeros((2 ** words.shape[1],) * 2, dtype=np.complex128),
    )


def expectations(vectors: NDArray[np.complex128], observable: NDArray[np.complex128]) -> Float:
    """<psi|O|psi> of every row of ``vectors``, (draws,)."""
    return np.asarray(np.einsum("sx,sx->s", vectors.conj(), vectors @ observable.T).real)
