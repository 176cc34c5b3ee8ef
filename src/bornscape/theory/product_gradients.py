"""Gradient of the MMD at a product state and the noise of its sampled parameter-shift estimate, in closed form, any n.

The model is one layer of R_y rotations, the target uniform on the strings of even parity, and the kernel
K(x, y) = k^H(x, y), k = exp(-1/2s), H the Hamming distance: s is a variance. Everything is a product over wires because
the model, the kernel and the two terms of the target, 2^-n and 2^-n (-1)^(x_1 + ... + x_n), are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bornscape.aliases import Float


class GradientMoments(NamedTuple):
    """Derivatives over the angles, (n,), and the variances of their estimates, (n,)."""

    gradient: Float
    variance: Float


def _but_one(factors: Float) -> Float:
    """For each wire the product of the other wires' factors, (n,); no division, as a factor may be 0."""
    n = len(factors)
    others = np.where(np.eye(n, dtype=bool), 1.0, factors)
    return others.prod(axis=1)


def parity_gradient_moments(theta: Float, bandwidth: float, shots: int) -> GradientMoments:
    """Gradient of the MMD against the even-parity target, and the variance of its estimates from shots.

    The estimate of a derivative is the mean of f over N shots of the circuit at +pi/2, minus that at -pi/2, over 2,
    with f(x) = 2 (mean of K(x, y) over N shots y of the circuit itself, minus E_p[K(x, .)]). Its variance follows from
    the Hoeffding decomposition of the two-sample statistic (1/N^2) sum K(x, y): with nu(x) = E_y K, mu(y) = E_x K,
    kappa = E_p K,

        (Var_+[nu - kappa] + Var_-[nu - kappa] + Var_y[mu_+ - mu_-]) / N + (R_+ + R_-) / N^2,

    R = E[K^2] - E[K]^2 - Var[nu] - Var[mu].

    Parameters
    ----------
    theta
        Angles, (n,), in radians.
    bandwidth, shots
        s, and N, the shots of every circuit.
    """
    n = len(theta)
    k = float(np.exp(-0.5 / bandwidth))
    ones = np.sin(theta / 2) ** 2
    # nu on one wire, for x = 0 and x = 1.
    zero, one = 1 - (1 - k) * ones, 1 - (1 - k) * (1 - ones)
    flat, wave = ((1 + k) / 2) ** n, ((1 - k) / 2) ** n
    z_own, mean_own = 1 - 2 * ones, (1 - ones) * zero + ones * one
    square_own = (1 - ones) * zero**2 + ones * one**2
    sign_own = (1 - ones) * zero - ones * one
    others = {
        name: _but_one(values)
        for name, values in {"z": z_own, "mean": mean_own, "square": square_own, "sign": sign_own}.items()
    }
    others["kernel_square"] = _but_one(1 - (1 - k**2) * 2 * ones * (1 - ones))

    def shifted(a: Float) -> dict[str, Float]:
        """Moments when the wire has ones with probability ``a`` in x, each wire in turn."""
        z = (1 - 2 * a) * others["z"]
        nu = ((1 - a) * zero + a * one) * others["mean"]
        nu_square = ((1 - a) * zero**2 + a * one**2) * others["square"]
        nu_sign = ((1 - a) * zero - a * one) * others["sign"]
        kappa, kappa_square = flat + wave * z, flat**2 + wave**2 + 2 * flat * wave * z
        held = nu_square - 2 * (flat * nu + wave * nu_sign) + kappa_square
        mu_zero, mu_one = 1 - (1 - k) * a, 1 - (1 - k) * (1 - a)
        mu_square = ((1 - ones) * mu_zero**2 + ones * mu_one**2) * others["square"]
        distance = a * (1 - ones) + (1 - a) * ones
        kernel_square = (1 - (1 - k**2) * distance) * others["kernel_square"]
        rest = kernel_square - nu**2 - (nu_square - nu**2) - (mu_square - nu**2)
        return {"mean": nu - kappa, "variance": held - (nu - kappa) ** 2, "rest": rest}

    plus, minus = (shifted(np.sin((theta + turn) / 2) ** 2) for turn in (np.pi / 2, -np.pi / 2))
    # mu_+ - mu_- is the same on every wire but the shifted one: -+(1 - k) (a_+ - a_-) = -+(1 - k) sin(theta) there.
    turn = (1 - k) * np.sin(theta)
    shared = turn**2 * (others["square"] - z_own**2 * others["mean"] ** 2)
    variance = (plus["variance"] + minus["variance"] + shared) / shots + (plus["rest"] + minus["rest"]) / shots**2
    return GradientMoments(plus["mean"] - minus["mean"], variance)
