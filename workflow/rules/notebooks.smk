# Notebooks, run by papermill on the tables of this run. Which there are: config/results.yaml.


def notebook_files(name):
    """The executed notebook and its page."""
    return [f"{RUN}/notebooks/{name}.{ending}" for ending in ("ipynb", "html")]


rule notebook:
    input:
        tables=lambda wildcards: [
            f"{RUN}/{table}.csv" for table in SHOWN.notebooks[wildcards.name].tables
        ],
        figures=lambda wildcards: [
            f"{RUN}/figures/{figure}.{ending}"
            for figure in SHOWN.notebooks[wildcards.name].figures
            for ending in ("png", "csv")
        ],
        notebook="notebooks/{name}.ipynb",
    output:
        notebook=f"{RUN}/notebooks/{{name}}.ipynb",
        html=report(
            f"{RUN}/notebooks/{{name}}.html",
            caption="../report/notebook.rst",
            category="Notebooks",
            labels=lambda wildcards: labels("notebook", wildcards.name),
        ),
    log:
        text=f"{RUN}/logs/notebooks/{{name}}.log",
        live=f"{RUN}/logs/notebooks/{{name}}.ipynb",
    benchmark:
        f"{RUN}/benchmarks/notebook/{{name}}.tsv"
    wildcard_constraints:
        name=one_of(SHOWN.notebooks),
    resources:
        **asks(),
    params:
        job=lambda wildcards: dict(
            parameters=config.get("notebooks", {}).get(wildcards.name, {})
        ),
        code=code("notebook.py"),
    script:
        "../scripts/notebook.py"


ARTIFACTS += [path for name in SHOWN.notebooks for path in notebook_files(name)]
