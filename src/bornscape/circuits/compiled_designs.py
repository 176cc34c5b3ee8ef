"""The loop of stabilizer circuits: words of letters on packed bits."""

from __future__ import annotations

from numba import njit

_S, _CX, _CX_BACK = ord("S"), ord("C"), ord("c")
_LOWER = ord("a")


@njit(cache=True, error_model="numpy")
def apply_letters(x, z, signs, letters, first, second):  # type: ignore[no-untyped-def]
    """Act with each of L letters (as bytes) on its two wires, (L,): x and z are (n, W) words of bits, signs (W,).

    Aaronson and Gottesman, quant-ph/0406196, p. 4.
    """
    for k in range(letters.size):
        letter = letters[k]
        a, b = first[k], second[k]
        if letter in (_CX, _CX_BACK):
            if letter == _CX_BACK:
                a, b = b, a
            for w in range(signs.size):
                signs[w] ^= x[a, w] & z[b, w] & ~(x[b, w] ^ z[a, w])
                x[b, w] ^= x[a, w]
                z[a, w] ^= z[b, w]
            continue
        if letter >= _LOWER:
            a, letter = b, letter - 32
        for w in range(signs.size):
            signs[w] ^= x[a, w] & z[a, w]
            if letter == _S:
                z[a, w] ^= x[a, w]
            else:
                x[a, w], z[a, w] = z[a, w], x[a, w]
