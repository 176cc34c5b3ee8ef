# The page a person opens, and the manifest that ends a run.

from pathlib import Path

PAGE_PARTS = ["report.html.jinja", "page.css", "report.css", "report.js", "explorer.js"]
"""The template, and what it puts in."""
RUN_CONFIG = {key: value for key, value in config.items() if key != "captions"}


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
        [notebook_files(name)[1] for name in SHOWN.notebooks],
        notebooks=[f"notebooks/{name}.ipynb" for name in SHOWN.notebooks],
        pictures=[figure_files(name)[0] for name in SHOWN.figures],
        data=[figure_files(name)[2] for name in SHOWN.figures],
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
        job=dict(shown=SHOWN.page(CLAIMS), options=rebuild_options()),
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
