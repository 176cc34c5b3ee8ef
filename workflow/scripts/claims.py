from pathlib import Path

from bornscape.artifacts import write_json, write_table
from bornscape.claims.comparison import Tables
from bornscape.claims.register import count_verdicts, register
from bornscape.run.job_log import log_to

log_to(snakemake.log[0], snakemake.rule)
claims, controls = register(snakemake.params.job["claims"], Tables(Path(snakemake.params.folder)))
write_table(claims, snakemake.output.claims)
write_table(controls, snakemake.output.controls)
write_json(count_verdicts(claims), snakemake.output.counts)
