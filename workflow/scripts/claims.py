import json
from pathlib import Path

from bornscape.artifacts import write_json, write_table
from bornscape.claims.comparison import Tables
from bornscape.claims.register import count_verdicts, register
from bornscape.run.job_log import log_to

log_to(snakemake.log[0], snakemake.rule)
job, folder = snakemake.params.job, Path(snakemake.params.folder)
claims, controls = register(json.loads(snakemake.params.claims), Tables(folder, job["bandwidths"]))
write_table(claims, snakemake.output.claims)
write_table(controls, snakemake.output.controls)
write_json(count_verdicts(claims), snakemake.output.counts)
