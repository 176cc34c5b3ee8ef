import pandas as pd

from bornscape.artifacts import write_draws
from bornscape.datasets import read_target
from bornscape.formulas import depth_value
from bornscape.run.job_log import log_to
from bornscape.seeds import generator
from bornscape.variance.fidelity import FidelityDraws, fidelity_batches, fidelity_draws

log_to(snakemake.log[0], snakemake.rule)
job, chunk = snakemake.params.job, int(snakemake.wildcards.chunk)
paths = iter(snakemake.input.targets)
for n, output in zip(job["n_qubits"], snakemake.output, strict=True):
    targets = {name: read_target(next(paths)) for name in job["datasets"]}
    rng = generator(job["seed"], job["study"], n, chunk)
    if job["kind"] == "fidelity":
        found = fidelity_draws(FidelityDraws(n, job["n_layers"], job["deep"], job["chunk"]), targets, rng)
    else:
        sizes = dict.fromkeys((depth_value(depth, n) for depth in job["depths"]), job["batch"])
        if n <= job["linear_up_to"]:
            sizes[n] = job["linear_batch"]
        batches = [fidelity_batches(depth, job["chunk"], sizes[depth], targets, rng) for depth in sorted(sizes)]
        found = pd.concat(batches, ignore_index=True)
    write_draws(found, output)
