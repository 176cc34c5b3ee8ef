"""Malformed input to closed forms is an error."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bornscape import theory

# malformed input

ZERO = np.zeros((1, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    "call",
    [
        lambda: theory.flip_probability(-1.0),
        lambda: theory.bodyness_weights(0, 1.0),
        lambda: theory.bodyness_weights(3, [1.0, float("nan")]),
        lambda: theory.bodyness_weights(3, []),
        lambda: theory.truncation_bound(3, 1.0, 4),
        lambda: theory.truncation_bound_closed(3, 0.0, 1),
        lambda: theory.product_mmd_variance(2, 1.0, ZERO),
        lambda: theory.product_mmd_variance(3, 1.0, ZERO + 2),
        lambda: theory.product_mmd_variance(3, 1.0, ZERO, [0.5]),
        lambda: theory.product_mmd_variance(3, 1.0, ZERO, single_qubit="rx"),  # type: ignore[arg-type]
        lambda: theory.product_kld_variance(ZERO, [1.5, -0.5]),
        lambda: theory.deep_mmd_variance(3, 1.0, np.full(4, 0.25)),
        lambda: theory.deep_kld_variance([0.5, float("nan")]),
        lambda: theory.fixed_point("mmd", [1.0], [1.0], 1e-6),
        lambda: theory.kld_fixed_point([1.0], 0.0),
        lambda: theory.renyi_fixed_point([1.0], 1.0, 1e-6),
        lambda: theory.hit_probability(-1, 0.5),
    ],
)
def test_malformed_input_is_an_error(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        call()
