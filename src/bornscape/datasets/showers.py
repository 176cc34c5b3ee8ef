"""Electron showers in an electromagnetic calorimeter, by the GFlash parametrisation.

Grindhammer and Peters, hep-ex/0001020: mean shapes and their fluctuations. It is not Geant4. Energies in GeV, lengths
in mm, depths t in radiation lengths X0, radii in Moliere radii R_M.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc

from bornscape.aliases import Float
from bornscape.datasets.calorimeter import CELLS

_SCALE_ENERGY = 21.2e-3
_BATCH_SPOTS = 2_000_000
_BATCH_SHOWERS = 1000


@dataclass(frozen=True)
class _Material:
    """Z, A, radiation length in g/cm^2 and density in g/cm^3; critical energy in GeV."""

    z: float
    a: float
    radiation_length: float
    density: float

    @property
    def critical_energy(self) -> float:
        return 2.66e-3 * (self.radiation_length * self.z / self.a) ** 1.1


TUNGSTEN = _Material(74, 183.84, 6.76, 19.3)
SILICON = _Material(14, 28.085, 21.82, 2.329)


@dataclass(frozen=True)
class ShowerSettings:
    """Electrons and calorimeter; the defaults are CLIC's: 17 thin and 8 thick tungsten plates, silicon between them.

    Attributes
    ----------
    energy_min, energy_max
        Energies are log-uniform between them, GeV.
    tungsten
        Thickness of each of the 25 plates, mm.
    silicon
        Thickness of the sensor behind each plate, mm (assumed).
    cell
        Side of a cell, mm.
    resolution
        c of the sampling fluctuation sigma/E = c / sqrt(E / GeV) (assumed).

    Raises
    ------
    ValueError
        If the energies are not finite, ordered and above 0.1 GeV, there are not 25 plates, or a length or the
        resolution is not positive (no silicon at all is allowed).
    """

    energy_min: float = 10.0
    energy_max: float = 500.0
    tungsten: tuple[float, ...] = (2.4,) * 17 + (4.8,) * 8
    silicon: float = 0.5
    cell: float = 5.1
    resolution: float = 0.17

    def __post_init__(self) -> None:
        if not 0.1 < self.energy_min <= self.energy_max < np.inf:
            raise ValueError(f"energies: expected 0.1 GeV < min <= max, got {self.energy_min} and {self.energy_max}")
        if len(self.tungsten) != CELLS:
            raise ValueError(f"tungsten: expected {CELLS} plates, got {len(self.tungsten)}")
        if not (min(*self.tungsten, self.cell, self.resolution) > 0 and self.silicon >= 0):
            raise ValueError(f"lengths and resolution: expected positive values, got {self}")

    @cached_property
    def _surface_densities(self) -> tuple[float, float]:
        """g/cm^2 of tungsten and silicon in the whole stack."""
        return TUNGSTEN.density * sum(self.tungsten) / 10, SILICON.density * self.silicon * CELLS / 10

    def _mean(self, tungsten: float, silicon: float) -> float:
        first, second = self._surface_densities
        return (first * tungsten + second * silicon) / (first + second)

    @cached_property
    def radiation_length(self) -> float:
        """X0 of the mixture, mm of stack."""
        inverse = self._mean(1 / TUNGSTEN.radiation_length, 1 / SILICON.radiation_length)
        length = sum(self.tungsten) + CELLS * self.silicon
        return length / (sum(self._surface_densities) * inverse)

    @cached_property
    def moliere_radius(self) -> float:
        """R_M of the mixture, mm of stack."""
        losses = (m.critical_energy / m.radiation_length for m in (TUNGSTEN, SILICON))
        length = sum(self.tungsten) + CELLS * self.silicon
        return _SCALE_ENERGY / self._mean(*losses) * length / sum(self._surface_densities)

    @cached_property
    def critical_energy(self) -> float:
        """E_c of the mixture, GeV."""
        return self.radiation_length * _SCALE_ENERGY / self.moliere_radius

    @cached_property
    def charge(self) -> float:
        """Z of the mixture."""
        return self._mean(TUNGSTEN.z, SILICON.z)

    @cached_property
    def sampling_frequency(self) -> float:
        """F_S: mean number of plates in one X0."""
        return CELLS * self.radiation_length / (sum(self.tungsten) + CELLS * self.silicon)

    @cached_property
    def signal_ratio(self) -> float:
        """e-hat: response to showers over that to minimum ionising particles, 1/(1 + 0.007 dZ)."""
        return 1 / (1 + 0.007 * (TUNGSTEN.z - SILICON.z))

    @cached_property
    def depths(self) -> Float:
        """Depth of the layers' boundaries, (26,), in X0 of the mixture."""
        plates = np.array(self.tungsten) / 10 * TUNGSTEN.density / TUNGSTEN.radiation_length
        sensor = self.silicon / 10 * SILICON.density / SILICON.radiation_length
        return np.concatenate([[0.0], np.cumsum(plates + sensor)])


@dataclass(frozen=True, eq=False)
class Showers:
    """Showers in cells.

    Attributes
    ----------
    cells
        (N, 25, 25, 25) float32, GeV: two transverse axes, then depth.
    energy
        (N,), GeV, of the electrons.
    """

    cells: NDArray[np.float32]
    energy: Float


def mean_shape(settings: ShowerSettings, energy: Float) -> tuple[Float, Float]:
    """Depth of the maximum T in X0, and alpha, of the mean shower in the sampling calorimeter, each (N,)."""
    log_y = np.log(energy / settings.critical_energy)
    missing = 1 - settings.signal_ratio
    maximum = log_y - 0.812 - 0.55 / settings.sampling_frequency - 0.69 * missing
    alpha = 0.81 + (0.458 + 2.26 / settings.charge) * log_y - 0.476 / settings.sampling_frequency
    return maximum, alpha


def _fluctuating_shape(settings: ShowerSettings, energy: Float, rng: np.random.Generator) -> tuple[Float, Float]:
    """T and alpha of single showers: log-normal around the mean shape, correlated."""
    log_y = np.log(energy / settings.critical_energy)
    maximum, alpha = mean_shape(settings, energy)
    rho = 0.784 - 0.023 * log_y
    first, second = rng.standard_normal((2, len(energy)))
    common, opposite = np.sqrt((1 + rho) / 2), np.sqrt((1 - rho) / 2)
    maximum = maximum * np.exp((common * first + opposite * second) / (-2.5 + 1.25 * log_y))
    alpha = alpha * np.exp((common * first - opposite * second) / (-0.82 + 0.79 * log_y))
    return maximum, np.maximum(alpha, 1.1)


def _layer_shares(settings: ShowerSettings, maximum: Float, alpha: Float) -> Float:
    """Share of a gamma-shaped profile in each layer, (N, 25)."""
    beta = (alpha - 1) / maximum
    return np.diff(gammainc(alpha[:, None], beta[:, None] * settings.depths), axis=1)


def _radii(settings: ShowerSettings, energy: Float, tau: Float) -> tuple[Float, Float, Float]:
    """Core radius, tail radius (in R_M) and share of the core, at relative depths tau = t/T."""
    z, log_e, frequency = settings.charge, np.log(energy), settings.sampling_frequency
    missing, decay = 1 - settings.signal_ratio, np.exp(-tau)
    core = 0.0251 + 0.00319 * log_e + (0.1162 - 0.000381 * z) * tau
    core += -0.0203 * missing + 0.0397 * decay / frequency
    # One of two numbers to recheck at the source: the paper may have 0.0421; Geant4's GFlash has 0.0412.
    growth = np.exp(-2.59 * (tau - 0.645)) + np.exp((0.3585 + 0.0412 * log_e) * (tau - 0.645))
    tail = (0.659 - 0.00309 * z) * growth - 0.14 * missing - 0.495 * decay / frequency
    u = (0.401 + 0.00187 * z - tau) / (1.313 - 0.0686 * log_e)
    share = (2.632 - 0.00094 * z) * np.exp(u - np.exp(u))
    share += missing * (0.348 - 0.642 * np.exp(-((tau - 1) ** 2)) / frequency)
    return np.maximum(core, 1e-3), np.maximum(tail, 1e-3), np.clip(share, 0, 1)


def _batch(settings: ShowerSettings, energy: Float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Cells of a batch of showers, (N, 25, 25, 25)."""
    maximum, alpha = _fluctuating_shape(settings, energy, rng)
    deposited = energy[:, None] * _layer_shares(settings, maximum, alpha)
    # Sampling fluctuation: variance c^2 E in every layer adds up to sigma/E = c / sqrt(E) of the shower.
    seen = rng.gamma(deposited / settings.resolution**2 + 1e-12) * settings.resolution**2
    spots = _spot_numbers(settings, energy, maximum, alpha, rng)
    shower, layer = (np.repeat(index.ravel(), spots.ravel()) for index in np.indices(spots.shape))
    x, y = _spot_positions(settings, energy, shower, layer, rng)
    column, row = (np.floor(v / settings.cell + CELLS / 2).astype(np.int64) for v in (x, y))
    inside = (column >= 0) & (column < CELLS) & (row >= 0) & (row < CELLS)
    cell = ((shower * CELLS + column) * CELLS + row) * CELLS + layer
    weight = (seen / spots)[shower, layer]
    total = np.bincount(cell[inside], weights=weight[inside], minlength=len(energy) * CELLS**3)
    return total.reshape(-1, CELLS, CELLS, CELLS).astype(np.float32)


def _spot_numbers(
    settings: ShowerSettings, energy: Float, maximum: Float, alpha: Float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Number of spots in each layer, (N, 25), at least 1: they follow a profile of their own."""
    count = 10.3 / settings.resolution * energy**0.959
    # The other number to recheck at the source: the paper may have 0.831; Geant4's GFlash has 0.813.
    spot_maximum = maximum * (0.813 + 0.0019 * settings.charge)
    spot_alpha = np.maximum(alpha * (0.844 + 0.0026 * settings.charge), 1.1)
    shares = _layer_shares(settings, spot_maximum, spot_alpha)
    return np.maximum(rng.poisson(count[:, None] * shares), 1)


def _spot_positions(
    settings: ShowerSettings, energy: Float, shower: NDArray, layer: NDArray, rng: np.random.Generator
) -> tuple[Float, Float]:
    """Transverse positions of the spots, mm; electrons hit uniformly within the central cell."""
    # tau is in units of the mean shower's maximum, as Geant4's GFlash documents its radial formulas (t/T). In units
    # of its centre of gravity, R90 would be 0.8 R_M.
    maximum, _ = mean_shape(settings, energy)
    middle = (settings.depths[1:] + settings.depths[:-1]) / 2
    tables = _radii(settings, energy[:, None], middle / maximum[:, None])
    core, tail, share = (table[shower, layer] for table in tables)
    u, angle, side = rng.random((3, len(shower)))
    radius = np.where(side < share, core, tail) * np.sqrt(u / (1 - u)) * settings.moliere_radius
    jitter = (rng.random((2, len(energy))) - 0.5) * settings.cell
    return (
        radius * np.cos(2 * np.pi * angle) + jitter[0, shower],
        radius * np.sin(2 * np.pi * angle) + jitter[1, shower],
    )


def generate_showers(settings: ShowerSettings, n_showers: int, rng: np.random.Generator) -> Showers:
    """Generate showers of electrons that enter along the depth axis.

    The point of impact is uniform within half a cell either way of the central cell's middle. What leaks out of the
    back and the sides is lost: of a 100 GeV electron about 2 %.

    Parameters
    ----------
    settings
        Energies and calorimeter.
    n_showers
        At least 1; 10,000 take 625 MB, and about 0.3 GB more while they are made.
    rng
        Source of all random numbers: the same state gives the same bytes.

    Returns
    -------
    Cells (n_showers, 25, 25, 25), GeV, depth last, and the electrons' energies (n_showers,), GeV.

    Raises
    ------
    ValueError
        If no shower is asked for.

    Source
    ------
    Grindhammer and Peters, hep-ex/0001020: sampling calorimeters, single showers.
    """
    if n_showers < 1:
        raise ValueError(f"n_showers: expected at least 1, got {n_showers}")
    energy = np.exp(rng.uniform(np.log(settings.energy_min), np.log(settings.energy_max), n_showers))
    cells = np.empty((n_showers, CELLS, CELLS, CELLS), dtype=np.float32)
    spots = np.cumsum(10.3 / settings.resolution * energy**0.959)
    batches = (spots // _BATCH_SPOTS).astype(int)
    for batch in np.unique(batches):
        chosen = np.flatnonzero(batches == batch)
        # Low energies have few spots: the cells of so many showers at once would outgrow the spots.
        for start in range(0, len(chosen), _BATCH_SHOWERS):
            part = chosen[start : start + _BATCH_SHOWERS]
            cells[part] = _batch(settings, energy[part], rng)
    return Showers(cells, energy)
