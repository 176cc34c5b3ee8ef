# Notebooks, run by papermill on the tables of this run. Which there are: config/results.yaml.


rule notebook:
    input:
        tables=lambda wildcards: SHOWN.table_files(SHOWN.notebooks[wildcards.name]),
        figures=lambda wildcards: SHOWN.shown_in(wildcards.name),
        notebook="notebooks/{name}.ipynb",
    output:
        notebook=f"{RUN}/notebooks/{{name}}.ipynb",
        html=report(
            f"{RUN}/notebooks/{{name}}.html",
            caption="../report/notebook.rst",
            category="Notebooks",
            labels=lambda wildcards: SHOWN.labels("notebook", wildcards.name, CLAIMS),
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
            parameters=config.get("notebooks", {}).get(wildcards.name, {}),
            captions=inert(SHOWN.captions_in(wildcards.name)),
        ),
        code=code("notebook.py"),
    script:
        "../scripts/notebook.py"
