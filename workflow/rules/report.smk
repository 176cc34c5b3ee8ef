# The page a person opens, and the manifest that ends a run.

PAGE_PARTS = ["report.html.jinja", "page.css", "report.css", "report.js", "explorer.js"]
"""The template, and what it puts in."""
RUN_CONFIG = {key: value for key, value in config.items() if key != "captions"}


rule report_page:
    input:
        [f"{RUN}/{name}" for name in ("claims.csv", "claim_controls.csv")],
        [f"{RUN}/{name}" for name in ("variance.csv", "scaling.csv")],
        f"{RUN}/trainability_table.csv",
        # What the page links to.
        [SHOWN.notebook_files(name)[1] for name in SHOWN.notebooks],
        notebooks=[f"notebooks/{name}.ipynb" for name in SHOWN.notebooks],
        pictures=[SHOWN.figure_files(name)[0] for name in SHOWN.figures],
        data=[SHOWN.figure_files(name)[2] for name in SHOWN.figures],
        parts=[f"workflow/report/{name}" for name in PAGE_PARTS],
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
            shown=SHOWN.page(CLAIMS),
            options=rebuild_options(workflow.overwrite_configfiles),
        ),
        code=code("report.py"),
        folder=RUN,
        config=RUN_CONFIG,
    script:
        "../scripts/report.py"


rule report:
    input:
        f"{RUN}/report.html",


ARTIFACTS += [f"{RUN}/report.html"]


rule manifest:
    input:
        ARTIFACTS,
    output:
        f"{RUN}/manifest.json",
    log:
        f"{RUN}/logs/manifest.log",
    resources:
        **asks(),
    params:
        job=dict(config=RUN_CONFIG),
        code=code("manifest.py"),
        folder=RUN,
    script:
        "../scripts/manifest.py"
