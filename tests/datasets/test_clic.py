"""The loader of the real files, on a small file of the same format."""

import h5py
import numpy as np
import pytest

from bornscape.datasets import clic
from bornscape.datasets.clic import depth_axis, load_clic
from bornscape.datasets.showers import ShowerSettings, generate_showers

SHOWERS = generate_showers(ShowerSettings(energy_max=60.0), 30, np.random.default_rng(8))


def write(path, cells=SHOWERS.cells, energy=SHOWERS.energy, energy_name="energy", cells_name="ECAL"):
    with h5py.File(path, "w") as file:
        if cells_name:
            file[cells_name] = cells
        if energy_name:
            file[energy_name] = energy
    return path


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_depth_is_found_wherever_it_is(tmp_path, axis):
    turned = np.moveaxis(SHOWERS.cells, 3, 1 + axis)
    assert depth_axis(turned) == axis
    found = load_clic(write(tmp_path / "showers.h5", turned))
    assert np.array_equal(found.cells, SHOWERS.cells)
    assert np.array_equal(found.energy, SHOWERS.energy)


def test_target_is_read_as_energy_and_columns_are_flattened(tmp_path):
    found = load_clic(write(tmp_path / "showers.h5", energy=SHOWERS.energy[:, None], energy_name="target"))
    assert np.array_equal(found.energy, SHOWERS.energy)


def test_energy_is_the_second_of_several_columns(tmp_path):
    columns = np.column_stack([np.full(len(SHOWERS.energy), 11.0), SHOWERS.energy, SHOWERS.energy * 0])
    found = load_clic(write(tmp_path / "showers.h5", energy=columns, energy_name="target"))
    assert np.array_equal(found.energy, SHOWERS.energy)


def test_no_showers_cannot_be_asked_for(tmp_path):
    with pytest.raises(ValueError, match="max_showers"):
        load_clic(write(tmp_path / "showers.h5"), max_showers=0)


def test_only_so_many_are_read(tmp_path):
    found = load_clic(write(tmp_path / "showers.h5"), max_showers=7)
    assert np.array_equal(found.cells, SHOWERS.cells[:7])
    assert len(found.energy) == 7


@pytest.mark.parametrize("chunk", [1, 7, 30, 100])
def test_the_size_of_the_slices_does_not_matter(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(clic, "_CHUNK", chunk)
    path = write(tmp_path / "showers.h5")
    assert np.array_equal(load_clic(path).cells, SHOWERS.cells)
    assert np.array_equal(load_clic(path, max_showers=9).cells, SHOWERS.cells[:9])


def test_doubles_are_read_as_single_precision(tmp_path):
    found = load_clic(write(tmp_path / "showers.h5", SHOWERS.cells.astype(np.float64)))
    assert found.cells.dtype == np.float32
    assert np.array_equal(found.cells, SHOWERS.cells)


def with_value(array, value):
    changed = array.copy()
    changed.flat[5] = value
    return changed


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"cells_name": None}, "dataset ECAL"),
        ({"energy_name": None}, "energy or target"),
        ({"cells": SHOWERS.cells[:, :20]}, "shape"),
        ({"cells": SHOWERS.cells[:0], "energy": SHOWERS.energy[:0]}, "shape"),
        ({"energy": SHOWERS.energy[:9]}, "one energy a shower"),
        ({"cells": SHOWERS.cells.sum(axis=3)}, "shape"),
        ({"cells": with_value(SHOWERS.cells, np.nan)}, "ECAL: expected finite"),
        ({"cells": SHOWERS.cells.astype("S8")}, "ECAL: expected numbers"),
        ({"cells": np.zeros_like(SHOWERS.cells)}, "ECAL: expected one axis"),
        ({"cells": np.ones_like(SHOWERS.cells)}, "ECAL: expected one axis"),
        ({"cells": with_value(SHOWERS.cells, np.inf)}, "ECAL: expected finite"),
        ({"cells": with_value(SHOWERS.cells, -1.0)}, "ECAL: expected finite"),
        ({"energy": with_value(SHOWERS.energy, np.nan), "energy_name": "target"}, "target: expected finite"),
        ({"energy": with_value(SHOWERS.energy, -1.0)}, "energy: expected finite"),
    ],
)
def test_bad_content_names_the_file_and_the_dataset(tmp_path, content, message):
    path = write(tmp_path / "showers.h5", **content)
    with pytest.raises(ValueError, match=rf"showers\.h5: .*{message}"):
        load_clic(path)


def test_missing_damaged_and_foreign_files_are_named(tmp_path):
    with pytest.raises(ValueError, match=r"absent\.h5: expected an existing"):
        load_clic(tmp_path / "absent.h5")
    path = write(tmp_path / "showers.h5")
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(ValueError, match=r"showers\.h5: expected an undamaged"):
        load_clic(path)
    text = tmp_path / "text.h5"
    text.write_text("not HDF5")
    with pytest.raises(ValueError, match=r"text\.h5: expected an undamaged"):
        load_clic(text)
