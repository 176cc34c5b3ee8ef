from pathlib import Path

from bornscape.artifacts import write_text
from bornscape.pages.report.content import FigureFiles, NotebookSource, Result, caption_text
from bornscape.pages.report.page import RunTables, page
from bornscape.run.job_log import log_to
from bornscape.run.manifest import cost_by_rule, provenance

log_to(snakemake.log[0], snakemake.rule)
job, config, folder = snakemake.params.job, snakemake.params.config, Path(snakemake.params.folder)
files = zip(snakemake.input.pictures, snakemake.input.data, snakemake.input.captions, strict=True)
cost = cost_by_rule(folder / "benchmarks", folder / "logs")
cost.pop("report_page", None)  # Of a page that this one replaces.
html = page(
    template=Path(snakemake.input.parts[0]),
    config=config,
    tables=RunTables.read(folder),
    topics=job["topics"],
    results={name: Result(**shown) for name, shown in job["results"].items()},
    figures=[
        FigureFiles(Path(image).stem, Path(image), Path(data), caption_text(Path(caption), config))
        for image, data, caption in files
    ],
    notebooks=[
        NotebookSource(Path(p).stem, Path(p), job["notebooks"][Path(p).stem]) for p in snakemake.input.notebooks
    ],
    cost=cost,
    provenance=provenance(config),
    options=job["options"],
)
write_text(html, snakemake.output[0])
