"""Pairwise explicit losses of a model q and a target p (Eqs. 4-9), in the paper's normalisation.

p and q are aligned arrays over the same outcomes: all 2**n bitstrings, or any set of them that holds the supports
of both. Logarithms are natural. ``epsilon`` is the value that a vanishing probability under a logarithm or in a
denominator is clipped to (the paper's conventional strategy).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import rel_entr

from bornscape.aliases import Float

EPSILON = 1e-14
"""The paper's clipping value in Fig. 4; training uses 1e-6."""


def _aligned(p: ArrayLike, q: ArrayLike) -> tuple[Float, Float]:
    p, q = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    if p.shape != q.shape or p.ndim != 1:
        raise ValueError(f"p and q: expected two vectors of one length, got shapes {p.shape} and {q.shape}")
    return p, q


def kl_divergence(p: ArrayLike, q: ArrayLike, epsilon: float = EPSILON) -> float:
    """KLD (Eq. 4): sum p log(p / max(q, epsilon)), in nats.

    Raises
    ------
    ValueError
        If p and q have different shapes; so for every loss here.

    Examples
    --------
    log 2 where q has half of p's probability; log(1 / epsilon) where it has none.

    >>> import bornscape as bs
    >>> round(bs.kl_divergence([1, 0], [0.5, 0.5]), 6)
    0.693147
    >>> round(bs.kl_divergence([1, 0], [0, 1], epsilon=1e-6), 6)
    13.815511
    """
    p, q = _aligned(p, q)
    return float(np.sum(rel_entr(p, np.maximum(q, epsilon))))


def reverse_kl_divergence(p: ArrayLike, q: ArrayLike, epsilon: float = EPSILON) -> float:
    """Reverse KLD (Eq. 5): sum q log(q / max(p, epsilon)), in nats.

    Examples
    --------
    >>> import bornscape as bs
    >>> round(bs.reverse_kl_divergence([0.5, 0.5], [1, 0]), 6)
    0.693147
    """
    p, q = _aligned(p, q)
    return float(np.sum(rel_entr(q, np.maximum(p, epsilon))))


def jensen_shannon_divergence(p: ArrayLike, q: ArrayLike) -> float:
    """JSD (Eq. 6) as the paper writes it: sum p log(p/(p+q)) + q log(q/(p+q)), in [-2 log 2, 0].

    The usual definition is half of this plus log 2.

    Examples
    --------
    -2 log 2 where the two agree, 0 where they share no outcome.

    >>> import bornscape as bs
    >>> round(bs.jensen_shannon_divergence([0.5, 0.5], [0.5, 0.5]), 6), bs.jensen_shannon_divergence([1, 0], [0, 1])
    (-1.386294, 0.0)
    """
    p, q = _aligned(p, q)
    return float(np.sum(rel_entr(p, p + q) + rel_entr(q, p + q)))


def total_variation(p: ArrayLike, q: ArrayLike) -> float:
    """TVD (Eq. 7) without the usual factor 1/2: sum |p - q|, in [0, 2].

    Examples
    --------
    >>> import bornscape as bs
    >>> bs.total_variation([1, 0], [0.5, 0.5]), bs.total_variation([1, 0], [0, 1])
    (1.0, 2.0)
    """
    p, q = _aligned(p, q)
    return float(np.sum(np.abs(p - q)))


def classical_fidelity_loss(p: ArrayLike, q: ArrayLike) -> float:
    """Classical fidelity loss (Eq. 8): 1 - sum sqrt(p q), in [0, 1].

    Examples
    --------
    >>> import bornscape as bs
    >>> bs.classical_fidelity_loss([1, 0], [0.25, 0.75]), bs.classical_fidelity_loss([1, 0], [0, 1])
    (0.5, 1.0)
    """
    p, q = _aligned(p, q)
    return float(1.0 - np.sum(np.sqrt(p * q)))


def renyi_divergence(p: ArrayLike, q: ArrayLike, order: float, epsilon: float = EPSILON) -> float:
    """Renyi divergence (Eq. 9) of an ``order`` a > 0, a != 1: log(sum p^a / max(q, epsilon)^(a-1)) / (a-1).

    Raises
    ------
    ValueError
        If the order is not positive, or is 1 (that is the KLD).

    Examples
    --------
    Of order 2: log(sum p^2 / q), here log 2.

    >>> import bornscape as bs
    >>> round(bs.renyi_divergence([1, 0], [0.5, 0.5], order=2), 6)
    0.693147
    """
    if order <= 0 or order == 1:
        raise ValueError(f"order: expected a number above 0 other than 1, got {order}")
    p, q = _aligned(p, q)
    held = p > 0
    terms = p[held] ** order * np.maximum(q[held], epsilon) ** (1 - order)
    return float(np.log(np.sum(terms)) / (order - 1))


class Definition(NamedTuple):
    """A loss L(p, q, epsilon), and the derivative dL/dq that it would have if it did not clip q, for q > 0."""

    value: Callable[[Float, Float, float], float]
    slope: Callable[[Float, Float, float], Float]


def _reverse_slope(p: Float, q: Float, epsilon: float) -> Float:
    return np.log(q) - np.log(np.maximum(p, epsilon)) + 1.0


def _renyi(order: float) -> Definition:
    def value(p: Float, q: Float, epsilon: float) -> float:
        return renyi_divergence(p, q, order, epsilon)

    def slope(p: Float, q: Float, epsilon: float) -> Float:
        ratio, held = p / np.maximum(q, epsilon), p > 0
        return -((p / q) ** order) / np.sum(ratio[held] ** (order - 1) * p[held])

    return Definition(value, slope)


DEFINITIONS: dict[str, Definition] = {
    "kld": Definition(kl_divergence, lambda p, q, epsilon: -p / q),
    "reverse_kld": Definition(reverse_kl_divergence, _reverse_slope),
    "jsd": Definition(lambda p, q, epsilon: jensen_shannon_divergence(p, q), lambda p, q, epsilon: np.log(q / (p + q))),
    "tvd": Definition(lambda p, q, epsilon: total_variation(p, q), lambda p, q, epsilon: np.sign(q - p)),
    "classical_fidelity": Definition(
        lambda p, q, epsilon: classical_fidelity_loss(p, q), lambda p, q, epsilon: -0.5 * np.sqrt(p / q)
    ),
    "renyi_2": _renyi(2.0),
    "renyi_0.5": _renyi(0.5),
}
"""The explicit losses by the names that configurations and tables use."""

CLIPPED = ("kld", "renyi_2", "renyi_0.5")
"""Losses that clip q: below epsilon they do not change with it."""

Form = Literal["flat", "clipped"]
"""What stands for dL/dq where q < epsilon: the derivative of the loss as it is, or the slope at q = epsilon."""


@dataclass(frozen=True, eq=False)
class ExplicitLoss:
    """An explicit loss with its target: call it with q, (2**n,), for the value; ``derivative`` gives dL/dq.

    Attributes
    ----------
    name
        A key of ``DEFINITIONS``.
    p
        Target distribution, (2**n,).
    epsilon
        Clipping value.
    form
        "flat": ``derivative`` is that of the value, which does not change where q is clipped. "clipped": there the
        slope at q = epsilon instead, with which training pulls at strings that no shot saw.

    Examples
    --------
    >>> import numpy as np
    >>> import bornscape as bs
    >>> loss = bs.ExplicitLoss("tvd", np.array([1.0, 0.0]))
    >>> q = np.array([0.5, 0.5])
    >>> loss(q), loss.derivative(q).tolist()
    (1.0, [-1.0, 1.0])

    The KLD of the first string is log(1/2) - log(0.01), whatever q there below 0.01.

    >>> p, q = np.array([0.5, 0.5]), np.array([0.001, 0.999])
    >>> [bs.ExplicitLoss("kld", p, 0.01, form).derivative(q).round(3).tolist() for form in ("flat", "clipped")]
    [[0.0, -0.501], [-50.0, -0.501]]
    """

    name: str
    p: Float
    epsilon: float = EPSILON
    form: Form = "flat"

    def __post_init__(self) -> None:
        if self.name not in DEFINITIONS:
            raise ValueError(f"loss {self.name!r}: expected one of {sorted(DEFINITIONS)}")

    def __call__(self, q: Float) -> float:
        """Loss at the model's probabilities q, (2**n,)."""
        return DEFINITIONS[self.name].value(self.p, q, self.epsilon)

    def derivative(self, q: Float) -> Float:
        """dL/dq, (2**n,), as ``form`` says.

        Of the flat form it is 0 where q = 0 and the derivative is infinite: no parameter changes such a q to first
        order.
        """
        slope = DEFINITIONS[self.name].slope
        if self.name == "tvd":
            return slope(self.p, q, self.epsilon)
        if self.form == "clipped":
            return slope(self.p, np.maximum(q, self.epsilon), self.epsilon)
        still = (q < self.epsilon) | (q == 0) if self.name in CLIPPED else q == 0
        # Any value above 0 will do where the slope is not taken.
        return np.where(still, 0.0, slope(self.p, np.where(still, self.epsilon or 1.0, q), self.epsilon))
