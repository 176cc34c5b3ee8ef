"""The exceptions that the paper names: a model whose support is the data's own sector, and a start near the data.

Models: ``line`` (the paper's circuit), ``product`` (one layer of R_y rotations, at any n), ``half_weight`` and
``weight_two`` (circuits that keep the Hamming weight n // 2 or 2). Data sets: those of the targets, for starts near the
data; and ``sector``, all strings of the weight (n // 2 for the line circuit), and ``sector_<M>``, M random ones of
them, for models with restricted support: ``sets`` such sets are drawn anew for every draw of the angles, whose mean
mass is the draw's (shots are drawn for the first). ``cluster`` is the first training
string of the first target with the n strings one flip away: data that lie close together, for product circuits.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import comb

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from bornscape.aliases import Float, Row, Settings
from bornscape.circuits import line_circuit
from bornscape.circuits.ansatze import hamming_weight_circuit
from bornscape.circuits.starts import near_angles, turning_angles
from bornscape.datasets import Target, Targets
from bornscape.formulas import depth_value, evaluate
from bornscape.simulators.product import recombined_mass
from bornscape.simulators.state_vector import probabilities
from bornscape.statistics import proportion_interval

UNIFORM = "uniform"
"""Start, and label of sigma, where angles are uniform on [0, 2 pi)."""

COLUMNS = [
    *("n_qubits", "n_layers", "model", "start", "sigma", "dataset", "strings", "draws"),
    *(
        "samples",
        "mass",
        "ci_low",
        "ci_high",
        "rest",
        "rest_low",
        "rest_high",
        "shots",
        "hits",
        "fraction",
        "fraction_low",
        "fraction_high",
        "predicted",
    ),
]
"""``mass``: mean of q(P), exact for each draw, with its 95 % interval; ``rest``: the same without the string near which
the circuits start (a start near a string only). ``hits``: draws in which one of the shots hit the training set, so that
an explicit loss left its fixed point; ``predicted``: mean of 1 - (1 - q(P))^N. No shots are
drawn for product circuits, whose mean mass is that over all recombinations of a batch of draws. ``samples``:
independent values behind the interval, draws or batches."""

KEYS = ["n_qubits", "n_layers", "model", "start", "sigma", "dataset", "strings"]


def measure(n_qubits: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> pd.DataFrame:
    """One row a draw (product circuits: a batch) of each model, start and data set."""
    rows = list(_product_rows(n_qubits, settings, {**targets, "cluster": _cluster(targets)}, rng))
    if n_qubits <= settings["largest_state"]:
        layers = depth_value(settings["n_layers"], n_qubits)
        for _ in range(settings["draws"]):
            rows += [row | {"n_layers": layers} for row in _draw_rows(n_qubits, layers, settings, targets, rng)]
    frame = pd.DataFrame(rows)
    return frame.assign(hit=frame["hit"].astype(float))


def _starts(target: Target) -> dict[str, Float]:
    """Marginals of a start near the first training string, and near the training set's own."""
    bits = target.bitstrings.astype(np.float64)
    return {"string": bits[0], "marginals": target.probabilities @ bits}


def _cluster(targets: Targets) -> Target:
    """The first string of the first target and its n neighbours, with equal weights."""
    centre = next(iter(targets.values())).bitstrings[0]
    strings = np.vstack([centre, centre ^ np.eye(len(centre), dtype=np.uint8)])
    return Target(strings, np.full(len(strings), 1 / len(strings)))


def _product_rows(n: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> Iterator[Row]:
    size = (settings["batch"], n)
    for dataset, target in targets.items():
        lead = {"model": "product", "n_layers": 0, "dataset": dataset, "strings": len(target.bitstrings), "hit": np.nan}
        for start, ones in _starts(target).items():
            for sigma in settings["sigmas"]:
                for _ in range(settings["batches"]):
                    noise = rng.normal(0.0, evaluate(sigma, n), size)
                    angles = turning_angles(ones) + noise
                    mass = _recombined(angles, target.bitstrings)
                    rest = _recombined(angles, target.bitstrings[1:]) if start == "string" else np.nan
                    yield lead | {"start": start, "sigma": str(sigma), "mass": mass, "rest": rest}
        for _ in range(settings["batches"]):
            mass = _recombined(rng.uniform(0.0, 2 * np.pi, size), target.bitstrings)
            yield lead | {"start": UNIFORM, "sigma": UNIFORM, "mass": mass}


def _recombined(angles: Float, bitstrings: NDArray) -> float:
    # Without noise, a bit of the string at which the circuits start is certain: the logarithm of 0 is meant.
    with np.errstate(divide="ignore"):
        return recombined_mass(np.cos(angles), bitstrings)


def _draw_rows(n: int, layers: int, settings: Settings, targets: Targets, rng: np.random.Generator) -> Iterator[Row]:
    """Rows of one draw of every model with a state vector."""
    line = line_circuit(n, layers)
    uniform = probabilities(line, rng.uniform(0.0, 2 * np.pi, line.n_parameters))
    for dataset, target in targets.items():
        lead = {"model": "line", "dataset": dataset, "strings": len(target.bitstrings)}
        yield lead | {"start": UNIFORM, "sigma": UNIFORM, **_mass(uniform, target.indices, settings, rng)}
        for start, ones in _starts(target).items():
            for sigma in settings["sigmas"]:
                q = probabilities(line, near_angles(line.n_parameters, ones, evaluate(sigma, n), rng))
                rest = float(q[target.indices[1:]].sum()) if start == "string" else np.nan
                row = lead | {"start": start, "sigma": str(sigma), "rest": rest}
                yield row | _mass(q, target.indices, settings, rng)
    weights = np.bitwise_count(np.arange(2**n))
    half = {"line": uniform}
    for model, weight in (("half_weight", n // 2), ("weight_two", 2)):
        circuit = hamming_weight_circuit(n, layers, weight)
        q = probabilities(circuit, rng.uniform(0.0, 2 * np.pi, circuit.n_parameters))
        held = half | {model: q} if model == "half_weight" else {model: q}
        for dataset, sets in _subsets(n, weight, np.flatnonzero(weights == weight), settings, rng):
            for name, distribution in held.items():
                lead = {"model": name, "dataset": dataset, "strings": len(sets[0]), "start": UNIFORM, "sigma": UNIFORM}
                # All sets have the same mean mass: one alone is skew where its strings are few of many.
                mean = min(1.0, float(distribution[sets].sum(axis=1).mean()))
                yield lead | _mass(distribution, sets[0], settings, rng) | {"mass": mean}


def _subsets(
    n: int, weight: int, sector: NDArray[np.int64], settings: Settings, rng: np.random.Generator
) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """The sector, (1, strings), and ``sets`` random parts of it of each size smaller than it, (sets, strings)."""
    yield "sector", sector[None, :]
    for formula in settings["subsets"]:
        count = round(evaluate(formula, n))
        if count < comb(n, weight):
            sets = [rng.choice(sector, count, replace=False) for _ in range(settings["sets"])]
            yield f"sector_{formula}", np.array(sets)


def _mass(q: Float, strings: NDArray[np.int64], settings: Settings, rng: np.random.Generator) -> Row:
    """Mass on the strings, and whether one of the shots hits them."""
    mass = min(1.0, float(q[strings].sum()))
    return {"mass": mass, "single": mass, "hit": bool(rng.binomial(settings["shots"], mass))}


def _mean(values: Float) -> tuple[float, float, float]:
    """A mean between the ends of its 95 % interval, on the log scale so that a small one keeps a positive lower end."""
    mean = float(values.mean())
    if not mean > 0:
        return mean, mean, mean
    spread = (values / mean).std(ddof=1) / np.sqrt(len(values))
    factor = float(np.exp(stats.t.ppf(0.975, len(values) - 1) * spread))
    return mean, mean / factor, mean * factor


def table(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Means of the mass with intervals, and the draws in which a shot hit the training set."""
    summaries = []
    for key, group in rows.groupby(KEYS, sort=False):
        values, draws = group["mass"].to_numpy(), len(group)
        interval = dict(zip(("mass", "ci_low", "ci_high"), _mean(values), strict=True))
        rest = dict(zip(("rest", "rest_low", "rest_high"), _mean(group["rest"].to_numpy()), strict=True))
        lead = dict(zip(KEYS, key, strict=True)) | interval | rest | {"samples": draws}
        if group["hit"].isna().all():
            summaries.append(lead | {"draws": draws * settings["batch"]})
            continue
        hits = int(group["hit"].sum())
        fraction, low, high = proportion_interval(hits, draws)
        missed = (1 - group["single"].to_numpy()) ** settings["shots"]
        counted = {"hits": hits, "fraction": fraction, "fraction_low": low, "fraction_high": high}
        summaries.append(
            lead | counted | {"draws": draws, "shots": settings["shots"], "predicted": float(1 - missed.mean())}
        )
    return pd.DataFrame(summaries).reindex(columns=COLUMNS)
