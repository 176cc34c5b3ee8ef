"""Means over the shots of both shifted circuits of many angles, in one compiled pass over each tangent state.

An epoch of the parameter-shift rule samples two distributions an angle. To write them out, sum them up and search the
sums costs more than the gates that made the states; here neither distribution is ever stored. The shots of a circuit
come in increasing order, as the partial sums of exponential variables, so that one walk along the outcomes meets them
all, past whole blocks of outcomes at a time.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bornscape.kernels import Complex, ShiftedBlock

Float = NDArray[np.float64]

_BLOCK = 64
"""Outcomes that a walk passes at once where no shot falls among them."""

_SHOTS_AN_OUTCOME = 8
"""From so many shots an outcome on it is faster to draw the number of shots at every outcome."""


def shift_differences(
    values: Float, amplitudes: Complex, block: ShiftedBlock, shots: int, rng: np.random.Generator
) -> Float:
    """Mean of ``values`` over the shots at plus pi/2 less the mean at minus pi/2, for each angle of the block.

    Parameters
    ----------
    values
        (B, 2**n): each row meets shots of its own, and the B differences are averaged.
    amplitudes
        Of the unshifted state, (2**n,), in the precision of the block.
    block
        k tangent states.
    shots
        Of each circuit, at least 1.

    Returns
    -------
    (k,).
    """
    if shots >= _SHOTS_AN_OUTCOME * values.shape[1]:
        return _from_counts(values, amplitudes, block, shots, rng)
    steps = rng.standard_exponential((len(block.angles), 2, len(values), shots + 1))
    flat = np.ascontiguousarray(amplitudes).view(amplitudes.real.dtype)
    tangents = np.ascontiguousarray(block.tangents).view(flat.dtype)
    return _walk_all(values, flat, tangents, block.signs, steps)


def _from_counts(
    values: Float, amplitudes: Complex, block: ShiftedBlock, shots: int, rng: np.random.Generator
) -> Float:
    psi, phi = amplitudes.astype(np.complex128), block.tangents.astype(np.complex128)
    even = (np.abs(psi) ** 2 + np.abs(phi) ** 2) / 2
    odd = block.signs[:, None] * (psi.conj() * phi).imag
    # Differences of numbers of single precision can be a rounding error below 0.
    sides = np.maximum([even + odd, even - odd], 0.0)
    sides /= sides.sum(axis=-1, keepdims=True)
    counts = rng.multinomial(shots, sides[:, :, None], size=(2, len(phi), len(values)))
    means = np.einsum("skbx,bx->sk", counts, values) / (shots * len(values))
    return np.asarray(means[0] - means[1])


@njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc"})
def _masses(psi, phi, sign, out):  # type: ignore[no-untyped-def]
    """Probability of every block of outcomes on both sides, into (2, blocks)."""
    for b in range(out.shape[1]):
        u, v = psi[2 * _BLOCK * b : 2 * _BLOCK * (b + 1)], phi[2 * _BLOCK * b : 2 * _BLOCK * (b + 1)]
        # Accumulated in the states' own precision, which lets the compiler use whole vectors.
        even, odd = u[0] * 0, u[0] * 0
        for j in range(u.size // 2):
            even += u[2 * j] * u[2 * j] + u[2 * j + 1] * u[2 * j + 1]
            even += v[2 * j] * v[2 * j] + v[2 * j + 1] * v[2 * j + 1]
            odd += u[2 * j] * v[2 * j + 1] - u[2 * j + 1] * v[2 * j]
        out[0, b] = even / 2 + sign * odd
        out[1, b] = even / 2 - sign * odd


@njit(cache=True, error_model="numpy")
def _walk(row, psi, phi, sign, masses, steps):  # type: ignore[no-untyped-def]
    """Mean of ``row`` at the shots of one side; ``sign`` is the side's sign in front of the odd part."""
    scale = masses.sum() / steps.sum()
    last_block = masses.size - 1
    block, x, end = 0, 0, min(_BLOCK, row.size)
    below = 0.0
    inside = 0.0
    point = 0.0
    total = 0.0
    hit = 0
    for k in range(steps.size - 1):
        point += steps[k] * scale
        if block < last_block and point >= below + masses[block]:
            while block < last_block and point >= below + masses[block]:
                below += masses[block]
                block += 1
            x = _BLOCK * block
            end = min(x + _BLOCK, row.size)
            inside = below
        while x < end:
            even = psi[2 * x] ** 2 + psi[2 * x + 1] ** 2 + phi[2 * x] ** 2 + phi[2 * x + 1] ** 2
            p = even / 2 + sign * (psi[2 * x] * phi[2 * x + 1] - psi[2 * x + 1] * phi[2 * x])
            if p > 0:
                # Kept where rounding leaves the point beyond the block's last outcome.
                hit = x
                if inside + p > point:
                    break
                inside += p
            x += 1
        total += row[hit]
    return total / (steps.size - 1)


@njit(cache=True, error_model="numpy")
def _walk_all(values, psi, tangents, signs, steps):  # type: ignore[no-untyped-def]
    masses = np.empty((2, (values.shape[1] + _BLOCK - 1) // _BLOCK))
    found = np.zeros(len(signs))
    for use in range(len(signs)):
        phi, sign = tangents[use], signs[use]
        _masses(psi, phi, sign, masses)
        for b in range(len(values)):
            plus = _walk(values[b], psi, phi, sign, masses[0], steps[use, 0, b])
            minus = _walk(values[b], psi, phi, -sign, masses[1], steps[use, 1, b])
            found[use] += (plus - minus) / len(values)
    return found
