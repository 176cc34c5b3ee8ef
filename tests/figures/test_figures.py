"""Every figure, drawn once from small made-up tables: what a reader needs of it, and that the checks can fail."""

import pkgutil
import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from snakemake.utils import update_config

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

import bornscape.figures
from bornscape.figures import proposition_2
from bornscape.figures.look import style
from bornscape.figures.look.names import LOSS_STYLES
from bornscape.my_model.figure import figure as model_figure
from bornscape.my_model.parameter_figure import parameter_figure
from bornscape.planning.catalogue import filled_caption
from support import figure_checks as checks
from support.made_up_rows import around, crossed, with_variance
from support.made_up_tables import made_up
from support.made_up_training import FIG_10
from support.shipped import CATALOGUE, settings_of, shipped_configuration

MODULES = [found.name for found in pkgutil.iter_modules(bornscape.figures.__path__)]
FIGURES = [name for name in MODULES if hasattr(import_module(f"bornscape.figures.{name}"), "figure")]

Drawn = tuple[Figure, pd.DataFrame]


@cache
def figure_of(name: str) -> Drawn:
    """A figure of made-up tables, and its own table."""
    figure = import_module(f"bornscape.figures.{name}").figure
    # All are kept: fonts are looked at in one file.
    mpl.rcParams["figure.max_open_warning"] = 0
    return figure(**{table: made_up(table) for table in CATALOGUE.figures[name].tables}, **settings_of(name))


@pytest.fixture
def plain() -> Iterator[Figure]:
    """A figure without faults, to put one in."""
    style.use_style()
    figure, ((axis,),) = style.grid(1, 1, 2.0)
    for loss in ("kld", "lqf"):
        colour, marker, name = LOSS_STYLES[loss]
        axis.plot([1, 2], [1, 2], color=colour, marker=marker, label=name)
    style.legend_below(figure, axis, 2)
    yield figure
    plt.close(figure)


@pytest.mark.parametrize("name", FIGURES)
def test_a_reader_can_read_it(name: str) -> None:
    drawn, table = figure_of(name)
    assert drawn.get_figwidth() == style.COLUMN_WIDTH
    assert not checks.too_tall(name, drawn)
    assert checks.faults(drawn) == []
    assert checks.missing_points(drawn, table) == []
    assert all(axes.lines or axes.patches or axes.images for axes in drawn.axes if axes.axison)


def test_generalisation_can_be_compared_along_rows() -> None:
    axes = figure_of("generalisation")[0].axes
    assert [checks.unlike_axes(axes[k : k + 2]) for k in range(0, len(axes), 2)] == [[]] * (len(axes) // 2)


def test_what_is_found_once_is_drawn_once() -> None:
    product = figure_of("theorem_1")[0].axes[0]
    assert [entry.name for entry in checks.entries(figure_of("theorem_1")[0])[0]] == ["all 7 explicit losses"]
    assert len(product.lines) == 1


def test_fonts_are_embedded() -> None:
    assert checks.bad_fonts(figure_of(name)[0] for name in FIGURES) == []
    plt.close("all")


def test_the_figure_of_a_model() -> None:
    settings: Any = {"losses": {"mmd": {"kind": "mmd"}, "wide": {"kind": "mmd"}, "kld": {"kind": "kld"}}}
    rows = crossed(loss=tuple(settings["losses"]), n_qubits=(4, 8, 12))
    snr, shots = ("snr", "snr_ci_low", "snr_ci_high"), ("shots_needed", "shots_ci_low", "shots_ci_high")
    sizes = around(around(with_variance(rows, 0.1), snr, 2.0), shots, 1e4).assign(engine="state_vector")
    beyond = crossed(loss=tuple(settings["losses"]), n_qubits=(20, 50, 100))
    sizes = sizes.assign(engine="state_vector")
    spectra = crossed(loss=tuple(settings["losses"]), n_qubits=12, order=(1, 2, 3))
    extrapolation = around(beyond, ("shots_needed", "ci_low", "ci_high"), 1e5)
    shown, table = model_figure(settings, sizes, extrapolation, around(spectra, ("share", "ci_low", "ci_high"), 0.3))
    assert [*checks.cut_or_overlapping(shown), *checks.small_text(shown), *checks.missing_points(shown, table)] == []
    assert not any(checks.alike_without_colour(legend) for legend in checks.entries(shown))
    plt.close(shown)
    path = around(crossed(loss=tuple(settings["losses"]), n_qubits=(8, 12), step=(0, 50, 100)), snr, 2.0)
    bodies = around(spectra, ("share", "ci_low", "ci_high"), 0.3)
    shown, table = model_figure(settings, sizes, extrapolation, bodies, path.assign(value=0.5))
    assert [*checks.cut_or_overlapping(shown), *checks.small_text(shown), *checks.missing_points(shown, table)] == []
    assert table[table["panel"] == "path_snr"]["x"].tolist() == [0, 50, 100] * 3
    plt.close(shown)


def test_the_figure_of_a_gradient_by_parameter() -> None:
    settings: Any = {"losses": {"mmd": {"kind": "mmd"}, "kld": {"kind": "kld"}}}
    gates = crossed(loss=tuple(settings["losses"]), n_qubits=(4, 6, 8), gate=("RY", "RZ", "IsingXX"), layer=(0, 1, 2))
    rows = around(gates, ("mean_square", "ci_low", "ci_high"), 1e-3).assign(depth=1, state="live")
    shown, table = parameter_figure(settings, rows)
    assert [*checks.cut_or_overlapping(shown), *checks.small_text(shown), *checks.missing_points(shown, table)] == []
    assert not any(checks.alike_without_colour(legend) for legend in checks.entries(shown))
    plt.close(shown)


def test_runs_with_other_shots_are_not_mixed() -> None:
    _, table = figure_of("fig_10")
    assert set(table.loc[table["source"] == "measured", "repetitions"]) == {3}
    assert len(table[table["panel"] == "bars"]) == 15 * 3
    published = table[table["source"] == "published"]
    assert set(published["loss"]) == set(FIG_10)
    assert set(published["shots"]) == {100}


@cache
def default() -> dict[str, Any]:
    return shipped_configuration("config.yaml")


def scale(name: str) -> dict[str, Any]:
    """The configuration of a scale, put over the default one as Snakemake does."""
    config = deepcopy(default())
    update_config(config, shipped_configuration(f"{name}.yaml"))
    return config


@pytest.mark.parametrize("config", ["config", "smoke", "paper"])
def test_captions_say_what_bars_are_and_what_the_paper_shows(config: str) -> None:
    filled = {name: filled_caption(CATALOGUE.figures[name], scale(config)) for name in FIGURES}
    texts = {name: " ".join(text.split()) for name, text in filled.items()}
    bars = r"95 % (bootstrap )?interval|quartiles|no error bars|smallest and largest|bars: all of them"
    assert [name for name, text in texts.items() if not re.search(bars, text)] == []
    assert [name for name, text in texts.items() if not re.search(r"[Tt]he paper( |'s)", text)] == []


def test_every_loss_has_a_look_of_its_own() -> None:
    colours, _, names = zip(*LOSS_STYLES.values(), strict=True)
    assert len(set(colours)) == len(set(names)) == len(LOSS_STYLES)
    found = [checks.Entry(name, mpl.colors.to_rgb(c), m, True, "-", "") for c, m, name in LOSS_STYLES.values()]
    assert checks.wrong_loss_colours(found) == []


def test_files_are_the_same_each_time(tmp_path: Path) -> None:
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        paths = [tmp_path / place / f"fig.{ending}" for ending in ("png", "pdf", "csv")]
        style.save(*proposition_2.figure(made_up("proposition_2")), paths)
    for ending in ("png", "pdf", "csv"):
        assert (tmp_path / "one" / f"fig.{ending}").read_bytes() == (tmp_path / "two" / f"fig.{ending}").read_bytes()


def test_a_figure_is_saved_as_savefig_does(plain: Figure, tmp_path: Path) -> None:
    """Pixel by pixel; the control is the same figure before its layout is found."""

    def drawn(engine: str) -> np.ndarray:
        plain.set_layout_engine(engine)
        plain.savefig(tmp_path / "expected.png", dpi=style.DOTS_PER_INCH)
        return plt.imread(tmp_path / "expected.png")

    unlaid = drawn("none")
    plain.set_layout_engine("constrained")
    style.save(plain, pd.DataFrame({"n": [1]}), [tmp_path / f"saved.{ending}" for ending in ("png", "pdf", "csv")])
    saved = plt.imread(tmp_path / "saved.png")
    assert np.array_equal(saved, drawn("constrained"))
    assert not np.array_equal(saved, unlaid)


# The checks themselves


def test_a_plain_figure_has_no_faults(plain: Figure) -> None:
    assert checks.faults(plain) == []
    assert checks.bad_fonts([plain]) == []


def test_text_beyond_the_canvas(plain: Figure) -> None:
    plain.text(0.95, 0.5, "long text at the right")
    assert "'long text at the right' is cut" in checks.cut_or_overlapping(plain)


def test_text_on_text(plain: Figure) -> None:
    plain.axes[0].text(1.5, 1.5, "one")
    plain.axes[0].text(1.5, 1.5, "two")
    assert checks.cut_or_overlapping(plain) == ["'two' on 'one'"]


def test_crowded_ticks(plain: Figure) -> None:
    plain.axes[0].set_xticks([1.5, 1.51], ["first", "second"])
    assert checks.cut_or_overlapping(plain) == ["'second' on 'first'"]


def test_hidden_text_does_not_count(plain: Figure) -> None:
    plain.axes[0].set_xticks([1.5, 1.51], ["first", "second"])
    plain.axes[0].set_axis_off()
    assert checks.cut_or_overlapping(plain) == []


@pytest.mark.parametrize(("width", "size"), [(style.COLUMN_WIDTH, 6.0), (2 * style.COLUMN_WIDTH, 7.0)])
def test_small_text(plain: Figure, width: float, size: float) -> None:
    plain.set_figwidth(width)
    plain.axes[0].set_title("small", fontsize=size)
    assert any(found.startswith("'small'") for found in checks.small_text(plain))


def test_entries_that_differ_in_colour_alone(plain: Figure) -> None:
    red, green = plain.axes[0].lines

    def found(**changes: object) -> list[str]:
        plt.setp(green, **changes)
        plain.axes[0].legend()
        return [wrong for legend in checks.entries(plain) for wrong in checks.alike_without_colour(legend)]

    plain.legends.clear()
    assert found() == []
    assert found(marker=red.get_marker()) == ["'KLD' and 'LQF'"]
    # Shades differ in greyscale, open markers from filled ones, and dashes from lines.
    assert found(color="0.9") == []
    assert found(color=red.get_color(), markerfacecolor="none") == []
    assert found(markerfacecolor=red.get_color()) == ["'KLD' and 'LQF'"]
    assert found(linestyle="--") == []


def test_a_loss_in_another_colour(plain: Figure) -> None:
    kld, lqf = plain.axes[0].lines
    kld.set_color("blue")
    lqf.set_label("a circuit")
    plain.axes[0].legend()
    found = [wrong for legend in checks.entries(plain) for wrong in checks.wrong_loss_colours(legend)]
    assert found == ["'KLD' is #0000ff X", "'a circuit' has the colour of 'LQF'"]


def test_a_bar_in_a_legend(plain: Figure) -> None:
    axis = plain.axes[0]
    axis.errorbar([1], [1], [0.1], fmt="o", label="with a bar")
    axis.legend()
    assert checks.blobs(plain) == ["'with a bar' has a bar"]


def test_markers_beside_their_size(plain: Figure) -> None:
    axis = plain.axes[0]
    axis.plot([1.1], [1.5], marker="o")
    axis.set_xlabel("qubits n")
    assert checks.moved_markers(plain) == []
    axis.plot([1.2], [1.5], marker="o")
    assert checks.moved_markers(plain) == ["n = 1.2 in ''"]


def test_bars_that_do_not_begin_at_0(plain: Figure) -> None:
    axis = plain.axes[0]
    axis.bar([1, 2], [1, 2])
    assert checks.truncated_bars(plain) == []
    axis.set_ylim(0.5, 2)
    assert checks.truncated_bars(plain) == ["bars of '' are cut"]


def test_axes_without_two_numbers(plain: Figure) -> None:
    axis = plain.axes[0]
    assert checks.unscaled_axes(plain) == []
    axis.set_xticks([1.5], ["10"])
    assert checks.unscaled_axes(plain) == ["x of ''"]
    axis.set_xticks([1.0, 2.0])
    axis.set(yscale="log", ylim=(2.1, 7.9))
    assert checks.unscaled_axes(plain) == ["y of ''"]


def test_too_tall(plain: Figure) -> None:
    plain.set_figheight(12.5 / checks.CENTIMETRES)
    assert checks.too_tall("fig_2", plain)
    assert not checks.too_tall("fig_7", plain)


def test_axes_of_a_row_that_differ(plain: Figure) -> None:
    other = plain.add_axes((0.8, 0.8, 0.1, 0.1))
    assert checks.unlike_axes([plain.axes[0], other]) == ["''"]
    other.set_ylim(plain.axes[0].get_ylim())
    assert checks.unlike_axes([plain.axes[0], other]) == []


def test_fonts_of_type_3(plain: Figure) -> None:
    with mpl.rc_context({"pdf.fonttype": 3}):
        assert "Type3 font" in checks.bad_fonts([plain])


def test_points_that_the_table_lacks(plain: Figure) -> None:
    assert checks.missing_points(plain, pd.DataFrame({"loss": ["kld", "lqf"], "value": [1.0, 2.0]})) == []
    assert len(checks.missing_points(plain, pd.DataFrame({"value": [1.0, 2.1]}))) == 2


def test_letters_go_on_after_z() -> None:
    drawn = Figure()
    axes = [drawn.add_axes((0.0, 0.0, 1.0, 1.0)) for _ in range(28)]
    style.panel_letters(axes)
    titles = [axis.get_title(loc="left") for axis in axes]
    assert [re.sub(r"[^a-z]|mathbf", "", title) for title in (titles[0], titles[25], titles[26], titles[27])] == [
        "a",
        "z",
        "aa",
        "ab",
    ]
