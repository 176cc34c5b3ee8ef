from bornscape.artifacts import write_draws
from bornscape.bitstrings.threads import use_threads
from bornscape.datasets import read_target
from bornscape.formulas import bandwidth_values, shots_values
from bornscape.run.job_log import log_to
from bornscape.seeds import generator
from bornscape.variance import LineDraws, line_draws

log_to(snakemake.log[0], snakemake.rule)
use_threads(snakemake.threads)
job, wildcards = snakemake.params.job, snakemake.wildcards
n = int(wildcards.n)
chunk = LineDraws(
    n_qubits=n,
    n_layers=job["n_layers"],
    deep=job["deep"],
    draws=job["chunk"],
    shots=shots_values(job["shots"], n),
    bandwidths={label: bandwidth_values(bandwidth, n) for label, bandwidth in job["bandwidths"].items()},
    epsilon=job["epsilon"],
)
targets = {name: read_target(path) for name, path in zip(job["datasets"], snakemake.input.targets, strict=True)}
rng = generator(job["seed"], wildcards.study, n, int(wildcards.chunk))
write_draws(line_draws(chunk, targets, rng), snakemake.output[0])
