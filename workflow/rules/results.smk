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
    """The files behind a result; a notebook that the configuration leaves out is left out."""
    return [
        *(f"{RUN}/{name}" for name in tables),
        *(path for name in figures for path in figure_files(name)),
        *(
            path
            for name in notebooks
            if name in config["notebooks"]
            for path in notebook_files(name)
        ),
    ]


for result, parts in RESULTS.items():

    rule:
        name:
            result
        input:
            f"{RUN}/claims.csv",
            result_files(**parts),
