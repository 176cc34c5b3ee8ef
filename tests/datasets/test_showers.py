"""Electron showers by GFlash: geometry, physics, determinism."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bornscape.datasets import showers
from bornscape.datasets.calorimeter import CELLS, longitudinal_profile, shower_pixels
from bornscape.datasets.showers import ShowerSettings, generate_showers, mean_shape

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


def test_impact_is_uniform_over_the_central_cell():
    # Cells of 51 mm hold nearly all of a shower: where it enters decides how it is shared with the neighbours.
    cells = showers_at(20.0, 300, cell=51.0).cells.sum(axis=3, dtype=np.float64)
    place = np.average(np.tile(np.arange(CELLS), (300, 1)), axis=1, weights=cells.sum(axis=2)) - CELLS // 2
    assert abs(place.mean()) < 4 * place.std(ddof=1) / np.sqrt(300)
    # At the edge of a cell half of the shower is in the next one; no jitter would give 0.02, half of it 0.04.
    assert 0.4 < np.abs(place).max() < 0.6


def test_low_energies_are_made_in_small_batches(monkeypatch):
    sizes = []
    batch = showers._batch
    monkeypatch.setattr(showers, "_BATCH_SHOWERS", 7)
    monkeypatch.setattr(showers, "_batch", lambda s, energy, rng: sizes.append(len(energy)) or batch(s, energy, rng))
    found = showers_at(10.0, 16)
    assert sizes == [7, 7, 2]
    assert (found.cells.sum(axis=(1, 2, 3)) > 5).all()


def test_energies_are_log_uniform():
    energy = generate_showers(SETTINGS, 400, np.random.default_rng(5)).energy
    assert energy.min() >= 10
    assert energy.max() <= 500
    # Median of a log-uniform law is the geometric mean; 5 standard errors of its logarithm.
    error = np.log(50) / 2 / np.sqrt(400)
    assert abs(np.median(np.log(energy)) - np.log(np.sqrt(10 * 500))) < 5 * error


@pytest.mark.parametrize(("energy", "leaked_at_most"), [(10.0, 0.01), (50.0, 0.02), (200.0, 0.03), (500.0, 0.04)])
def test_energy_is_kept_but_for_a_bounded_leak(energy, leaked_at_most):
    share = showers_at(energy, 200).cells.sum(axis=(1, 2, 3), dtype=np.float64) / energy
    error = share.std(ddof=1) / np.sqrt(200)
    assert 1 - leaked_at_most - 4 * error < share.mean() < 1 + 4 * error


def test_resolution_is_that_of_the_sampling_where_nothing_leaks():
    share = showers_at(10.0, 400).cells.sum(axis=(1, 2, 3), dtype=np.float64) / 10.0
    # The relative standard error of a standard deviation is 1 / sqrt(2 N).
    assert share.std(ddof=1) == pytest.approx(0.17 / np.sqrt(10), rel=4 / np.sqrt(800))


def depth_of_maximum(cells):
    """Of the mean profile: top of a parabola through the logarithm of its density, X0."""
    density = cells.sum(axis=(0, 1, 2), dtype=np.float64) / np.diff(SETTINGS.depths)
    near = density > 0.7 * density.max()
    second, first, _ = np.polyfit(layer_centres()[near], np.log(density[near]), 2)
    return -first / (2 * second)


def test_maximum_moves_by_one_radiation_length_per_unit_of_log_energy():
    energies, groups, size = np.array([10.0, 30.0, 100.0, 300.0]), 8, 30
    maxima = np.empty((groups, len(energies)))
    for column, energy in enumerate(energies):
        cells = showers_at(energy, groups * size, seed=int(energy)).cells
        maxima[:, column] = [depth_of_maximum(part) for part in np.split(cells, groups)]
    slopes = np.polyfit(np.log(energies), maxima.T, 1)[0]
    error = slopes.std(ddof=1) / np.sqrt(groups)
    assert error < 0.05
    assert abs(slopes.mean() - 1) < 4 * error
    exact, _ = mean_shape(SETTINGS, energies)
    assert np.allclose(np.diff(exact), np.diff(np.log(energies)))


def test_ninety_percent_within_about_a_moliere_radius():
    fine, count = 2.5, 300
    cells = showers_at(50.0, count, cell=fine).cells.sum(axis=3, dtype=np.float64)
    offset = (np.arange(CELLS) - CELLS // 2) * fine
    radius = np.hypot(offset[:, None], offset[None, :]) / SETTINGS.moliere_radius
    # A rule of thumb, so it is bracketed; the limits are apart by many statistical errors.
    for limit, sign in ((0.9, -1), (1.2, 1)):
        inside = cells[:, radius <= limit].sum(axis=1) / 50.0
        error = inside.std(ddof=1) / np.sqrt(count)
        assert sign * (inside.mean() - 0.9) > 4 * error


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


def test_profile_by_hand():
    # The third shower left nothing: it has no shares.
    cells = np.zeros((3, CELLS, CELLS, CELLS), dtype=np.float32)
    cells[0, 3, 4, 0], cells[0, 5, 6, 1], cells[1, 0, 0, 1] = 1.0, 3.0, 8.0
    table = longitudinal_profile(cells, np.array([10.0, 20.0, 20.0]), [(5, 30), (15, 30), (40, 50)])
    assert list(table.columns) == ["energy_band", "layer", "share"]
    assert table["energy_band"].unique().tolist() == ["5 to 30 GeV", "15 to 30 GeV"]
    both, last = table["share"].to_numpy().reshape(2, CELLS)
    assert both[:3].tolist() == [0.125, 0.875, 0.0]
    assert last[:3].tolist() == [0.0, 1.0, 0.0]


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
        (lambda: ShowerSettings(energy_max=np.inf), "energies"),
        (lambda: ShowerSettings(tungsten=(2.4,) * 24), "plates"),
        (lambda: ShowerSettings(cell=0.0), "lengths"),
        (lambda: ShowerSettings(silicon=np.nan), "lengths"),
        (lambda: ShowerSettings(resolution=-0.1), "lengths"),
        (lambda: longitudinal_profile(np.ones((1, 25, 25, 25)), np.array([5.0]), [(10, 20)]), "bands"),
        (lambda: generate_showers(SETTINGS, 0, np.random.default_rng(0)), "n_showers"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
