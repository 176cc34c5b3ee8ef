from bornscape.artifacts import write_draws
from bornscape.datasets import read_target
from bornscape.formulas import bandwidth_values, shots_values
from bornscape.run.job_log import log_to
from bornscape.seeds import generator
from bornscape.variance import product_shot_draws

log_to(snakemake.log[0], snakemake.rule)
job, wildcards = snakemake.params.job, snakemake.wildcards
n = int(wildcards.n)
draws = product_shot_draws(
    n_qubits=n,
    draws=job["chunk"],
    shots=shots_values(job["shots"], n),
    ensemble=job["ensemble"],
    bandwidths={label: bandwidth_values(bandwidth, n) for label, bandwidth in job["bandwidths"].items()},
    targets={name: read_target(path) for name, path in zip(job["datasets"], snakemake.input.targets, strict=True)},
    epsilon=job["epsilon"],
    rng=generator(job["seed"], wildcards.study, n, int(wildcards.chunk)),
)
write_draws(draws, snakemake.output[0])
