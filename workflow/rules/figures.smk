# Figures from tables; each with its CSV beside it.

FIGURES = ["fig_6", "fig_7", "fig_10"]


def figure_files(name):
    """PNG, PDF and CSV of a figure."""
    return [f"{RUN}/figures/{name}.{ending}" for ending in ("png", "pdf", "csv")]


def caption(name):
    return report(
        f"{RUN}/figures/{name}.png",
        caption=f"../report/{name}.rst",
        category="Figures",
        labels={"figure": name},
    )


rule draw_fig_6:
    input:
        variance=f"{RUN}/variance.csv",
        code=code("fig_6.py"),
    output:
        caption("fig_6"),
        figure_files("fig_6")[1:],
    log:
        f"{RUN}/logs/fig_6.log",
    benchmark:
        f"{RUN}/benchmarks/draw_fig_6.tsv"
    script:
        "../scripts/fig_6.py"


rule draw_fig_7:
    input:
        variance=f"{RUN}/variance.csv",
        code=code("fig_7.py"),
    output:
        caption("fig_7"),
        figure_files("fig_7")[1:],
    log:
        f"{RUN}/logs/fig_7.log",
    benchmark:
        f"{RUN}/benchmarks/draw_fig_7.tsv"
    script:
        "../scripts/fig_7.py"


rule draw_fig_10:
    input:
        training=f"{RUN}/training.csv",
        final=f"{RUN}/training_final.csv",
        code=code("fig_10.py"),
    output:
        caption("fig_10"),
        figure_files("fig_10")[1:],
    log:
        f"{RUN}/logs/fig_10.log",
    benchmark:
        f"{RUN}/benchmarks/draw_fig_10.tsv"
    params:
        job=dict(experiment="jets_16"),
    script:
        "../scripts/fig_10.py"


rule fig_6:
    input:
        figure_files("fig_6"),


rule fig_7:
    input:
        figure_files("fig_7"),


rule fig_10:
    input:
        figure_files("fig_10"),
