from bornscape.artifacts import write_draws
from bornscape.datasets import read_target
from bornscape.formulas import bandwidth_values, depth_value
from bornscape.run.job_log import log_to
from bornscape.seeds import generator
from bornscape.variance.tensor import UNLISTED, TensorDraws, tensor_draws

log_to(snakemake.log[0], snakemake.rule)
job, chunk = snakemake.params.job, int(snakemake.wildcards.chunk)
paths = iter(snakemake.input.targets)
for n, output in zip(job["n_qubits"], snakemake.output, strict=True):
    targets = {name: read_target(next(paths)) for name in job["datasets"] if name != UNLISTED}
    settings = TensorDraws(
        n_qubits=n,
        n_layers=[depth_value(depth, n) for depth in job["depths"]],
        draws=job["chunk"],
        samples=job["samples"],
        bandwidths={label: bandwidth_values(bandwidth, n)[0] for label, bandwidth in job["bandwidths"].items()},
    )
    rng = generator(job["seed"], job["study"], n, chunk)
    write_draws(tensor_draws(settings, job["datasets"], targets, rng), output)
