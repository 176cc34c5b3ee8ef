from pathlib import Path

from bornscape.artifacts import joined, write_text
from bornscape.run.job_log import log_to

log_to(snakemake.log[0], snakemake.rule)
for output in snakemake.output:
    table = Path(output).stem
    write_text(joined([part for part in snakemake.input if Path(part).parent.name == table]), output)
