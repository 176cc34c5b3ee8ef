# The page a person opens, and the manifest that ends a run.

REPORTED = {
    "tables": [
        f"{RUN}/{name}"
        for name in ("claims.csv", "claim_controls.csv", "trainability_table.html")
    ],
    "figures": [figure_files(name)[0] for name in FIGURES],
    "notebooks": [notebook_files(name)[1] for name in config["notebooks"]],
}


rule report_page:
    input:
        **REPORTED,
        captions=[f"workflow/report/{name}.rst" for name in FIGURES],
        template="workflow/report/report.html.jinja",
        code=code("report.py"),
    output:
        f"{RUN}/report.html",
    log:
        f"{RUN}/logs/report.log",
    benchmark:
        f"{RUN}/benchmarks/report_page.tsv"
    params:
        job=dict(
            run=config["run"],
            seed=SEED,
            figures=FIGURES,
            notebooks=list(config["notebooks"]),
        ),
        config=config,
    script:
        "../scripts/report.py"


rule report:
    input:
        f"{RUN}/report.html",


rule manifest:
    input:
        f"{RUN}/report.html",
        [path for name in FIGURES for path in figure_files(name)],
        [path for name in config["notebooks"] for path in notebook_files(name)],
        expand(
            f"{RUN}/{{name}}",
            name=[
                "variance.csv",
                "scaling.csv",
                "fixed_points.csv",
                "training_mass.csv",
            ],
        ),
        expand(
            f"{RUN}/{{name}}",
            name=["bodyness.csv", "training.csv", "training_final.csv", "claims.csv"],
        ),
        expand(f"{RUN}/trainability_table.{{ending}}", ending=["csv", "md", "html"]),
        [target(name, n) for name in ("jets", "showers") for n in GRIDS],
        code=code("manifest.py"),
    output:
        f"{RUN}/manifest.json",
    log:
        f"{RUN}/logs/manifest.log",
    params:
        job=dict(config=config),
        folder=RUN,
    script:
        "../scripts/manifest.py"
