from bornscape.artifacts import atomic
from bornscape.datasets import write_target
from bornscape.datasets.published import listed_target
from bornscape.run.job_log import log_to
from bornscape.seeds import generator

log_to(snakemake.log[0], snakemake.rule)
job = snakemake.params.job
paths = iter(snakemake.output)
for name, sizes in job["sizes"].items():
    for n in sizes:
        with atomic(next(paths)) as path:
            # One generator for all sizes: the random sets extend from size to size.
            write_target(listed_target(name, n, generator(job["seed"], "target", name)), path)
