"""Particle jets: proton collisions by Pythia 8, clustered by FastJet, as constituents around the jet axis.

13 TeV, hard QCD, multiparton interactions on, stable visible particles, anti-kT. The leading jet of an event is taken
if it passes the selection; energies and momenta are in GeV, angles in radians.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bornscape.aliases import Float
from bornscape.extras import extra

SHAPE_RADII = (0.1, 0.3, 0.5)
"""r/R at which the jet shape psi, the share of pT within r of the axis, is kept."""

EVENTS_PER_JET = 200
"""Collisions tried for each jet asked for, before the selection is called hopeless (about 3 are needed)."""


@dataclass(frozen=True)
class JetSettings:
    """What is generated and selected.

    Attributes
    ----------
    radius
        Anti-kT radius R of the jets whose images are made.
    check_radii
        Radii at which mass and shape are recorded, from the same events.
    pt_min, pt_max
        The leading jet's transverse momentum, GeV: at least the first, below the second.
    pthat_min, pthat_max
        Of the hard scattering, GeV. Well below pt_min, or the spectrum has an edge there.
    rapidity_max
        Largest absolute rapidity of the jet axis.
    """

    radius: float = 0.4
    check_radii: tuple[float, ...] = (0.4, 0.6, 0.8)
    pt_min: float = 500.0
    pt_max: float = 600.0
    pthat_min: float = 400.0
    pthat_max: float = 800.0
    rapidity_max: float = 2.5


@dataclass(frozen=True, eq=False)
class JetSample:
    """Jets of one chunk.

    Attributes
    ----------
    constituents
        One row a constituent of a selected jet of ``radius``: jet (0..), drap, dphi (relative to the axis), pt.
    jets
        One row a leading jet that passes at one of ``check_radii``: radius, pt, rapidity, mass, psi_0.1, psi_0.3,
        psi_0.5.
    """

    constituents: pd.DataFrame
    jets: pd.DataFrame


class _Jet(NamedTuple):
    pt: float
    rapidity: float
    phi: float
    mass: float
    drap: Float
    dphi: Float
    constituent_pt: Float


def _pythia(settings: JetSettings, seed: int) -> Any:
    with extra("hep"):
        import pythia8mc

    pythia = pythia8mc.Pythia("", False)
    for line in (
        "Print:quiet = on",
        "Random:setSeed = on",
        f"Random:seed = {seed}",
        "Beams:eCM = 13000.",
        "HardQCD:all = on",
        "PartonLevel:MPI = on",
        f"PhaseSpace:pTHatMin = {settings.pthat_min}",
        f"PhaseSpace:pTHatMax = {settings.pthat_max}",
    ):
        if not pythia.readString(line):
            raise ValueError(f"Pythia does not understand {line!r}")
    if not pythia.init():
        raise ValueError(f"Pythia cannot be started with {settings}")
    return pythia


def _visible_particles(event: Any) -> list[Any]:
    """The event's visible stable particles, for FastJet."""
    with extra("hep"):
        from fastjet import PseudoJet

    stable = (p for p in event if p.isFinal() and p.isVisible())
    return [PseudoJet(p.px(), p.py(), p.pz(), p.e()) for p in stable]


def _wrapped(angle: NDArray) -> Float:
    """Angles in [-pi, pi)."""
    return (np.asarray(angle) + np.pi) % (2 * np.pi) - np.pi


def _leading_jet(particles: list[Any], radius: float, settings: JetSettings) -> _Jet | None:
    """The event's leading jet if it passes the selection."""
    with extra("hep"):
        import fastjet

    # The clustering owns its jets: it has to live as long as they are used.
    clustering = fastjet.ClusterSequence(particles, fastjet.JetDefinition(fastjet.antikt_algorithm, radius))
    jets = fastjet.sorted_by_pt(clustering.inclusive_jets(settings.pt_min / 2))
    if not jets:
        return None
    jet = jets[0]
    if not settings.pt_min <= jet.pt() < settings.pt_max or abs(jet.rap()) > settings.rapidity_max:
        return None
    parts = np.array([(c.rap(), c.phi(), c.pt()) for c in jet.constituents()])
    drap, dphi = parts[:, 0] - jet.rap(), _wrapped(parts[:, 1] - jet.phi())
    return _Jet(jet.pt(), jet.rap(), jet.phi(), jet.m(), drap, dphi, parts[:, 2])


def _shape(jet: _Jet, radius: float) -> list[float]:
    distance = np.hypot(jet.drap, jet.dphi)
    return [float(jet.constituent_pt[distance < r * radius].sum() / jet.constituent_pt.sum()) for r in SHAPE_RADII]


def _events(settings: JetSettings, n_jets: int, seed: int) -> Iterator[list[Any]]:
    pythia = _pythia(settings, seed)
    for _ in range(EVENTS_PER_JET * n_jets):
        if pythia.next():
            yield _visible_particles(pythia.event)


def generate_jets(settings: JetSettings, n_jets: int, seed: int) -> JetSample:
    """Generate collisions until ``n_jets`` leading jets of ``settings.radius`` pass the selection.

    Parameters
    ----------
    settings
        Generation and selection.
    n_jets
        At least 1.
    seed
        Pythia's seed, 1 to 900,000,000. The same seed and version give the same bytes; another patch version of
        Pythia gives other events.

    Raises
    ------
    ValueError
        If Pythia refuses the settings, or the selection passes too rarely.
    """
    constituents, jets = [], []
    selected = 0
    for particles in _events(settings, n_jets, seed):
        for radius in dict.fromkeys((settings.radius, *settings.check_radii)):
            jet = _leading_jet(particles, radius, settings)
            if jet is None:
                continue
            if radius in settings.check_radii:
                jets.append((radius, jet.pt, jet.rapidity, jet.mass, *_shape(jet, radius)))
            if radius == settings.radius:
                columns = {"jet": selected, "drap": jet.drap, "dphi": jet.dphi, "pt": jet.constituent_pt}
                constituents.append(pd.DataFrame(columns))
                selected += 1
        if selected == n_jets:
            names = ["radius", "pt", "rapidity", "mass", *(f"psi_{r}" for r in SHAPE_RADII)]
            return JetSample(pd.concat(constituents, ignore_index=True), pd.DataFrame(jets, columns=names))
    raise ValueError(f"{selected} jets found in {EVENTS_PER_JET * n_jets} events; expected {n_jets}: {settings}")


def jet_pixels(constituents: pd.DataFrame, n_jets: int, rows: int, cols: int, radius: float) -> Float:
    """Transverse momentum on a grid of +-radius around the jet axis, (n_jets, rows, cols), GeV.

    Rows divide the rapidity, columns the azimuth; constituents outside the square are left out.
    """
    row = np.floor((constituents["drap"].to_numpy() + radius) / (2 * radius) * rows).astype(int)
    col = np.floor((constituents["dphi"].to_numpy() + radius) / (2 * radius) * cols).astype(int)
    inside = (row >= 0) & (row < rows) & (col >= 0) & (col < cols)
    pixels = np.zeros((n_jets, rows, cols))
    kept = constituents[inside]
    np.add.at(pixels, (kept["jet"].to_numpy(), row[inside], col[inside]), kept["pt"].to_numpy())
    return pixels


def check_table(jets: pd.DataFrame) -> pd.DataFrame:
    """Mean mass and shape of the jets at each radius, with standard errors."""
    grouped = jets.groupby("radius")
    table = pd.DataFrame({"jets": grouped.size()})
    for name in ("pt", "mass", *(f"psi_{r}" for r in SHAPE_RADII)):
        table[name] = grouped[name].mean()
        table[f"{name}_error"] = grouped[name].sem()
    return table.reset_index()


def spectrum_table(jets: pd.DataFrame, radius: float, bins: int = 5) -> pd.DataFrame:
    """Number of jets of one radius in equal bins of pT: pt_low, pt_high, jets."""
    pt = jets.loc[jets["radius"] == radius, "pt"]
    counts, edges = np.histogram(pt, bins=bins, range=(np.floor(pt.min()), np.ceil(pt.max())))
    return pd.DataFrame({"pt_low": edges[:-1], "pt_high": edges[1:], "jets": counts})
