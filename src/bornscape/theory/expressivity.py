"""How far random states are from Haar-random ones: second frame potentials, E |<phi|psi>|^4 over independent pairs."""

from __future__ import annotations


def haar_frame_potential(n_qubits: int) -> float:
    """Return E |<phi|psi>|^4 = 2 / (N (N + 1)), N = 2^n, of Haar-random states: the least of any ensemble.

    Parameters
    ----------
    n_qubits
        n, at least 1.

    Raises
    ------
    ValueError
        If n_qubits is below 1.

    Examples
    --------
    >>> haar_frame_potential(1) == 1 / 3
    True
    """
    if n_qubits < 1:
        raise ValueError(f"n_qubits must be at least 1, got {n_qubits}")
    size = 2.0**n_qubits
    return 2 / (size * (size + 1))


def product_frame_potential(n_qubits: int, n_layers: int) -> float:
    """Return E |<phi|psi>|^4 for the line circuit without its entanglers: n_layers + 1 turns of every qubit from |0>.

    Parameters
    ----------
    n_qubits
        n, at least 1.
    n_layers
        L, at least 0.

    Returns
    -------
    A positive number, that of Haar-random product states, 3^-n, in the limit of many layers.

    Raises
    ------
    ValueError
        If n_qubits is below 1 or n_layers below 0.

    Notes
    -----
    A turn RZ RY RZ by three uniform angles takes E[z^2] of a Bloch vector to 1/4 + E[z^2] / 4 and leaves its azimuth
    uniform, so that E[z^2] = 1/3 + (2/3) 4^-(L+1) and E[x^2] = E[y^2] = (1 - E[z^2]) / 2. For two vectors r and r'
    |<phi|psi>|^2 = (1 + r.r') / 2 and E[(r.r')^2] = E[x^2]^2 + E[y^2]^2 + E[z^2]^2.

    Examples
    --------
    >>> product_frame_potential(1, 0) == 11 / 32
    True
    """
    if n_qubits < 1 or n_layers < 0:
        raise ValueError(f"n_qubits must be at least 1 and n_layers at least 0, got {n_qubits} and {n_layers}")
    polar = 1 / 3 + 2 / 3 * 4.0 ** -(n_layers + 1)
    flat = (1 - polar) / 2
    return float(((1 + polar**2 + 2 * flat**2) / 4) ** n_qubits)
