# Notebooks: one a result, run by papermill on the tables of this run.

NOTEBOOKS = {
    "proposition_2": ["claims.csv", "proposition_2.csv", "figures/proposition_2.png"],
    "fig_4": ["claims.csv", "fig_4.csv", "figures/fig_4.png"],
    "shots_needed": ["claims.csv", "shots_needed.csv", "figures/shots_needed.png"],
    "data": [
        "data/jet_cuts.csv",
        "data/jet_checks.csv",
        "data/jet_spectrum.csv",
        "data/shower_cuts.csv",
    ]
    + ["data/shower_profile.csv", "targets/jets_n16.csv", "targets/showers_n16.csv"],
    "proposition_1": ["claims.csv", "figures/fig_2.png", "figures/fig_2.csv"],
    "theorem_1": [
        "claims.csv",
        "fixed_points.csv",
        "stuck_estimates.csv",
        "figures/fig_3.png",
        "figures/theorem_1.png",
        "figures/theorem_1.csv",
    ],
    "corollary_3": [
        "claims.csv",
        "loss_differences.csv",
        "figures/corollary_3.png",
    ],
    "theorem_2": ["variance.csv", "scaling.csv", "claims.csv", "figures/fig_6.png"],
    "theorem_3": [
        "theorem_3.csv",
        "variance.csv",
        "scaling.csv",
        "claims.csv",
        "figures/theorem_3.png",
        "figures/theorem_3.csv",
    ],
    "fig_7": ["variance.csv", "scaling.csv", "claims.csv", "figures/fig_7.png"],
    "fig_9": ["training.csv", "claims.csv", "figures/fig_9.png"],
    "fig_12": ["training.csv", "claims.csv", "figures/fig_12.png"],
    "generalisation": [
        "claims.csv",
        "figures/generalisation.png",
        "figures/generalisation.csv",
    ],
    "fig_10": ["training.csv", "claims.csv", "figures/fig_10.png"],
    "proposition_4": [
        "fig_5.csv",
        "truncation.csv",
        "claims.csv",
        "figures/fig_5.png",
        "figures/fig_5.csv",
    ],
    "proposition_5": ["proposition_5.csv", "claims.csv", "figures/proposition_5.png"],
    "fig_6b": ["fig_6b.csv", "fig_6b_large.csv", "claims.csv", "figures/fig_6b.png"],
    "optimal_bandwidth": [
        "optimal_bandwidth.csv",
        "claims.csv",
        "figures/optimal_bandwidth.png",
    ],
    "trainable_but_wrong": [
        "trainable_but_wrong.csv",
        "parity_signal.csv",
        "parity_signal_product.csv",
        "claims.csv",
        "figures/trainable_but_wrong.png",
        "figures/trainable_but_wrong.csv",
    ],
    "qgan": ["qgan.csv", "claims.csv", "figures/qgan.png", "figures/qgan.csv"],
    "fig_8": [
        "variance.csv",
        "scaling.csv",
        "faithfulness.csv",
        "claims.csv",
        "figures/fig_8.png",
    ],
    "hadamard_tests": [
        "hadamard_tests.csv",
        "claims.csv",
        "figures/hadamard_tests.png",
    ],
    "explicit_models": [
        "explicit_models.csv",
        "claims.csv",
        "figures/explicit_models.png",
        "figures/explicit_models.csv",
    ],
    "exceptions": [
        "exceptions.csv",
        "claims.csv",
        "figures/exceptions.png",
        "figures/exceptions.csv",
    ],
    "phases": ["phases.csv", "claims.csv", "figures/phases.png"],
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
            labels=lambda wildcards: labels_with_verdicts("notebooks", wildcards.name),
        ),
    log:
        text=f"{RUN}/logs/notebooks/{{name}}.log",
        live=f"{RUN}/logs/notebooks/{{name}}.ipynb",
    benchmark:
        f"{RUN}/benchmarks/notebook/{{name}}.tsv"
    wildcard_constraints:
        name=one_of(config["notebooks"]),
    resources:
        **asks(),
    params:
        job=lambda wildcards: dict(parameters=config["notebooks"][wildcards.name]),
    script:
        "../scripts/notebook.py"


ARTIFACTS += [path for name in config["notebooks"] for path in notebook_files(name)]
