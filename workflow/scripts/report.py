from pathlib import Path

import pandas as pd

from bornscape.artifacts import write_text
from bornscape.joblog import log_to
from bornscape.report import caption_text, page

log_to(snakemake.log[0])
job = snakemake.params.job
figures = [
    (name, Path(image), caption_text(Path(caption), snakemake.params.config))
    for name, image, caption in zip(job["figures"], snakemake.input.figures, snakemake.input.captions, strict=True)
]
html = page(
    template=Path(snakemake.input.template),
    run=job["run"],
    seed=job["seed"],
    table=Path(snakemake.input.tables[2]).read_text(encoding="utf-8"),
    claims=pd.read_csv(snakemake.input.tables[0], keep_default_na=False),
    controls=pd.read_csv(snakemake.input.tables[1], keep_default_na=False),
    figures=figures,
    notebooks=job["notebooks"],
)
write_text(html, snakemake.output[0])
