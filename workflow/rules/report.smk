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
    resources:
        **asks(),
    params:
        job=dict(
            run=config["run"],
            seed=SEED,
            figures=list(FIGURES),
            notebooks=list(config["notebooks"]),
        ),
        config=config,
    script:
        "../scripts/report.py"


rule report:
    input:
        f"{RUN}/report.html",


ARTIFACTS += [f"{RUN}/report.html"]


rule manifest:
    input:
        ARTIFACTS,
        code=code("manifest.py"),
    output:
        f"{RUN}/manifest.json",
    log:
        f"{RUN}/logs/manifest.log",
    resources:
        **asks(),
    params:
        job=dict(config=config),
        folder=RUN,
    script:
        "../scripts/manifest.py"
