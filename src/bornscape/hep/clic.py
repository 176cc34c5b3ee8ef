"""Loader of the real CLIC calorimeter files (Zenodo record 3603122): HDF5, electron showers in 25 x 25 x 25 cells."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from bornscape.hep.showers import CELLS, Showers

ENERGY_NAMES = ("energy", "target")
"""Names under which the files keep the electrons' energies."""


def load_clic(path: str | Path, max_showers: int | None = None) -> Showers:
    """Read showers, with the depth axis put last.

    Parameters
    ----------
    path
        HDF5 file with the datasets ``ECAL``, (N, 25, 25, 25), and ``energy`` or ``target``, (N,) or (N, k) with the
        energy in the second column (or the only one), all in GeV.
    max_showers
        Read at most so many, from the beginning.

    Raises
    ------
    ValueError
        If the file is missing or no HDF5, a dataset is missing or of another shape, or a value is not finite or is a
        negative energy. The message names the file, the dataset and what was expected.
    """
    if max_showers is not None and max_showers < 1:
        raise ValueError(f"max_showers: expected at least 1, got {max_showers}")
    if not Path(path).is_file():
        raise ValueError(f"{path}: expected an existing HDF5 file")
    try:
        with h5py.File(path, "r") as file:
            cells, energy = _read(file, str(path), max_showers)
    except OSError as error:
        raise ValueError(f"{path}: expected an undamaged HDF5 file: {error}") from error
    return Showers(np.moveaxis(cells, 1 + depth_axis(cells), 3), energy)


def _read(file: h5py.File, path: str, limit: int | None) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    if not isinstance(file.get("ECAL"), h5py.Dataset):
        raise ValueError(f"{path}: expected a dataset ECAL, got {sorted(file)}")
    cells = file["ECAL"]
    if cells.ndim != 4 or cells.shape[1:] != (CELLS,) * 3 or not len(cells):
        raise ValueError(f"{path}: ECAL: expected the shape (N, {CELLS}, {CELLS}, {CELLS}), got {cells.shape}")
    name = next((name for name in ENERGY_NAMES if isinstance(file.get(name), h5py.Dataset)), None)
    if name is None or file[name].dtype.kind not in "fiu" or file[name].ndim not in (1, 2):
        raise ValueError(f"{path}: expected a dataset energy or target, got {sorted(file)}")
    if len(file[name]) != len(cells):
        raise ValueError(f"{path}: {name}: expected one energy a shower ({len(cells)}), got {len(file[name])}")
    energy = np.asarray(file[name][:limit], dtype=np.float64)
    if energy.ndim == 2:
        # Files with several columns keep the kind of particle in the first and its energy in the second.
        energy = energy[:, min(1, energy.shape[1] - 1)]
    values = np.asarray(cells[:limit], dtype=np.float32)
    for label, checked in (("ECAL", values), (name, energy)):
        if not np.isfinite(checked).all() or (checked < 0).any():
            raise ValueError(f"{path}: {label}: expected finite values, none negative")
    return values, energy


def depth_axis(cells: NDArray) -> int:
    """Which of the three axes is the depth: the one whose mean profile is least symmetric about its centre.

    Electrons enter near the centre of the transverse plane, so only the longitudinal profile is asymmetric. The five
    central cells are left out: where an electron enters its cell makes a few showers lopsided there.
    """
    outer = CELLS // 2 - 2
    asymmetries = []
    for axis in range(3):
        others = tuple(k for k in range(4) if k != 1 + axis)
        profile = np.asarray(np.sum(cells, axis=others, dtype=np.float64))
        asymmetries.append(np.abs(profile - profile[::-1])[:outer].sum())
    return int(np.argmax(asymmetries))
