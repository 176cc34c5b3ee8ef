from bornscape.artifacts import write_table
from bornscape.bodyness import bodyness_table
from bornscape.joblog import log_to

log_to(snakemake.log[0], snakemake.rule)
job = snakemake.params.job
write_table(bodyness_table(job["bandwidths"], job["sizes"]), snakemake.output[0])
