"""Loader of the real CLIC calorimeter files (Zenodo record 3603122): HDF5, electron showers in 25 x 25 x 25 cells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bornscape.datasets.calorimeter import CELLS
from bornscape.datasets.showers import Showers
from bornscape.extras import extra

if TYPE_CHECKING:
    import h5py

ENERGY_NAMES = ("energy", "target")
"""Names under which the files keep the electrons' energies."""

_CHUNK = 512
_DISTINCT = 2.0


def load_clic(path: str | Path, max_showers: int | None = None) -> Showers:
    """Read showers, with the depth axis put last.

    Parameters
    ----------
    path
        HDF5 file with the datasets ``ECAL``, (N, 25, 25, 25), and ``energy`` or ``target``, (N,) or (N, k) with the
        energy in the second column (or the only one), all in GeV.
    max_showers
        Read at most so many, from the beginning; at least 1. 10,000 take 625 MB.

    Returns
    -------
    Cells (N, 25, 25, 25) float32, depth last, and energies (N,), both as the file has them (GeV).

    Raises
    ------
    ValueError
        If the file is missing or no HDF5, a dataset is missing, not of numbers or of another shape, a value is not
        finite or is negative, or no axis stands out as the depth. The message names the file, the dataset and what was
        expected.
    """
    if max_showers is not None and max_showers < 1:
        raise ValueError(f"max_showers: expected at least 1, got {max_showers}")
    if not Path(path).is_file():
        raise ValueError(f"{path}: expected an existing HDF5 file")
    with extra("hep"):
        import h5py
    try:
        with h5py.File(path, "r") as file:
            cells, energy = _read(file, str(path), max_showers)
    except OSError as error:
        raise ValueError(f"{path}: expected an undamaged HDF5 file: {error}") from error
    try:
        axis = depth_axis(cells)
    except ValueError as error:
        raise ValueError(f"{path}: ECAL: {error}") from error
    return Showers(np.moveaxis(cells, 1 + axis, 3), energy)


def _read(file: h5py.File, path: str, limit: int | None) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    import h5py

    if not isinstance(file.get("ECAL"), h5py.Dataset):
        raise ValueError(f"{path}: expected a dataset ECAL, got {sorted(file)}")
    cells = file["ECAL"]
    if cells.ndim != 4 or cells.shape[1:] != (CELLS,) * 3 or not len(cells):
        raise ValueError(f"{path}: ECAL: expected the shape (N, {CELLS}, {CELLS}, {CELLS}), got {cells.shape}")
    if cells.dtype.kind not in "fiu":
        raise ValueError(f"{path}: ECAL: expected numbers, got {cells.dtype}")
    name = next((name for name in ENERGY_NAMES if isinstance(file.get(name), h5py.Dataset)), None)
    if name is None or file[name].dtype.kind not in "fiu" or file[name].ndim not in (1, 2):
        raise ValueError(f"{path}: expected a dataset energy or target, got {sorted(file)}")
    if len(file[name]) != len(cells):
        raise ValueError(f"{path}: {name}: expected one energy a shower ({len(cells)}), got {len(file[name])}")
    energy = np.asarray(file[name][:limit], dtype=np.float64)
    if energy.ndim == 2:
        # Files with several columns keep the kind of particle in the first and its energy in the second.
        energy = energy[:, min(1, energy.shape[1] - 1)]
    _check(energy, path, name)
    values = np.empty((len(energy), *cells.shape[1:]), dtype=np.float32)
    # Slice by slice: a bad value ends the reading early, and doubles in the file are never all in memory.
    for start in range(0, len(values), _CHUNK):
        part = values[start : start + _CHUNK]
        part[:] = cells[start : start + len(part)]
        _check(part, path, "ECAL")
    return values, energy


def _check(values: NDArray, path: str, name: str) -> None:
    if not np.isfinite(values).all() or (values < 0).any():
        raise ValueError(f"{path}: {name}: expected finite values, none negative")


def depth_axis(cells: NDArray) -> int:
    """Which of the three axes is the depth: the one whose mean profile is least symmetric about its centre.

    Electrons enter near the centre of the transverse plane, so only the longitudinal profile is asymmetric. The five
    central cells are left out: where an electron enters its cell makes a few showers lopsided there.

    Parameters
    ----------
    cells
        (N, 25, 25, 25), none negative, in any order of the three axes.

    Returns
    -------
    0, 1 or 2: the axis of one shower.

    Raises
    ------
    ValueError
        If no axis is at least twice as asymmetric as the others: the cells are empty or no showers.
    """
    outer = CELLS // 2 - 2
    asymmetries = []
    for axis in range(3):
        others = tuple(k for k in range(4) if k != 1 + axis)
        profile = np.asarray(np.sum(cells, axis=others, dtype=np.float64))
        asymmetries.append(np.abs(profile - profile[::-1])[:outer].sum())
    _, second, first = sorted(asymmetries)
    if not first > _DISTINCT * second:
        raise ValueError("expected one axis with a far more asymmetric profile than the others: the depth")
    return int(np.argmax(asymmetries))
