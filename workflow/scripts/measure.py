import pandas as pd

from bornscape.artifacts import write_draws
from bornscape.datasets import read_target
from bornscape.datasets.sizes import named_at
from bornscape.experiments import experiment_of
from bornscape.run.job_log import log_to
from bornscape.seeds import generator

log_to(snakemake.log[0], snakemake.rule)
job, wildcards = snakemake.params.job, snakemake.wildcards
settings, chunk = job["settings"], int(wildcards.chunk)
measure = experiment_of(settings["kind"]).measure
paths = iter(snakemake.input.targets)
parts = []
for n in job["n_qubits"]:
    targets = {name: read_target(next(paths)) for name in named_at(settings.get("datasets", []), n)}
    rng = generator(job["seed"], wildcards.experiment, n, chunk)
    parts.append(measure(n, settings, targets, rng).assign(n_qubits=n, chunk=chunk))
write_draws(pd.concat(parts, ignore_index=True), snakemake.output[0])
