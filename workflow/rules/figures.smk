# Figures from tables; each with its CSV beside it. A figure is a module of bornscape.figures, given its tables by name.

FIGURES = {
    "proposition_2": ["proposition_2.csv"],
    "fig_4": ["fig_4.csv"],
    "shots_needed": ["shots_needed.csv"],
    "fig_2": ["variance.csv", "exact_losses.csv", "fixed_points.csv"],
    "fig_3": ["training_hits.csv"],
    "theorem_1": ["fixed_points.csv"],
    "corollary_3": ["loss_differences.csv"],
    "fig_5": ["fig_5.csv", "truncation.csv"],
    "fig_6": ["variance.csv"],
    "theorem_3": ["theorem_3.csv", "variance.csv"],
    "fig_6b": ["fig_6b.csv", "fig_6b_large.csv"],
    "fig_7": ["variance.csv"],
    "fig_8": ["variance.csv"],
    "fig_9": ["training.csv"],
    "fig_10": ["training.csv", "training_final.csv"],
    "fig_12": ["training.csv"],
    "generalisation": ["training_summary.csv"],
    "proposition_5": ["proposition_5.csv"],
    "optimal_bandwidth": ["optimal_bandwidth.csv"],
    "hadamard_tests": ["hadamard_tests.csv"],
    "explicit_models": ["explicit_models.csv"],
    "exceptions": ["exceptions.csv"],
    "phases": ["phases.csv"],
    "trainable_but_wrong": [
        "trainable_but_wrong.csv",
        "parity_signal.csv",
        "parity_signal_product.csv",
    ],
    "qgan": ["qgan.csv"],
}
"""The tables that each figure is drawn from."""


def named_in_caption(name):
    """(section, entry) of the configuration that a figure's caption speaks of."""
    import re

    text = Path("workflow/report", f"{name}.rst").read_text(encoding="utf-8")
    return re.findall(r'config\["(\w+)"\]\["(\w+)"\]', text)


def can_be_drawn(name):
    """Whether this configuration makes the tables that a figure shows, and what its caption speaks of."""
    return set(FIGURES[name]) <= {*EVIDENCE, "training_final.csv"} and all(
        entry in config[section] for section, entry in named_in_caption(name)
    )


FIGURES = {name: tables for name, tables in FIGURES.items() if can_be_drawn(name)}


def figure_files(name):
    """PNG, PDF and CSV of a figure."""
    return [f"{RUN}/figures/{name}.{ending}" for ending in ("png", "pdf", "csv")]


def figure_code(name):
    """The modules behind the script and the figure, which it imports by name."""
    drawn = f"src/bornscape/figures/{name}.py"
    return sorted({*code("figure.py"), drawn, *modules_behind(drawn)})


for name, tables in FIGURES.items():

    rule:
        name:
            f"draw_{name}"
        input:
            tables=[f"{RUN}/{table}" for table in tables],
            code=figure_code(name),
        output:
            report(
                f"{RUN}/figures/{name}.png",
                caption=f"../report/{name}.rst",
                category="Figures",
                labels=lambda wildcards, figure=name: labels_with_verdicts(
                    "figures", figure
                ),
            ),
            figure_files(name)[1:],
        log:
            f"{RUN}/logs/{name}.log",
        benchmark:
            f"{RUN}/benchmarks/draw_{name}.tsv"
        # Clusters only: a profile cannot name the rules of a loop one by one.
        group:
            "pages"
        resources:
            **asks(),
        params:
            job=dict(figure=name),
        script:
            "../scripts/figure.py"


ARTIFACTS += [path for name in FIGURES for path in figure_files(name)]
