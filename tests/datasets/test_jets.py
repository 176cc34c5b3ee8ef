"""Particle jets from Pythia and FastJet: determinism and physics."""

import numpy as np
import pandas as pd
import pytest

from bornscape.datasets.jets import JetSettings, check_table, generate_jets, jet_pixels, spectrum_table

SETTINGS = JetSettings()
JETS = 120


@pytest.fixture(scope="module")
def sample():
    return generate_jets(SETTINGS, JETS, seed=11)


def test_same_seed_same_bytes_other_seed_other_jets():
    first, again, other = (generate_jets(SETTINGS, 3, seed) for seed in (5, 5, 6))
    for name in ("constituents", "jets"):
        assert getattr(first, name).to_numpy().tobytes() == getattr(again, name).to_numpy().tobytes()
        assert not getattr(first, name).equals(getattr(other, name))


def test_jets_pass_the_selection(sample):
    own = sample.jets[sample.jets["radius"] == SETTINGS.radius]
    assert len(own) == JETS
    assert sample.constituents["jet"].nunique() == JETS
    assert sample.jets["pt"].between(500, 600, inclusive="left").all()
    assert (sample.jets["rapidity"].abs() <= SETTINGS.rapidity_max).all()


def test_constituents_carry_the_jets_momentum_within_the_radius(sample):
    # The scalar sum of constituents' pT exceeds the jet's own pT slightly: they are not exactly parallel.
    own = sample.jets.loc[sample.jets["radius"] == SETTINGS.radius, "pt"].to_numpy()
    total = sample.constituents.groupby("jet")["pt"].sum().to_numpy()
    assert ((total / own > 1 - 1e-9) & (total / own < 1.06)).all()
    distance = np.hypot(sample.constituents["drap"], sample.constituents["dphi"])
    weighted = np.average(distance < SETTINGS.radius, weights=sample.constituents["pt"])
    assert weighted > 0.99
    assert distance.max() < 3 * SETTINGS.radius


def test_spectrum_falls(sample):
    # A falling spectrum has its mean below the middle of the window, by many standard errors.
    pt = sample.jets.loc[sample.jets["radius"] == SETTINGS.radius, "pt"]
    assert (550 - pt.mean()) / pt.sem() > 3
    counts = spectrum_table(sample.jets, SETTINGS.radius, bins=2)["jets"]
    assert counts.sum() == JETS
    assert counts[0] > counts[1]


def test_mass_grows_with_the_radius(sample):
    table = check_table(sample.jets)
    steps = table["mass"].diff()[1:] / np.hypot(table["mass_error"], table["mass_error"].shift())[1:]
    assert (steps > 3).all()


@pytest.mark.parametrize(("name", "expected"), [("psi_0.1", 0.67), ("psi_0.3", 0.89), ("psi_0.5", 0.95)])
def test_jet_shape_at_radius_0_8(sample, name, expected):
    # Four standard errors of this sample (false alarm 6e-5) and 0.02 for the rounding and tuning of the reference.
    row = check_table(sample.jets).set_index("radius").loc[0.8]
    assert abs(row[name] - expected) < 4 * row[f"{name}_error"] + 0.02


def test_pixels_by_hand():
    constituents = pd.DataFrame(
        {
            "jet": [0, 0, 1, 1],
            "drap": [-0.39, 0.39, 0.01, 0.41],
            "dphi": [-0.39, 0.39, -0.01, 0.0],
            "pt": [1.0, 2.0, 4.0, 8.0],
        }
    )
    pixels = jet_pixels(constituents, 2, 2, 2, 0.4)
    assert pixels.tolist() == [[[1.0, 0.0], [0.0, 2.0]], [[0.0, 0.0], [4.0, 0.0]]]


def test_refused_settings_are_an_error():
    with pytest.raises(ValueError, match="Pythia"):
        generate_jets(JetSettings(pthat_min=20_000, pthat_max=30_000), 1, seed=1)
