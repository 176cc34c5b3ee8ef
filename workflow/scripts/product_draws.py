import pandas as pd

from bornscape.artifacts import write_draws
from bornscape.datasets import read_target
from bornscape.formulas import bandwidth_values
from bornscape.run.job_log import log_to
from bornscape.seeds import generator
from bornscape.variance import product_variance_draws

log_to(snakemake.log[0], snakemake.rule)
job, wildcards = snakemake.params.job, snakemake.wildcards
n = int(wildcards.n)
bandwidths = {label: bandwidth_values(bandwidth, n) for label, bandwidth in job["bandwidths"].items()}
targets = {name: read_target(path) for name, path in zip(job["datasets"], snakemake.input.targets, strict=True)}
rng = generator(job["seed"], wildcards.study, n, int(wildcards.chunk))
batches = [
    product_variance_draws(n, job["batch"], job["ensemble"], bandwidths, targets, rng).assign(draw=batch)
    for batch in range(job["chunk"])
]
write_draws(pd.concat(batches, ignore_index=True), snakemake.output[0])
