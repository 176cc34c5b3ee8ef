from bornscape.artifacts import write_table
from bornscape.losses.kernel_weights import bodyness_table
from bornscape.run.job_log import log_to

log_to(snakemake.log[0], snakemake.rule)
job = snakemake.params.job
write_table(bodyness_table(job["bandwidths"], job["n_qubits"]), snakemake.output[0])
