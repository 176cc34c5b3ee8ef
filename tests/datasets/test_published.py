"""The data that the paper prints: Fig. 10's images and Fig. 12's strings."""

from __future__ import annotations

import numpy as np
import pytest

from bornscape.datasets.published import PUBLISHED, published_target, spread
from bornscape.published import FIG_10_IMAGES, fig_12_strings


def test_renormalised_target_keeps_the_ratios() -> None:
    target = published_target("published", 16)
    p = target.dense()
    first, second = (int(image, 2) for image in list(FIG_10_IMAGES)[:2])
    assert p[first] / p[second] == pytest.approx(0.1906 / 0.1834)
    assert p.sum() == pytest.approx(1)
    assert (p > 0).sum() == 15


def test_spread_target_keeps_the_printed_probabilities() -> None:
    p = published_target("published_spread", 16).dense()
    for image, printed in FIG_10_IMAGES.items():
        assert p[int(image, 2)] == pytest.approx(printed)
    others = np.delete(p, [int(image, 2) for image in FIG_10_IMAGES])
    assert others.sum() == pytest.approx(1 - sum(FIG_10_IMAGES.values()))
    assert others.max() < min(FIG_10_IMAGES.values())


def test_spread_by_hand() -> None:
    assert spread({"0": 0.5, "1": 0.5}) == {"0": 0.5, "1": 0.5}
    assert spread({"00": 0.8}) == pytest.approx({"00": 0.8, "10": 0.1, "01": 0.1})


def test_strings_of_fig_12_hold_all_the_mass() -> None:
    strings = fig_12_strings()
    assert max(strings, key=strings.__getitem__) == "111110"
    # Each of the 20 is read to 0.25 %.
    assert sum(strings.values()) == pytest.approx(1, abs=1e-3)
    assert published_target("published", 6).dense()[0b111110] == pytest.approx(0.714, abs=1e-3)


@pytest.mark.parametrize(("name", "n"), [("published", 8), ("published_spread", 6), ("unknown", 6)])
def test_what_the_paper_does_not_print_is_refused(name: str, n: int) -> None:
    with pytest.raises(ValueError, match=r"expected one of|has strings of"):
        published_target(name, n)


def test_every_published_set_sums_to_one() -> None:
    for name, sizes in PUBLISHED.items():
        for n in sizes:
            target = published_target(name, n)
            assert target.probabilities.sum() == pytest.approx(1)
            assert target.n_qubits == n
