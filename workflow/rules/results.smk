# One target for each result: its claims, the tables that they rest on, its figures and its notebook.
# A figure by its name is that figure alone, unless a result of the same name has tables.


def result_files(name):
    """The files behind a result or a figure; what the configuration leaves out is left out."""
    result = CATALOGUE.results.get(name)
    figures, notebooks = SHOWN.of_result(name)
    if result is None or not result.tables:
        return figure_files(name)
    return [
        f"{RUN}/claims.csv",
        *(f"{RUN}/{table}.csv" for table in result.tables if table in TABLES),
        *(path for figure in figures for path in figure_files(figure)),
        *(path for notebook in notebooks for path in notebook_files(notebook)),
    ]


for name in SHOWN.targets:

    rule:
        name:
            name
        input:
            result_files(name),
