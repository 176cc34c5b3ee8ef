"""The report page in a real browser, opened from disk and without a network: it shows, filters, plots and can be read.

Skipped where no Chromium is found, but never where CI is set.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page
from statsmodels.regression.linear_model import WLS

from bornscape.claims.register import CLAIM_COLUMNS
from bornscape.pages.report.page import notebook_sources
from bornscape.planning.shown import Shown
from support.browser import LONG, chromium, faults, needs_browser
from support.model_page import write_model_page
from support.report_page import ROOT, TOPICS, VERDICTS, claim_rows_of, write_figure, write_report
from support.shipped import CATALOGUE, CONFIG, TABLES, shipped_claims

pytestmark = needs_browser

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
TALL, TALLEST, WIDEST = (900, 1650), 25_000, 620
"""Pixels: the default scale's pictures, 1020 wide, from the flattest to the tallest; what the page may be tall at 1280,
and a picture wide."""


@dataclass
class Visit:
    """An open page, and all that it asked for or complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def traces(self) -> list[dict[str, Any]]:
        """The points that the plot shows, without the lines of the laws."""
        return [trace for trace in self._data() if trace.get("showlegend", True)]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The laws that the plot shows."""
        return [trace for trace in self._data() if not trace.get("showlegend", True)]

    def _data(self) -> list[dict[str, Any]]:
        return json.loads(self.page.evaluate("JSON.stringify(document.getElementById('plot').data)"))

    def claims(self) -> list[str]:
        """The claims that are shown."""
        shown = self.page.locator(".claims tbody tr:visible")
        return [row.removeprefix("claim-") for row in shown.evaluate_all("rows => rows.map((row) => row.id)")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(tmp_path_factory.mktemp("run"))


def visit(browser: Browser, path: Path, plot: bool = True, **settings: Any) -> Visit:
    """Open a page from disk, offline, and wait for its plot."""
    context = browser.new_context(viewport=settings.pop("viewport", DESKTOP), offline=True, **settings)
    context.set_default_timeout(LONG)
    seen = Visit(context.new_page())
    seen.page.on("request", lambda request: seen.requests.append(request.url))
    seen.page.on("console", lambda message: seen.complaints.append(message.text))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.page.goto(path.as_uri())
    if plot:
        seen.page.wait_for_selector("#plot .main-svg", state="attached")
    return seen


@pytest.fixture(scope="module")
def again(browser: Browser, report: Path) -> Iterator[Visit]:
    """The page that ``opened`` opens anew: in a process of its own, as at the first time, it takes a second longer."""
    seen = visit(browser, report)
    yield seen
    seen.page.context.close()


@pytest.fixture
def opened(again: Visit, report: Path) -> Visit:
    """As a reader finds it."""
    again.page.goto("about:blank")
    again.page.goto(report.as_uri())
    again.page.wait_for_selector("#plot .main-svg", state="attached")
    return again


@pytest.fixture(scope="module")
def looked_at(browser: Browser, report: Path) -> Iterator[Visit]:
    """For tests that leave the page as it was, or open what others do not look at: to open one takes a second."""
    seen = visit(browser, report)
    yield seen
    seen.page.context.close()


def asked_for(seen: Visit, path: Path) -> list[str]:
    """What was asked for besides the page itself and what lies in it."""
    return [url for url in seen.requests if url != path.as_uri() and not url.startswith("data:")]


# It opens


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_opens_without_request_error_or_fault(
    browser: Browser, report: Path, scheme: str, viewport: dict[str, int]
) -> None:
    seen = visit(browser, report, viewport=viewport, color_scheme=scheme)
    page = seen.page
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.wait_for_function(f"document.querySelectorAll('details.data table').length === {len(TOPICS)}")
    assert asked_for(seen, report) == []
    assert seen.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    dark = sum(page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")) < 200
    assert dark == (scheme == "dark")
    assert faults(page) == []
    page.context.close()


def test_what_is_asked_for_is_seen(browser: Browser, report: Path, tmp_path: Path) -> None:
    changed = tmp_path / "report.html"
    outside = '<script src="https://example.org/x.js"></script><script>no_such_name();</script></head>'
    changed.write_text(report.read_text(encoding="utf-8").replace("</head>", outside, 1), encoding="utf-8")
    seen = visit(browser, changed)
    assert asked_for(seen, changed) == ["https://example.org/x.js"]
    assert any("no_such_name" in complaint for complaint in seen.complaints)
    seen.page.context.close()


def test_a_fault_is_seen(opened: Visit) -> None:
    opened.page.evaluate("document.querySelector('label:has(#filter-topic) .label').remove()")
    assert any(fault.startswith("select-name") for fault in faults(opened.page))


def test_every_link_inside_leads_somewhere(looked_at: Visit) -> None:
    missing = """links => links.map((link) => link.getAttribute("href")).filter((to) => to.length > 1
        && !document.getElementById(to.slice(1)))"""
    links = looked_at.page.locator("a[href^='#']")
    assert links.count() > 20
    assert links.evaluate_all(missing) == []


def test_formulas_are_drawn(looked_at: Visit) -> None:
    looked_at.page.evaluate("document.querySelectorAll('.judged details').forEach((one) => { one.open = true; })")
    for place, least in ((".judged math", 2), ("figcaption math", 2), (".chapter > p math", 1), (".told math", 2)):
        formulas = looked_at.page.locator(place)
        assert formulas.count() >= least
        assert all(formulas.nth(k).bounding_box()["height"] > 8 for k in range(formulas.count()))
    assert "$" not in looked_at.page.locator(".chapter").first.inner_text()


def test_all_is_there_without_scripts(browser: Browser, report: Path) -> None:
    seen = visit(browser, report, plot=False, java_script_enabled=False)
    rows = seen.page.locator(".claims tbody tr")
    assert rows.count() == len(VERDICTS) * len(TOPICS)
    assert rows.last.is_visible()
    assert seen.page.locator(".found li").first.is_visible()
    assert "need JavaScript" in seen.page.locator("noscript").inner_text()
    assert not seen.page.locator("#filter").is_visible()
    seen.page.context.close()


# Its size


@pytest.fixture(scope="module")
def long_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As many figures, as tall, and as many claims as the default scale has."""
    folder = tmp_path_factory.mktemp("long")
    run = Shown(CATALOGUE, TABLES, CONFIG, "results/default").page(shipped_claims())
    heights = np.linspace(*TALL, len(CATALOGUE.figures)).astype(int)
    sizes = dict(zip(CATALOGUE.figures, heights, strict=True))
    figures = [write_figure(folder, name, (1020, height)) for name, height in sizes.items()]
    figures = [replace(figure, caption=run["captions"][figure.name]) for figure in figures]
    claims = pd.DataFrame(claim_rows_of(shipped_claims()), columns=CLAIM_COLUMNS)
    notebooks = notebook_sources([str(ROOT / f"notebooks/{name}.ipynb") for name in run["notebooks"]], run["notebooks"])
    return write_report(folder, claims=claims, shown=run, figures=figures, notebooks=notebooks)


def test_the_page_is_an_article_of_bearable_length(browser: Browser, long_report: Path) -> None:
    seen = visit(browser, long_report)
    page = seen.page
    assert page.locator(".step").count() == sum(len(chapter["steps"]) for chapter in CATALOGUE.story)
    assert page.locator("img").count() == len(CATALOGUE.figures)
    before = page.evaluate("document.documentElement.scrollHeight")
    assert before <= TALLEST
    page.evaluate("document.querySelectorAll('img').forEach((image) => { image.loading = 'eager'; })")
    page.wait_for_function("[...document.images].every((image) => image.complete && image.naturalWidth > 0)")
    # Pictures have their sizes, so that nothing moves when they arrive.
    assert page.evaluate("document.documentElement.scrollHeight") == before
    widths = page.evaluate("[...document.images].map((image) => image.getBoundingClientRect().width)")
    assert max(widths) <= WIDEST
    # The first screen has the opening, the table and where the paper and the run part.
    bottom = page.evaluate("document.querySelector('.agreement > div').getBoundingClientRect().top")
    assert bottom < DESKTOP["height"] * 0.75
    assert faults(page) == []
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    # The plot follows the window a little later.
    page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
    assert faults(page) == []
    page.context.close()


def test_the_explorer_fits_one_screen(looked_at: Visit) -> None:
    box = looked_at.page.locator(".explorer").bounding_box()
    assert box is not None
    assert box["height"] <= DESKTOP["height"] - 150
    form, plot = (looked_at.page.locator(name).bounding_box() for name in ("#plot-controls", "#plot"))
    assert form is not None
    assert plot is not None
    assert form["x"] + form["width"] <= plot["x"]


def test_the_plot_is_dark_in_the_dark(browser: Browser, report: Path, looked_at: Visit) -> None:
    dark = visit(browser, report, color_scheme="dark")
    layout, papers = "document.getElementById('plot').layout", []
    for seen in (looked_at, dark):
        papers.append(seen.page.evaluate(f"[{layout}.paper_bgcolor, {layout}.font.color]"))
        assert papers[-1][0] == seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert papers[0] != papers[1]
    dark.page.context.close()


def test_a_picture_is_enlarged_and_made_small_again(looked_at: Visit) -> None:
    button = looked_at.page.locator("#fig-theorem_2 button.picture")
    small = button.bounding_box()["width"]
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert button.bounding_box()["width"] > 1.5 * small
    button.click()
    assert button.bounding_box()["width"] == pytest.approx(small)


# The filter


def test_the_filter_opens_with_what_did_not_reproduce(looked_at: Visit) -> None:
    assert looked_at.claims() == [f"{topic}_{verdict}" for verdict in VERDICTS[1:4] for topic in TOPICS]
    assert looked_at.page.inner_text("#filter-count") == "6 of 10 claims shown"


def test_filter_by_text(opened: Visit) -> None:
    opened.page.click("#filter [type=reset]")
    opened.page.wait_for_function("document.getElementById('filter-count').textContent.startsWith('10 of 10')")
    opened.page.fill("#filter-text", "fig_7 CONTRADICTED")
    assert opened.claims() == ["fig_7_contradicted"]
    assert opened.page.inner_text("#filter-count") == "1 of 10 claims shown"
    opened.page.fill("#filter-text", "no such words")
    assert opened.claims() == []


def test_filter_by_verdict_and_topic_and_show_all(opened: Visit) -> None:
    opened.page.check("[name=verdict][value=not_run]")
    assert opened.claims() == [f"{topic}_{verdict}" for verdict in VERDICTS[1:] for topic in TOPICS]
    opened.page.select_option("#filter-topic", "theorem_2")
    assert opened.claims() == [f"theorem_2_{verdict}" for verdict in VERDICTS[1:]]
    opened.page.click("#filter [type=reset]")
    opened.page.wait_for_function("document.getElementById('filter-count').textContent.startsWith('10 of 10')")
    assert len(opened.claims()) == 10


def test_a_link_to_a_claim_that_is_hidden_shows_it(opened: Visit) -> None:
    opened.page.fill("#filter-text", "fig_7")
    opened.page.click(".step a[href='#claim-theorem_2_consistent']")
    opened.page.wait_for_selector("#claim-theorem_2_consistent", state="visible")
    assert "was seen" in opened.page.locator("#claim-theorem_2_consistent details").inner_text()


# The plot


def row_of(report: Path, table: str, **wanted: Any) -> pd.DataFrame:
    rows = pd.read_csv(report.parent / table, dtype={"bandwidth": str, "depth": str})
    return rows.query(" and ".join(f"{name} == {value!r}" for name, value in wanted.items()))


GHZ_LOCAL = {"loss": "mmd", "bandwidth": "n/4", "dataset": "ghz"}


def test_points_are_those_of_the_table(opened: Visit, report: Path) -> None:
    opened.page.uncheck("[name=bandwidth][value='1']")
    opened.page.select_option("#plot-depth", "inf")
    (trace,) = opened.traces
    rows = row_of(report, "variance.csv", experiment="line", n_layers=np.inf, **GHZ_LOCAL)
    rows = rows[rows["shots"].isna()]
    assert trace["x"] == rows["n_qubits"].tolist()
    assert trace["y"] == pytest.approx(rows["variance"].tolist(), rel=1e-3)
    assert trace["error_y"]["array"] == pytest.approx((rows["ci_high"] - rows["variance"]).tolist(), rel=0.05)
    assert trace["error_y"]["arrayminus"] == pytest.approx((rows["variance"] - rows["ci_low"]).tolist(), rel=0.05)
    assert opened.page.inner_text("#plot-status") == f"1 series, {len(rows)} points."
    assert "rate" in opened.page.text_content("#plot-laws")
    opened.page.click("#plot-table summary")
    assert opened.page.locator("#plot-table tbody tr").count() == len(rows)


def test_each_control_changes_the_plot(opened: Visit) -> None:
    before = opened.traces
    assert {trace["name"] for trace in before} == {"MMD, s = 1, GHZ", "MMD, s = n/4, GHZ"}
    opened.page.check("[name=dataset][value=o_n]")
    assert len(opened.traces) == 4
    opened.page.uncheck("[name=bandwidth][value='1']")
    assert {trace["name"] for trace in opened.traces} == {"MMD, s = n/4, GHZ", "MMD, s = n/4, O(n) strings"}
    shallow = opened.traces[0]["y"]
    opened.page.select_option("#plot-depth", "inf")
    assert opened.traces[0]["y"][-1] < shallow[-1] / 100
    opened.page.select_option("#plot-axis", "log")
    assert opened.page.evaluate("document.getElementById('plot').layout.xaxis.type") == "log"
    opened.page.uncheck("[name=loss][value=mmd]")
    assert opened.traces == []
    assert opened.page.inner_text("#plot-status") == "Nothing was measured at this combination."


def test_a_control_works_by_keyboard(opened: Visit) -> None:
    opened.page.focus("[name=dataset][value=ghz]")
    opened.page.keyboard.press("Tab")
    opened.page.keyboard.press("Space")
    assert any("O(n) strings" in trace["name"] for trace in opened.traces)
    assert "O(n) strings" in opened.page.get_attribute("#plot", "aria-label")


@pytest.mark.parametrize(("depth", "law"), [("shallow", "polynomial"), ("inf", "exponential")])
def test_the_line_is_the_law_preferred(opened: Visit, report: Path, depth: str, law: str) -> None:
    opened.page.uncheck("[name=bandwidth][value='1']")
    opened.page.select_option("#plot-depth", depth)
    (line,) = opened.lines
    found = row_of(report, "scaling.csv", depth={"inf": "deep"}.get(depth, depth), **GHZ_LOCAL).iloc[0]
    assert found["preferred"] == law
    assert law in opened.page.text_content("#plot-laws")
    # The whole fit, with its intercept, which scaling.csv does not hold.
    rows = row_of(report, "variance.csv", experiment="line", **GHZ_LOCAL)
    rows = rows[rows["shots"].isna()]
    wanted = np.inf if depth == "inf" else np.maximum(1, np.round(np.log2(rows["n_qubits"])))
    rows = rows[rows["n_layers"] == wanted]
    scale = np.log if law == "polynomial" else np.asarray
    design = np.column_stack([np.ones(len(rows)), scale(rows["n_qubits"])])
    weights = np.log(rows["ci_high"] / rows["ci_low"]) ** -2.0
    fit = WLS(np.log(rows["variance"]).to_numpy(), design, weights=weights.to_numpy()).fit()
    expected = np.exp(fit.params[0] + fit.params[1] * scale(np.array(line["x"])))
    assert line["y"] == pytest.approx(expected, rel=0.02)


def test_a_cell_of_the_table_sets_the_plot(opened: Visit) -> None:
    opened.page.click(".first summary")
    opened.page.click("[data-plot-loss=mmd][data-plot-depth=product]")
    assert opened.page.input_value("#plot-depth") == "0"
    assert any("|0…0⟩, product_haar" in trace["name"] for trace in opened.traces)
    assert opened.page.evaluate("document.activeElement.id") == "plot-depth"


# The figures' tables


def test_a_figures_table_shows_and_saves(opened: Visit, report: Path) -> None:
    opened.page.click("details.data[data-name=fig_7] summary")
    table = opened.page.locator("details.data[data-name=fig_7] table")
    table.wait_for()
    assert table.locator("tbody tr").count() == 50
    assert table.locator("td").nth(1).inner_text().split() == ["a,", '"b"', "c"]
    assert table.locator("caption").inner_text() == "The first 50 of 60 rows"
    with opened.page.expect_download() as download:
        opened.page.click("text=Save fig_7.csv")
    assert download.value.path().read_bytes() == (report.parent / "figures/fig_7.csv").read_bytes()


# The page of a model


def test_the_page_of_a_model_opens_too(browser: Browser, tmp_path: Path) -> None:
    path = write_model_page(tmp_path)
    seen = visit(browser, path, plot=False, viewport=PHONE)
    assert "Is mine trainable?" in seen.page.inner_text("h1")
    assert asked_for(seen, path) == []
    assert seen.complaints == []
    assert seen.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert faults(seen.page) == []
    seen.page.context.close()
