from pathlib import Path

from bornscape.artifacts import write_text
from bornscape.pages.report.page import RunTables, figure_files, notebook_sources, page
from bornscape.run.job_log import log_to
from bornscape.run.machine import machine, times
from bornscape.run.manifest import cost_by_rule, provenance

log_to(snakemake.log[0], snakemake.rule)
job, config, folder = snakemake.params.job, snakemake.params.config, Path(snakemake.params.folder)
shown = job["shown"]
cost = cost_by_rule(folder / "benchmarks", folder / "logs")
cost.pop("report_page", None)  # Of a page that this one replaces.
html = page(
    template=Path(snakemake.input.parts[0]),
    config=config,
    tables=RunTables.read(folder),
    shown=shown,
    figures=figure_files(snakemake.input.pictures, snakemake.input.data, shown["captions"]),
    notebooks=notebook_sources(snakemake.input.notebooks, shown["notebooks"]),
    cost=cost,
    provenance=provenance(config) | {"hardware": machine(), "times": times(folder / "benchmarks")},
    options=job["options"],
)
write_text(html, snakemake.output[0])
