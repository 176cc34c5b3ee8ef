# One target for each result: its claims, the tables that they rest on, its figures and its notebooks.

RESULTS = {
    "theorem_1": dict(tables=["fixed_points.csv", "training_mass.csv"]),
    "theorem_2": dict(
        tables=["variance.csv", "scaling.csv"],
        figures=["fig_6"],
        notebooks=["theorem_2"],
    ),
    "proposition_3": dict(tables=["bodyness.csv"]),
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
