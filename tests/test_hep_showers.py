"""Electron showers by GFlash: geometry, physics, determinism."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bornscape.hep.showers import (
    CELLS,
    ShowerSettings,
    generate_showers,
    longitudinal_profile,
    mean_shape,
    shower_pixels,
)

SETTINGS = ShowerSettings()


def showers_at(energy, count, seed=1, **settings):
    fixed = ShowerSettings(energy_min=energy, energy_max=energy, **settings)
    return generate_showers(fixed, count, np.random.default_rng(seed))


def layer_centres():
    return (SETTINGS.depths[1:] + SETTINGS.depths[:-1]) / 2


def test_mixture_is_mostly_tungsten():
    # Pure tungsten has X0 = 3.50 mm, R_M = 9.3 mm and E_c = 8 MeV; the sensors stretch the stack by 1.16.
    assert 3.5 < SETTINGS.radiation_length < 3.5 * 1.17
    assert 9.3 < SETTINGS.moliere_radius < 9.3 * 1.17
    assert SETTINGS.critical_energy == pytest.approx(8.1e-3, abs=0.3e-3)
    assert SETTINGS.depths[-1] == pytest.approx((17 * 2.4 + 8 * 4.8) / 3.503 + 25 * 0.5 / 93.7, rel=2e-3)


def test_same_seed_same_bytes_other_seed_other_showers():
    first, again, other = (showers_at(20.0, 5, seed) for seed in (3, 3, 4))
    assert first.cells.tobytes() == again.cells.tobytes()
    assert not np.array_equal(first.cells, other.cells)


def test_energies_are_log_uniform():
    energy = generate_showers(SETTINGS, 400, np.random.default_rng(5)).energy
    assert energy.min() >= 10
    assert energy.max() <= 500
    # Median of a log-uniform law is the geometric mean; 5 standard errors of its logarithm.
    error = np.log(50) / 2 / np.sqrt(400)
    assert abs(np.median(np.log(energy)) - np.log(np.sqrt(10 * 500))) < 5 * error


def test_energy_is_contained_but_for_leaks():
    found = showers_at(20.0, 200)
    share = found.cells.sum(axis=(1, 2, 3)) / 20.0
    # 20 GeV showers leak little through 22.7 X0; the spread is that of the sampling, 0.17 / sqrt(20) = 3.8 %.
    assert 0.95 < share.mean() < 1.0
    assert share.std() == pytest.approx(0.17 / np.sqrt(20), rel=0.35)


def test_maximum_moves_by_one_radiation_length_per_unit_of_log_energy():
    energies = np.array([10.0, 30.0, 100.0, 300.0])
    fitted = []
    for energy in energies:
        profile = showers_at(energy, 150, seed=int(energy)).cells.sum(axis=(1, 2), dtype=np.float64)
        density = profile / np.diff(SETTINGS.depths)
        near = density.mean(axis=0) > 0.7 * density.mean(axis=0).max()
        fitted.append(np.average(layer_centres()[near], weights=density.mean(axis=0)[near]))
    slope = np.polyfit(np.log(energies), fitted, 1)[0]
    assert slope == pytest.approx(1.0, abs=0.15)
    exact, _ = mean_shape(SETTINGS, energies)
    assert np.allclose(np.diff(exact), np.diff(np.log(energies)))


def test_ninety_percent_within_about_a_moliere_radius():
    fine = 2.5
    cells = showers_at(50.0, 300, cell=fine).cells.sum(axis=(0, 3), dtype=np.float64)
    # Fine cells without jitter beyond their own size: the definition of the Moliere radius.
    offset = (np.arange(CELLS) - CELLS // 2) * fine
    radius = np.hypot(offset[:, None], offset[None, :]).ravel()
    order = np.argsort(radius)
    inside = np.cumsum(cells.ravel()[order]) / (50.0 * 300)
    r90 = radius[order][np.searchsorted(inside, 0.9)]
    assert r90 / SETTINGS.moliere_radius == pytest.approx(1.0, abs=0.1)


def test_transverse_profiles_are_centred():
    cells = showers_at(50.0, 300).cells
    profile = cells.sum(axis=(0, 2, 3), dtype=np.float64)
    assert profile.argmax() == CELLS // 2
    assert abs(np.average(np.arange(CELLS), weights=profile) - CELLS // 2) < 0.1


def test_profile_table_has_shares_that_sum_to_one():
    found = generate_showers(SETTINGS, 60, np.random.default_rng(2))
    table = longitudinal_profile(found.cells, found.energy, [(10, 70), (70, 500)])
    assert table.groupby("energy_band")["share"].sum().to_numpy() == pytest.approx(1.0)
    peaks = table.loc[table.groupby("energy_band", sort=False)["share"].idxmax(), "layer"].tolist()
    assert peaks[0] < peaks[1]


@given(st.integers(1, CELLS), st.integers(1, CELLS), st.sampled_from(["transverse", "transverse_x_depth"]))
def test_pixels_keep_the_energy(rows, cols, projection):
    cells = np.random.default_rng(rows * 100 + cols).exponential(size=(2, CELLS, CELLS, CELLS))
    pixels = shower_pixels(cells, rows, cols, projection)
    assert pixels.shape == (2, rows, cols)
    assert pixels.sum(axis=(1, 2)) == pytest.approx(cells.sum(axis=(1, 2, 3)))


def test_pixels_by_hand():
    cells = np.zeros((1, CELLS, CELLS, CELLS))
    cells[0, 0, 24, 3] = 1.0
    cells[0, 12, 12, 24] = 4.0
    # Of 25 cells the first 13 make the first of two pixels.
    assert shower_pixels(cells, 2, 2, "transverse_x_depth").tolist() == [[[1.0, 4.0], [0.0, 0.0]]]
    assert shower_pixels(cells, 2, 2, "transverse").tolist() == [[[4.0, 1.0], [0.0, 0.0]]]
    # A window keeps the centre: of 3 cells the first 2 make the first pixel.
    assert shower_pixels(cells, 2, 2, "transverse_x_depth", window=3).tolist() == [[[0.0, 4.0], [0.0, 0.0]]]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: shower_pixels(np.zeros((1, 25, 25, 25)), 2, 2, "sideways"), "projection"),
        (lambda: shower_pixels(np.zeros((1, 25, 25, 25)), 26, 2, "transverse"), "grid"),
        (lambda: shower_pixels(np.zeros((1, 25, 25, 25)), 2, 2, "transverse", window=4), "window"),
        (lambda: ShowerSettings(energy_min=5, energy_max=1), "energies"),
        (lambda: generate_showers(SETTINGS, 0, np.random.default_rng(0)), "n_showers"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
