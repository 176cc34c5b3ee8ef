# Notebooks: one a result, run by papermill on the tables of this run.

NOTEBOOKS = {
    "data": [
        "data/jet_cuts.csv",
        "data/jet_checks.csv",
        "data/jet_spectrum.csv",
        "data/shower_cuts.csv",
    ]
    + ["data/shower_profile.csv", "targets/jets_n16.csv", "targets/showers_n16.csv"],
    "theorem_2": ["variance.csv", "scaling.csv", "claims.csv", "figures/fig_6.png"],
    "fig_7": ["variance.csv", "scaling.csv", "claims.csv", "figures/fig_7.png"],
    "fig_9": ["training.csv", "claims.csv", "figures/fig_9.png"],
    "fig_12": ["training.csv", "claims.csv", "figures/fig_12.png"],
    "generalisation": [
        "claims.csv",
        "figures/generalisation.png",
        "figures/generalisation.csv",
    ],
    "fig_10": ["training.csv", "claims.csv", "figures/fig_10.png"],
    "trainability_table": [
        "trainability_table.csv",
        "scaling.csv",
        "fixed_points.csv",
        "claims.csv",
    ],
}
"""Tables and figures that each notebook reads, under the folder of the run."""


def notebook_files(name):
    """The executed notebook and its page."""
    return [f"{RUN}/notebooks/{name}.{ending}" for ending in ("ipynb", "html")]


rule notebook:
    input:
        tables=lambda wildcards: [f"{RUN}/{path}" for path in NOTEBOOKS[wildcards.name]],
        notebook="notebooks/{name}.ipynb",
        code=code("notebook.py"),
    output:
        notebook=f"{RUN}/notebooks/{{name}}.ipynb",
        html=report(
            f"{RUN}/notebooks/{{name}}.html",
            caption="../report/notebook.rst",
            category="Notebooks",
            labels={"notebook": "{name}"},
        ),
    log:
        text=f"{RUN}/logs/notebooks/{{name}}.log",
        live=f"{RUN}/logs/notebooks/{{name}}.ipynb",
    benchmark:
        f"{RUN}/benchmarks/notebook/{{name}}.tsv"
    wildcard_constraints:
        name=one_of(config["notebooks"]),
    resources:
        mem_mb=700,
    params:
        job=lambda wildcards: dict(parameters=config["notebooks"][wildcards.name]),
    script:
        "../scripts/notebook.py"


ARTIFACTS += [path for name in config["notebooks"] for path in notebook_files(name)]
