import shutil
from functools import partial
from pathlib import Path

from bornscape.artifacts import write_table
from bornscape.run.job_log import log_to
from bornscape.training.jobs import train_job

log_to(snakemake.log[0], snakemake.rule)
folder = Path(snakemake.params.checkpoints)
tables = train_job(
    snakemake.params.job,
    snakemake.wildcards.training,
    snakemake.input.target,
    checkpoints=folder,
    notify=partial(print, flush=True),
)
write_table(tables.curves, snakemake.output.curves)
write_table(tables.finals, snakemake.output.finals)
write_table(tables.summary, snakemake.output.summary)
# Only now: until the outputs are written a job that is cut off goes on from these.
shutil.rmtree(folder)
