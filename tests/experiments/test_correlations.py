"""Sums of z_A^2 over the sets of few bits: by hand, on the second path, and for independent bits."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape import theory
from bornscape.datasets import Target, synthetic_target
from bornscape.datasets.published import published_target
from bornscape.experiments import correlations

SETTINGS: dict[str, Any] = {"bandwidth": "n/4", "largest_order": 4}
RNG = np.random.default_rng(1)


def measured(target: Target, **settings: Any) -> pd.DataFrame:
    rows = correlations.measure(target.n_qubits, SETTINGS | settings, {"x": target}, RNG)
    return rows.set_index("k")


def test_ghz_by_hand() -> None:
    """z_A is 1 for an even number of bits and 0 for an odd one; single bits are as often 0 as 1."""
    rows = measured(synthetic_target("ghz", 4, RNG))
    assert rows["total"].tolist() == pytest.approx([0, 6, 6, 7])
    assert rows["largest"].tolist() == [4, 10, 14, 15]
    assert rows["independent"].tolist() == pytest.approx([0, 0, 0, 0])
    assert rows["mmd_share"].tolist()[0] == pytest.approx(0)
    assert rows["mmd_share"].tolist()[-1] == pytest.approx(1)


def test_two_bits_by_hand() -> None:
    """00 and 01 with 3/4 and 1/4: z is 1 and 1/2 on a bit and 1/2 on both; at s = 1/2 p_s is (1 - 1/e) / 2."""
    rows = measured(Target(np.array([[0, 0], [0, 1]]), np.array([0.75, 0.25])))
    assert rows["total"].tolist() == pytest.approx([1.25, 1.5])
    flip = (1 - np.exp(-1)) / 2
    one, two = flip * (1 - flip) * 1.25, flip**2 * 0.25
    assert rows["mmd_share"].tolist() == pytest.approx([one / (one + two), 1])


def test_independent_bits_are_themselves() -> None:
    p = np.multiply.outer(np.multiply.outer([0.9, 0.1], [0.3, 0.7]), [0.5, 0.5]).ravel()
    bits = np.array([[int(bit) for bit in f"{x:03b}"] for x in range(8)], dtype=np.uint8)
    rows = measured(Target(bits, p))
    np.testing.assert_allclose(rows["independent"], rows["total"])


@pytest.mark.parametrize("name", ["published", "published_spread"])
def test_the_second_path(name: str) -> None:
    """From Hamming distances of pairs of strings, in whole numbers."""
    target = published_target(name, 16)
    weights = np.exp(theory.log_marginal_weights(target.bitstrings, target.probabilities))
    np.testing.assert_allclose(measured(target)["total"], np.cumsum(weights[1:5]))


def test_uniform_strings_have_no_share_and_no_more_orders_than_bits() -> None:
    rows = measured(synthetic_target("o_n2", 2, RNG))
    assert list(rows.index) == [1, 2]
    assert rows["total"].tolist() == [0, 0]
    assert rows["mmd_share"].isna().all()


def test_further_chunks_say_the_same() -> None:
    rows = correlations.measure(4, SETTINGS, {"x": synthetic_target("ghz", 4, RNG)}, RNG).assign(n_qubits=4)
    table = correlations.table(pd.concat([rows.assign(chunk=0), rows.assign(chunk=1)]), SETTINGS)
    assert list(table.columns) == correlations.COLUMNS
    assert table["k"].tolist() == [1, 2, 3, 4]
