from functools import partial
from pathlib import Path

from bornscape.artifacts import write_draws
from bornscape.bitstrings.threads import use_threads
from bornscape.my_model.jobs import draw_job
from bornscape.run.job_log import log_to

log_to(snakemake.log[0], snakemake.rule)
use_threads(snakemake.threads)
sizes = [int(n) for n in snakemake.wildcards.sizes.split("-")]
drawn = draw_job(
    snakemake.params.job,
    snakemake.wildcards.model,
    sizes,
    images=dict(zip(sizes, snakemake.input.images, strict=False)),
    sources=snakemake.input.files,
    code=snakemake.params.code,
    folder=Path(snakemake.params.chunks),
    notify=partial(print, flush=True),
)
for name, table in drawn._asdict().items():
    write_draws(table, snakemake.output[name])
