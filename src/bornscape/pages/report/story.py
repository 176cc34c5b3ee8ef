"""The report as an article: what agrees and what does not, and the story of chapters, each step asked and answered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bornscape.pages.report.content import VERDICT_SIGNS, FigureFiles, NotebookSource, figure_entry, notebook_opening
from bornscape.tables.verdicts import ORIGINS, counts_by_origin

Claim = Mapping[str, Any]

_SENTENCE = re.compile(r"(?<!\bFig)(?<!\bFigs)(?<!\bEq)\. (?=[A-Z])")


def first_sentence(text: str) -> str:
    """The first sentence of a statement; what follows says what is inferred or how it was checked.

    Examples
    --------
    >>> first_sentence("The level is that of Fig. 7. Inferred: a layer is another.")
    'The level is that of Fig. 7.'
    """
    first, *rest = _SENTENCE.split(text, maxsplit=1)
    return f"{first}." if rest else first


def agreement(claims: Sequence[Claim]) -> list[dict[str, Any]]:
    """What agrees and what does not: of each origin its counts, and its contradicted claims, of one result together."""
    parts = []
    for origin, counts in counts_by_origin(claims).items():
        refused: dict[str, list[dict[str, Any]]] = {}
        for claim in claims:
            if claim["origin"] == origin and claim["verdict"] == "contradicted":
                entry = {"claim": claim["claim"], "statement": first_sentence(claim["statement"])}
                refused.setdefault(claim["topic"], []).append(entry)
        parts.append({"whose": ORIGINS[origin], "origin": origin, "counts": counts, "refused": refused})
    return parts


def _counted(claims: Sequence[Claim]) -> dict[str, dict[str, int]]:
    """Verdicts by origin, as readers are told of it."""
    return {ORIGINS[origin]: counts for origin, counts in counts_by_origin(claims).items()}


def _step(
    asked: str,
    results: Sequence[str],
    found: Sequence[str],
    claims: Sequence[Claim],
    shown: Mapping[str, Any],
    notebooks: Mapping[str, NotebookSource],
    waiting: dict[str, FigureFiles],
) -> dict[str, Any]:
    """One step; takes its figures from those ``waiting``."""
    judged = [claim for claim in claims if claim["topic"] in results]
    by_name = {claim["claim"]: claim for claim in judged}
    leads = [by_name[name] for name in found if name in by_name]
    places = [shown["results"][name] for name in results if name in shown["results"]]
    named = list(dict.fromkeys(name for place in places for name in place["notebooks"]))
    figures = dict.fromkeys(name for place in places for name in place["figures"])
    figures |= dict.fromkeys(name for notebook in named for name in notebooks[notebook].figures)
    return {
        "name": results[0],
        "asked": asked,
        "results": [(name, shown["statements"].get(name, "")) for name in results],
        "found": leads,
        "refused": [claim for claim in judged if claim["verdict"] == "contradicted" and claim not in leads],
        "others": [claim for claim in judged if claim not in leads and claim["verdict"] != "contradicted"],
        "counts": _counted(judged),
        "notebooks": [(name, notebook_opening(notebooks[name].path)[1]) for name in named],
        "figures": [figure_entry(waiting.pop(name)) for name in figures if name in waiting],
    }


def story(
    shown: Mapping[str, Any],
    claims: Sequence[Claim],
    notebooks: Sequence[NotebookSource],
    figures: Sequence[FigureFiles],
) -> list[dict[str, Any]]:
    """The chapters of the catalogue with what the run found; then one of what it does not tell.

    A step without a claim and a figure in this run is left out, and so is a chapter without steps. A figure stands in
    the first step that shows it.
    """
    waiting = {figure.name: figure for figure in figures}
    sources = {notebook.name: notebook for notebook in notebooks}
    chapters = []
    told: set[str] = set()
    for chapter in shown["story"]:
        steps = []
        for step in chapter["steps"]:
            told |= set(step["results"])
            made = _step(step["asked"], step["results"], step.get("found", ()), claims, shown, sources, waiting)
            steps += [made] if made["counts"] or made["figures"] else []
        chapters += [{"title": chapter["title"], "opening": chapter["opening"], "steps": steps}] if steps else []
    untold = [name for name in dict.fromkeys(claim["topic"] for claim in claims) if name not in told]
    more = [_step("", [name], (), claims, shown, sources, waiting) for name in untold]
    for name, figure in waiting.items():
        alone = _step("", [name], (), (), shown, sources, {})
        more.append(alone | {"name": f"figure-{name}", "figures": [figure_entry(figure)]})
    return [*chapters, {"title": "More", "opening": "", "steps": more}] if more else chapters


def signs(counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """(verdict, sign, count) in the order in which verdicts are told."""
    return [(name, VERDICT_SIGNS[name], counts[name]) for name in VERDICT_SIGNS if name in counts]
