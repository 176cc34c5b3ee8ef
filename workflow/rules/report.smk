# The page a person opens, and the manifest that ends a run.

PAGE_PARTS = ["report.html.jinja", "page.css", "report.css", "report.js", "explorer.js"]
"""The template, and what it puts in."""


def rebuild_options():
    """What follows a target on the command line to have it made by this configuration."""
    folder = Path.cwd()
    paths = [Path(path).resolve() for path in workflow.overwrite_configfiles]
    shown = [
        str(path.relative_to(folder) if path.is_relative_to(folder) else path)
        for path in paths
    ]
    return f" --configfile {' '.join(shown)}" if shown else ""


rule report_page:
    input:
        [f"{RUN}/{name}" for name in ("claims.csv", "claim_controls.csv")],
        [f"{RUN}/{name}" for name in ("variance.csv", "scaling.csv")],
        f"{RUN}/trainability_table.csv",
        # What the page links to.
        [notebook_files(name)[1] for name in config["notebooks"]],
        notebooks=[f"notebooks/{name}.ipynb" for name in config["notebooks"]],
        pictures=[figure_files(name)[0] for name in FIGURES],
        data=[figure_files(name)[2] for name in FIGURES],
        captions=[f"workflow/report/{name}.rst" for name in FIGURES],
        parts=[f"workflow/report/{name}" for name in PAGE_PARTS],
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
            # The figures that each notebook shows.
            notebooks={
                name: [
                    Path(path).stem
                    for path in NOTEBOOKS[name]
                    if path.endswith(".png")
                ]
                for name in config["notebooks"]
            },
            topics={claim["claim"]: claim["result"] for claim in CLAIMS},
            results={claim["result"]: shown_by(claim["result"]) for claim in CLAIMS},
            options=rebuild_options(),
        ),
        folder=RUN,
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
