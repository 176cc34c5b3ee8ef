"""Calorimeter cells to pixels of an image and to longitudinal profiles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bornscape.aliases import Float

CELLS = 25
"""Cells along each axis, as in the CLIC files."""


PROJECTIONS = ("transverse_x_depth", "transverse")
"""How three dimensions become two; the paper does not state its projection."""


def _split(cells: Float, axis: int, parts: int) -> Float:
    """Sum an axis over ``parts`` runs of whole cells, as equal as they can be, longer ones first."""
    starts = [run[0] for run in np.array_split(np.arange(cells.shape[axis]), parts)]
    return np.add.reduceat(cells, starts, axis=axis)


def shower_pixels(cells: NDArray, rows: int, cols: int, projection: str, window: int = CELLS) -> Float:
    """Energy on a grid; a pixel is a sum of whole cells, and pixels are as equal as they can be, larger ones first.

    Parameters
    ----------
    cells
        (N, 25, 25, 25), depth last.
    rows, cols
        At most as many as there are cells along the axis.
    projection
        ``"transverse_x_depth"``: rows divide one transverse axis, columns the depth; ``"transverse"``: both transverse
        axes, summed over depth.
    window
        Transverse cells kept around the centre, an odd number up to 25.

    Returns
    -------
    (N, rows, cols), GeV. With the whole window the total energy is kept.

    Raises
    ------
    ValueError
        If the projection or the window is another, or the grid is finer than the cells.
    """
    if projection not in PROJECTIONS:
        raise ValueError(f"projection: expected one of {PROJECTIONS}, got {projection!r}")
    if window % 2 == 0 or not 1 <= window <= CELLS:
        raise ValueError(f"window: expected an odd number up to {CELLS}, got {window}")
    deep = projection == "transverse_x_depth"
    if not (1 <= rows <= window and 1 <= cols <= (CELLS if deep else window)):
        raise ValueError(f"grid: {rows} x {cols} pixels do not fit a window of {window} cells ({projection})")
    central = slice((CELLS - window) // 2, (CELLS + window) // 2)
    flat = np.asarray(np.sum(cells[:, central, central], axis=2 if deep else 3, dtype=np.float64))
    return _split(_split(flat, 1, rows), 2, cols)


def longitudinal_profile(cells: NDArray, energy: Float, bands: Sequence[tuple[float, float]]) -> pd.DataFrame:
    """Mean share of the deposited energy in each layer, by energy of the electron.

    Parameters
    ----------
    cells
        (N, 25, 25, 25), GeV, depth last. A shower without a deposit has no shares and is left out.
    energy
        (N,), GeV.
    bands
        (low, high) in GeV, both ends included. A band without showers gets no rows.

    Returns
    -------
    Columns energy_band ("10 to 71 GeV"), layer (1 to 25), share (adds up to 1 in each band).

    Raises
    ------
    ValueError
        If no shower is in any band.
    """
    layers = np.asarray(np.sum(cells, axis=(1, 2), dtype=np.float64))
    total = layers.sum(axis=1)
    shares, energy = layers[total > 0] / total[total > 0, None], np.asarray(energy)[total > 0]
    parts = []
    for low, high in bands:
        chosen = shares[(energy >= low) & (energy <= high)]
        if len(chosen):
            name = f"{low:.0f} to {high:.0f} GeV"
            parts.append(
                pd.DataFrame(
                    {"energy_band": name, "layer": np.arange(1, layers.shape[1] + 1), "share": chosen.mean(axis=0)}
                )
            )
    if not parts:
        raise ValueError(f"bands: expected showers in at least one of {list(bands)} GeV")
    return pd.concat(parts, ignore_index=True)
