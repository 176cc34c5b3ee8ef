"""Which loss can train which model: a map of explicit and implicit models and losses, with its numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from bornscape.figures.look.names import DATASET_TITLES
from bornscape.figures.look.palette import luminance, shades
from bornscape.figures.look.style import few_sizes, legend_below, panel_letters, stack, use_style

MODELS = {
    "recurrent": "recurrent",
    "transformer": "Transformer",
    "matrix_product": "MPS",
    "tree_tensor_network": "TTN",
    "gan": "GAN",
    "diffusion": "diffusion",
    "qcbm": "QCBM",
    "qgan": "QGAN",
    "quantum_boltzmann": "QBM",
}
"""Models from top to bottom, explicit ones first, with their short names."""
LOSSES = {
    "kld_exact": "KLD,\nexact q",
    "kld_samples": "KLD,\nsamples",
    "mmd": "MMD,\n$s = n/4$",
    "mmd_averaged": "MMD,\naverage",
    "native": "its own",
}
QUARTER, REACHED, FROZEN = 0.25, 2 / 3, 0.25
"""A run trains if it takes more than a ``QUARTER`` of the TVD away, and more than ``REACHED`` of what the exact KLD
takes (where that was not run: the best loss); else it freezes if more than ``FROZEN`` of the gradients' entries were
exactly 0, and more than at the smallest n; else it stalls."""
_SHADES = shades("mako", 4)
VERDICTS = {"trains": _SHADES[3], "stalls": _SHADES[1], "freezes with n": _SHADES[0], "not defined": "0.85"}
MAPS = ("ghz", "o_n")
"""Data sets whose map is drawn; the table has all."""
CURVES = {"kld_samples": "KLD, samples", "mmd_averaged": "MMD, average"}
COLUMNS = [
    *("panel", "dataset", "model", "explicit", "loss", "n_qubits", "repetitions", "n_parameters", "samples", "tvd"),
    *("taken", "reference", "zeros", "zeros_smallest", "verdict"),
]


def verdict(explicit: bool, loss: str, taken: float, reference: float, zeros: float, zeros_smallest: float) -> str:
    """The cell of a map, from the shares of the TVD taken away and the shares of zeros at both ends of n.

    Examples
    --------
    >>> verdict(True, "native", 0.9, 0.9, 0.0, 0.0), verdict(False, "kld_samples", 0.1, 0.9, 0.8, 0.0)
    ('trains', 'freezes with n')
    >>> verdict(False, "mmd", 0.4, 0.9, 0.0, 0.0), verdict(False, "kld_exact", 0.9, 0.9, 0.0, 0.0)
    ('stalls', 'not defined')
    """
    if loss == "kld_exact" and not explicit:
        return "not defined"
    if taken > max(QUARTER, REACHED * reference):
        return "trains"
    return "freezes with n" if zeros > FROZEN and zeros > zeros_smallest else "stalls"


def figure_table(model_classes: pd.DataFrame) -> pd.DataFrame:
    """What the figure shows and more, from model_classes.csv: medians over repetitions at the last step.

    Panels: ``size``, every n; ``map``, the largest n of each model and data set, with its verdict.
    """
    keys = ["dataset", "model", "explicit", "loss", "n_qubits"]
    runs = model_classes.sort_values("step", kind="stable").groupby([*keys, "repetition"], sort=False)
    last, first = runs.last(), runs.first()
    ended = last.assign(taken=1 - last["tvd"] / first["tvd"]).reset_index()
    cells = ended.groupby(keys, sort=False)
    numbers = cells[["n_parameters", "samples", "tvd", "taken", "zeros"]].median()
    sizes = numbers.assign(repetitions=cells.size(), panel="size").reset_index()
    place = sizes.groupby(["dataset", "model", "loss"])["n_qubits"]
    smallest = sizes[sizes["n_qubits"] == place.transform("min")].set_index(["dataset", "model", "loss"])["zeros"]
    largest = sizes[sizes["n_qubits"] == place.transform("max")].assign(panel="map")
    cell = pd.MultiIndex.from_frame(largest[["dataset", "model", "loss"]])
    reached = largest.pivot(index=["dataset", "model"], columns="loss", values="taken")
    reference = reached["kld_exact"].fillna(reached.max(axis=1)).rename("reference")
    largest = largest.assign(zeros_smallest=smallest.reindex(cell).to_numpy())
    largest = largest.merge(reference.reset_index(), on=["dataset", "model"])
    rule = ["explicit", "loss", "taken", "reference", "zeros", "zeros_smallest"]
    judged = largest.assign(verdict=[verdict(*row) for row in largest[rule].itertuples(index=False)])
    return pd.concat([sizes, judged], ignore_index=True).reindex(columns=COLUMNS)


def figure(model_classes: pd.DataFrame) -> tuple[Figure, pd.DataFrame]:
    """The figure and its table, from model_classes.csv."""
    use_style()
    table = figure_table(model_classes)
    drawn, blocks = stack([2.0, 2.0, 1.9])
    axes = []
    cells = table[table["panel"] == "map"]
    for block, dataset in zip(blocks, MAPS, strict=False):
        axes.append(block.subplots())
        _map(axes[-1], cells[cells["dataset"] == dataset])
        axes[-1].set_title(DATASET_TITLES[dataset])
    legend_below(blocks[1], [Patch(color=colour, label=name) for name, colour in VERDICTS.items()], 4)
    curves = blocks[2].subplots(1, len(CURVES), sharey=True)
    sizes = table[(table["panel"] == "size") & (table["dataset"] == MAPS[0])]
    for axis, (loss, title) in zip(curves, CURVES.items(), strict=True):
        _curves(axis, sizes[sizes["loss"] == loss])
        axis.set_title(title)
        axis.set_xlabel("qubits n")
    curves[0].set(ylabel="zero entries", ylim=(-0.05, 1.05))
    panel_letters([*axes, *curves])
    legend_below(blocks[2], curves[0], 3)
    return drawn, table


def _map(axis: Axes, cells: pd.DataFrame) -> None:
    """One square a model and loss, in the verdict's colour, with the share of the TVD that was taken away."""
    models = [name for name in MODELS if name in set(cells["model"])]
    drawn = {(row.model, row.loss): (row.verdict, row.taken) for row in cells.itertuples()}
    for name in cells.loc[~cells["explicit"], "model"]:
        drawn.setdefault((name, "kld_exact"), ("not defined", np.nan))
    for (name, loss), (judged, taken) in drawn.items():
        x, y = list(LOSSES).index(loss), models.index(name)
        colour = VERDICTS[judged]
        axis.fill_between([x - 0.48, x + 0.48], y - 0.46, y + 0.46, color=colour, linewidth=0)
        number = "" if np.isnan(taken) else f"({taken:.2f})" if judged == "not defined" else f"{taken:.2f}"
        dark = luminance(to_rgb(colour)) < 0.4
        axis.text(x, y, number, ha="center", va="center", color="white" if dark else "black")
    explicit = sum(name in set(cells.loc[cells["explicit"], "model"]) for name in models)
    axis.axhline(explicit - 0.5, color="0.3", linewidth=0.8)
    axis.set(xlim=(-0.5, len(LOSSES) - 0.5), ylim=(len(models) - 0.5, -0.5))
    axis.set_xticks(np.arange(len(LOSSES)), list(LOSSES.values()))
    axis.set_yticks(np.arange(len(models)), [MODELS[name] for name in models])
    axis.tick_params(length=0)


def _curves(axis: Axes, rows: pd.DataFrame) -> None:
    """Share of zeros against n, a line a model: explicit ones dashed."""
    colours = dict(zip(MODELS, shades("viridis", len(MODELS)), strict=True))
    markers = dict(zip(MODELS, "os^DvPX*p", strict=True))
    for name, part in rows.groupby("model", sort=False):
        line = "--" if part["explicit"].any() else "-"
        part = part.sort_values("n_qubits")
        look = {"color": colours[name], "marker": markers[name], "label": MODELS[name]}
        axis.plot(part["n_qubits"], part["zeros"], line, **look)  # type: ignore[arg-type]
    few_sizes(axis, rows["n_qubits"], most=4)
