# One target for each result: its claims, the tables that they rest on, its figures and its notebooks.

import csv
from collections import Counter

RESULTS = {
    "proposition_2": dict(
        tables=["proposition_2.csv"],
        figures=["proposition_2"],
        notebooks=["proposition_2"],
    ),
    "shots_needed": dict(
        tables=["shots_needed.csv"],
        figures=["shots_needed"],
        notebooks=["shots_needed"],
    ),
    "proposition_1": dict(
        tables=["exact_losses.csv", "variance.csv"],
        figures=["fig_2"],
        notebooks=["proposition_1"],
    ),
    "corollary_1": dict(
        tables=["exact_losses.csv"],
        figures=["fig_2"],
        notebooks=["proposition_1"],
    ),
    "theorem_1": dict(
        tables=["fixed_points.csv", "training_mass.csv", "training_hits.csv"],
        figures=["theorem_1", "fig_3"],
        notebooks=["theorem_1"],
    ),
    "corollary_2": dict(tables=["stuck_estimates.csv"], notebooks=["theorem_1"]),
    "corollary_3": dict(
        tables=["loss_differences.csv"],
        figures=["corollary_3"],
        notebooks=["corollary_3"],
    ),
    "theorem_2": dict(
        tables=["variance.csv", "scaling.csv"],
        figures=["fig_6"],
        notebooks=["theorem_2"],
    ),
    "theorem_3": dict(
        tables=["theorem_3.csv", "variance.csv", "scaling.csv"],
        figures=["theorem_3"],
        notebooks=["theorem_3"],
    ),
    "faithfulness": dict(
        tables=["faithfulness.csv"],
        notebooks=["fig_8"],
    ),
    "hadamard_tests": dict(
        tables=["hadamard_tests.csv"],
        figures=["hadamard_tests"],
        notebooks=["hadamard_tests"],
    ),
    "explicit_models": dict(
        tables=["explicit_models.csv"],
        figures=["explicit_models"],
        notebooks=["explicit_models"],
    ),
    "exceptions": dict(
        tables=["exceptions.csv"],
        figures=["exceptions"],
        notebooks=["exceptions"],
    ),
    "phases": dict(
        tables=["phases.csv"],
        figures=["phases"],
        notebooks=["phases"],
    ),
    "proposition_3": dict(
        tables=["bodyness.csv", "fig_5.csv"],
        figures=["fig_5"],
        notebooks=["proposition_4"],
    ),
    "proposition_4": dict(
        tables=["truncation.csv"],
        figures=["fig_5"],
        notebooks=["proposition_4"],
    ),
    "proposition_5": dict(tables=["proposition_5.csv"], notebooks=["proposition_5"]),
    "optimal_bandwidth": dict(
        tables=["optimal_bandwidth.csv"], notebooks=["optimal_bandwidth"]
    ),
    "trainable_but_wrong": dict(
        tables=[
            "trainable_but_wrong.csv",
            "parity_signal.csv",
            "parity_signal_product.csv",
        ],
        notebooks=["trainable_but_wrong"],
    ),
    "qgan": dict(tables=["qgan.csv"], notebooks=["qgan"]),
}


def result_files(tables=(), figures=(), notebooks=()):
    """The files behind a result; what the configuration leaves out is left out."""
    return [
        *(
            f"{RUN}/{name}"
            for name in tables
            if name in {*EVIDENCE, "training_mass.csv"}
        ),
        *(path for name in figures if name in FIGURES for path in figure_files(name)),
        *(
            path
            for name in notebooks
            if name in config["notebooks"]
            for path in notebook_files(name)
        ),
    ]


# A figure by its name is that figure alone, unless a result has the same name.
for name in dict.fromkeys([*FIGURES, *RESULTS]):

    rule:
        name:
            name
        input:
            figure_files(name) if name in FIGURES else [],
            [f"{RUN}/claims.csv", *result_files(**RESULTS[name])]
            if name in RESULTS
            else [],


def shown_by(result):
    """Figures and notebooks of this run that show a result; each may have its name."""
    named = RESULTS.get(result, {})
    return dict(
        figures=[
            name
            for name in dict.fromkeys([*named.get("figures", ()), result])
            if name in FIGURES
        ],
        notebooks=[
            name
            for name in dict.fromkeys([*named.get("notebooks", ()), result])
            if name in config["notebooks"]
        ],
    )


def verdicts_of(claims):
    """How often each verdict was given to these claims, in words."""
    path = Path(RUN, "claims.csv")
    if not path.is_file():
        return "not judged yet"
    with open(path, encoding="utf-8", newline="") as handle:
        found = {row["claim"]: row["verdict"] for row in csv.DictReader(handle)}
    counts = Counter(
        found[claim["claim"]] for claim in claims if claim["claim"] in found
    )
    return (
        ", ".join(
            f"{count} {verdict.replace('_', ' ')}"
            for verdict, count in counts.most_common()
        )
        or "no claims"
    )


def labels_with_verdicts(kind, name):
    """Labels of a figure or a notebook in Snakemake's report: the verdicts on what it shows."""
    claims = [claim for claim in CLAIMS if name in shown_by(claim["result"])[kind]]
    return {kind.removesuffix("s"): name, "verdicts": verdicts_of(claims)}
