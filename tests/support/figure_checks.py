"""What a reader needs of every figure, as checkers that return what is wrong: text, colours, legends, fonts, data."""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.offsetbox import DrawingArea, HPacker, TextArea
from matplotlib.patches import Patch
from matplotlib.text import Text

from bornscape.figures.look.names import LOSS_STYLES
from bornscape.figures.look.palette import BANDWIDTH_STYLES, KERNEL_STYLES, luminance
from bornscape.figures.look.style import COLUMN_WIDTH, SIDEWAYS, SMALLEST_TEXT

SHADE = 0.12
"""Difference of lightness that a reader sees in greyscale."""
SLACK = 1.0
"""Pixels at 100 dots per inch that boxes may share: they hold more than the ink."""
STYLES = {name: (to_hex(colour), marker) for colour, marker, name in LOSS_STYLES.values()}
OWNERS = {colour: name for name, (colour, _) in STYLES.items()}
BANDWIDTHS = {style[2] for style in (*BANDWIDTH_STYLES.values(), *KERNEL_STYLES.values())}
"""Names of the MMD by its bandwidth alone."""


CENTIMETRES = 2.54
TALLEST = 15.5
"""Centimetres: a picture that a reader sees at once, beside its caption."""
ONE_ROW = ("fig_2", "fig_9", "fig_12")
"""Figures that are one row of panels in the paper, and here at most 12 cm tall."""


def too_tall(name: str, drawn: Figure) -> bool:
    """Whether a figure is taller than a reader sees at once."""
    return drawn.get_figheight() * CENTIMETRES > (12.0 if name in ONE_ROW else TALLEST)


def faults(drawn: Figure) -> list[str]:
    """All that is wrong with a figure's looks."""
    found = [*cut_or_overlapping(drawn), *small_text(drawn), *blobs(drawn)]
    found += [*moved_markers(drawn), *truncated_bars(drawn)]
    for legend in entries(drawn):
        found += [*alike_without_colour(legend), *wrong_loss_colours(legend)]
    return found


def texts(drawn: Figure) -> list[Text]:
    """Every text that is drawn; an axis also keeps labels of ticks outside of it, and those of a hidden axis."""
    unseen: set[Artist] = set()
    for axes in drawn.axes:
        for axis in (axes.xaxis, axes.yaxis):
            shown = [tick for tick in axis._update_ticks() if axes.axison]
            labels = {label for tick in shown for label in (tick.label1, tick.label2)}
            kept = labels | ({axis.label, axis.offsetText} if axes.axison else set())
            unseen |= set(axis.findobj(Text)) - kept
    found = [text for text in drawn.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return [text for text in found if text not in unseen]


def cut_or_overlapping(drawn: Figure) -> list[str]:
    """Texts that leave the canvas, and pairs that lie on each other."""
    drawn.set_dpi(100)
    drawn.draw_without_rendering()
    canvas, boxes = drawn.bbox, []
    for text in texts(drawn):
        box = text.get_window_extent()
        boxes.append((text.get_text(), box.x0 + SLACK, box.y0 + SLACK, box.x1 - SLACK, box.y1 - SLACK))
    wrong = [
        f"{text!r} is cut"
        for text, x0, y0, x1, y1 in boxes
        if x0 < canvas.x0 or y0 < canvas.y0 or x1 > canvas.x1 or y1 > canvas.y1
    ]
    for k, (text, x0, y0, x1, y1) in enumerate(boxes):
        for other, a0, b0, a1, b1 in boxes[:k]:
            if x0 < a1 and a0 < x1 and y0 < b1 and b0 < y1:
                wrong.append(f"{text!r} on {other!r}")
    return wrong


def small_text(drawn: Figure) -> list[str]:
    """Texts below the smallest size when the figure is as wide as a column."""
    scale = min(1.0, COLUMN_WIDTH / drawn.get_figwidth())
    sizes = {text.get_text(): text.get_fontsize() * scale for text in texts(drawn)}
    return [f"{text!r}: {size:.1f} pt" for text, size in sizes.items() if size < SMALLEST_TEXT - 1e-9]


@dataclass(frozen=True)
class Entry:
    """One line of a legend: its name, and what its sample looks like."""

    name: str
    colour: tuple[float, float, float]
    marker: str
    filled: bool
    line: str
    hatch: str

    @property
    def shape(self) -> tuple[object, ...]:
        """All but its colour."""
        return self.marker, self.filled, self.line, self.hatch


def entry(name: str, artists: Iterable[Artist]) -> Entry:
    """What the artists of a legend's sample show together: the sample of error bars has several."""
    colour, marker, filled, line, hatch = (0.0, 0.0, 0.0), "", True, "", ""
    for artist in artists:
        if isinstance(artist, Patch):
            colour, hatch = to_rgb(artist.get_facecolor()), artist.get_hatch() or ""
        if not isinstance(artist, Line2D):
            continue
        colour = to_rgb(artist.get_color())
        if artist.get_marker() not in (None, "None", ""):
            marker, filled = str(artist.get_marker()), artist.get_markerfacecolor() not in ("none", "white")
        if artist.get_linestyle() != "None":
            line = artist.get_linestyle()
    return Entry(name, colour, marker, filled, line, hatch)


def entries(drawn: Figure) -> list[list[Entry]]:
    """The entries of each legend."""
    found = []
    for legend in drawn.findobj(Legend):
        packed = [pack.get_children() for pack in legend.findobj(HPacker)]
        pairs = [pair for pair in packed if [type(part) for part in pair] == [DrawingArea, TextArea]]
        found.append([entry(text.get_text(), sample.get_children()) for sample, text in pairs])
    return found


def alike_without_colour(legend: list[Entry]) -> list[str]:
    """Pairs of a legend's entries that differ in colour alone, and too little in lightness."""
    return [
        f"{one.name!r} and {two.name!r}"
        for one, two in combinations(legend, 2)
        if one.shape == two.shape and abs(luminance(one.colour) - luminance(two.colour)) < SHADE
    ]


def wrong_loss_colours(legend: list[Entry]) -> list[str]:
    """Losses in another colour or with another marker than the palette's, and losses' colours for something else."""
    wrong = []
    for shown in legend:
        colour = to_hex(shown.colour)
        expected, marker = STYLES.get(shown.name, (colour, shown.marker))
        if colour != expected or (shown.marker and shown.marker != marker):
            wrong.append(f"{shown.name!r} is {colour} {shown.marker}")
        owner = OWNERS.get(colour)
        bandwidth = owner is not None and owner.startswith("MMD") and any(name in shown.name for name in BANDWIDTHS)
        if owner is not None and owner not in shown.name and not bandwidth:
            wrong.append(f"{shown.name!r} has the colour of {owner!r}")
    return wrong


def blobs(drawn: Figure) -> list[str]:
    """Entries of legends that hold an error bar: through so small a marker it makes a blob of it."""
    found = []
    for legend in drawn.findobj(Legend):
        for pack in legend.findobj(HPacker):
            parts = pack.get_children()
            if [type(part) for part in parts] == [DrawingArea, TextArea] and parts[0].findobj(LineCollection):
                found.append(f"{parts[1].get_text()!r} has a bar")
    return found


def moved_markers(drawn: Figure) -> list[str]:
    """Markers of panels against n that stand further from a whole number of qubits than side by side allows."""
    wrong = []
    for axes in drawn.axes:
        if not axes.get_xlabel().startswith("qubits n"):
            continue
        for line in _marked(axes):
            places = np.asarray(line.get_xdata(), dtype=float)
            far = np.abs(places - np.round(places)) > SIDEWAYS + 1e-6
            wrong += [f"n = {place:g} in {axes.get_title(loc='left')!r}" for place in places[far]]
    return wrong


def truncated_bars(drawn: Figure) -> list[str]:
    """Panels with bars on a linear axis that does not begin at 0: lengths then say nothing."""
    with_bars = [axes for axes in drawn.axes if any(isinstance(group, BarContainer) for group in axes.containers)]
    cut = [axes for axes in with_bars if axes.get_yscale() == "linear" and not axes.get_ylim()[0] <= 0]
    return [f"bars of {axes.get_title(loc='left')!r} are cut" for axes in cut]


def unscaled_axes(drawn: Figure) -> list[str]:
    """Axes with numbers that show fewer than two of them, so that nobody reads a value off, or products of powers.

    The figure has been drawn.
    """
    wrong = []
    for axes in drawn.axes:
        for axis, name in ((axes.xaxis, "x"), (axes.yaxis, "y")):
            ticks = [tick for tick in axis._update_ticks() if tick.label1.get_visible()] if axes.axison else []
            names = [tick.label1.get_text() for tick in ticks if tick.label1.get_text()]
            if len(names) == 1 or any("times" in text for text in names):
                wrong.append(f"{name} of {axes.get_title(loc='left')!r}")
    return wrong


def unlike_axes(row: list[Axes]) -> list[str]:
    """Panels of a row whose axes along y differ."""
    return [f"{axes.get_title(loc='left')!r}" for axes in row if axes.get_ylim() != row[0].get_ylim()]


def bad_fonts(figures: Iterable[Figure]) -> list[str]:
    """Fonts of a PDF of all texts of these figures that are no embedded TrueType outlines (Type 42)."""
    shown = {(text.get_text(), text.get_fontproperties()) for drawn in figures for text in texts(drawn)}
    page, target = Figure(), io.BytesIO()
    for text, font in sorted(shown, key=str):
        page.text(0.5, 0.5, text, fontproperties=font)
    page.savefig(target, format="pdf")
    kinds = set(re.findall(rb"/Subtype /(Type\d)", target.getvalue()))
    wrong = [f"{kind.decode()} font" for kind in kinds if kind in (b"Type1", b"Type3")]
    return wrong if b"/FontFile2" in target.getvalue() else [*wrong, "no TrueType font is embedded"]


def missing_points(drawn: Figure, table: pd.DataFrame) -> list[str]:
    """Markers and bars at values that no column of the figure's table holds."""
    held = np.concatenate([table[name].dropna().to_numpy(float) for name in table.select_dtypes("number")])
    held = np.sort(held[np.isfinite(held)])
    wrong = []
    for axes in drawn.axes:
        for values in _shown(axes):
            place = np.searchsorted(held, values).clip(1, len(held) - 1)
            nearest = np.minimum(np.abs(held[place] - values), np.abs(held[place - 1] - values))
            lost = values[nearest > 1e-9 * np.abs(values)]
            wrong += [f"{value:g} in {axes.get_title(loc='left')!r}" for value in lost]
    return wrong


def _marked(axes: Axes) -> list[Line2D]:
    """Lines with markers, but for marks at the edge of a panel."""
    lines = [line for line in axes.lines if line.get_marker() not in (None, "None", "")]
    return [line for line in lines if line.get_transform() == axes.transData]


def _shown(axes: Axes) -> list[np.ndarray]:
    """Heights of the markers of each line, and of the bars; marks at the edge of a panel have none."""
    heights = [line.get_ydata() for line in _marked(axes)]
    bars = [group for group in axes.containers if isinstance(group, BarContainer)]
    heights += [[patch.get_height() for patch in group.patches] for group in bars]
    values = [np.asarray(found, dtype=float) for found in heights]
    return [found[np.isfinite(found)] for found in values]
