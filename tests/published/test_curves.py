"""What the paper's pages show: curves under our names, printed images."""

from __future__ import annotations

import numpy as np
import pytest

from bornscape.published import FIG_10_IMAGES, READING_ERRORS, published_curves, published_training


def test_printed_images_are_those_of_the_page() -> None:
    assert len(FIG_10_IMAGES) == 15
    assert sum(FIG_10_IMAGES.values()) == pytest.approx(0.850, abs=5e-4)
    assert FIG_10_IMAGES["0000011111110000"] == 0.1906


def test_printed_probabilities_agree_with_the_bars_of_panel_b() -> None:
    curves = published_curves("10")
    bars = curves[(curves["panel"] == "b") & (curves["loss"] == "data")].sort_values("x")["y"]
    assert np.allclose(bars, list(FIG_10_IMAGES.values()), atol=6e-5)


@pytest.mark.parametrize("figure", READING_ERRORS)
def test_curves_are_read_under_our_names(figure: str) -> None:
    curves = published_curves(figure)
    assert set(curves["loss"]) <= {"kld", "lqf", "mmd", "qf", "target", "data"}
    assert set(curves["dataset"]) <= {"", "zero", "ghz", "o_n", "o_n2", "cardinality"}
    drawn = curves.dropna(subset=["y"])
    # A curve has one value at a place.
    keys = ["panel", "quantity", "loss", "dataset", "bandwidth", "n_qubits", "n_layers", "shots", "x"]
    assert not drawn.duplicated(keys).any()
    assert (drawn["shots"].dropna() > 0).all()


def test_deep_limits_are_infinite_layers() -> None:
    layers = published_curves("7")["n_layers"]
    assert np.isinf(layers).any()
    assert layers.min() == 0


def test_a_figure_without_curves_is_named() -> None:
    with pytest.raises(ValueError, match="figure '1': expected one of"):
        published_curves("1")


def test_training_curves_have_a_value_an_epoch() -> None:
    for figure, sets in (("9", 3 * 3 * 3 * 4), ("10", 5), ("12", 3 * 2 * 3 * 4)):
        curves = published_training(figure)
        keys = ["loss", "support", "n_qubits", "n_layers", "shots"]
        groups = curves.groupby(keys, dropna=False)
        assert groups.ngroups == sets
        assert not curves.duplicated([*keys, "epoch"]).any()
        assert curves["epoch"].min() == 1


def test_the_ends_of_fig_10_by_hand() -> None:
    ends = published_training("10").groupby("loss").tail(1).set_index("loss")["median"]
    assert ends.round(3).to_dict() == {
        "mmd_average": 0.275,
        "mmd_n4": 0.692,
        "mmd_0.01": 0.513,
        "lqf": 0.593,
        "kld": 0.884,
    }
