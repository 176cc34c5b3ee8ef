"""Particle jets from Pythia and FastJet: determinism and physics."""

import numpy as np
import pandas as pd
import pytest

from bornscape.datasets.jets import JetSample, JetSettings, check_table, generate_jets, jet_pixels, spectrum_table
from bornscape.datasets.kept_jets import generator_versions, image_counts, kept_jets
from bornscape.seeds import small_seed
from support.shipped import jet_settings, kept_chunk

SETTINGS = JetSettings()
KEPT = jet_settings("smoke.yaml")
JETS = KEPT["jets"]


def seed_of(chunk: int) -> int:
    return small_seed(KEPT["seed"], "jets", chunk)


@pytest.fixture(scope="module")
def chunks():
    """The jets of the smoke scale, as the workflow makes them: to generate so many takes long."""
    return [generate_jets(SETTINGS, KEPT["chunk"], seed_of(chunk)) for chunk in (0, 1)]


@pytest.fixture(scope="module")
def sample(chunks):
    parts = [
        chunk.constituents.assign(jet=chunk.constituents["jet"] + KEPT["chunk"] * k) for k, chunk in enumerate(chunks)
    ]
    return JetSample(pd.concat(parts, ignore_index=True), pd.concat([c.jets for c in chunks], ignore_index=True))


def test_same_seed_same_bytes_other_seed_other_jets(chunks):
    """Three jets are the first three of any number."""
    again = generate_jets(SETTINGS, 3, seed_of(0))
    for name in ("constituents", "jets"):
        whole, other = (getattr(chunk, name)[: len(getattr(again, name))] for chunk in chunks)
        assert getattr(again, name).to_numpy().tobytes() == whole.to_numpy().tobytes()
        assert not getattr(again, name).equals(other)


def test_the_settings_of_the_configuration_are_these():
    names = ("radius", "pt_min", "pt_max", "pthat_min", "pthat_max", "check_radii")
    assert [KEPT[name] for name in names[:-1]] == [getattr(SETTINGS, name) for name in names[:-1]]
    assert tuple(KEPT["check_radii"]) == SETTINGS.check_radii


def test_a_chunk_made_anew_is_the_kept_one(chunks):
    kept = kept_jets(KEPT)
    if kept.generator != generator_versions():
        pytest.skip(f"other versions make other jets: {generator_versions()} here, {kept.generator} kept")
    for chunk, sample in enumerate(chunks):
        anew = image_counts(sample.constituents, KEPT["chunk"], KEPT["radius"], KEPT["cut"])
        pd.testing.assert_frame_equal(anew, kept_chunk(kept, chunk), check_dtype=False)
        assert not anew.equals(kept_chunk(kept, 1 - chunk))
    jets = pd.concat([sample.jets for sample in chunks], ignore_index=True)
    for name, table in (("checks", check_table(jets)), ("spectrum", spectrum_table(jets, KEPT["radius"]))):
        text = table.to_csv(index=False, float_format="%.12g", lineterminator="\n")
        assert text == (kept.folder / f"jet_{name}.csv").read_text(encoding="utf-8")


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
    """Of the default scale's jets, which are enough: its mean lies below the middle of the window, and bin by bin."""
    kept = kept_jets(jet_settings()).folder
    own = pd.read_csv(kept / "jet_checks.csv").set_index("radius").loc[SETTINGS.radius]
    assert (550 - own["pt"]) / own["pt_error"] > 5
    assert (pd.read_csv(kept / "jet_spectrum.csv")["jets"].diff()[1:] < 0).all()
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
