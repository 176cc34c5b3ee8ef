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


ARTIFACTS = [
    *(path for name in FIGURES for path in figure_files(name)),
    *(path for name in config["notebooks"] for path in notebook_files(name)),
    *(
        f"{RUN}/{name}"
        for name in (
            *("variance.csv", "scaling.csv", "fixed_points.csv", "training_mass.csv"),
            *("bodyness.csv", "training.csv", "training_final.csv"),
            *("claims.csv", "claim_controls.csv", "claims.json"),
            *("trainability_table.csv", "trainability_table.md"),
            *("trainability_table.html", "report.html"),
        )
    ),
    *(target(name, n) for name in ("jets", "showers") for n in GRIDS),
    *(target(name, n) for name, sizes in synthetic_sizes().items() for n in sizes),
    *chunk_files(),
    *training_files(f"{RUN}/training/{{training}}/{{loss}}_r{{repetition}}.csv"),
]
"""What a finished run holds. Snakemake makes a file that is gone only if it is asked for, so ``all`` asks for each."""


rule manifest:
    input:
        ARTIFACTS,
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
