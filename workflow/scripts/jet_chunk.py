from bornscape.artifacts import write_draws
from bornscape.datasets.jets import JetSettings, generate_jets
from bornscape.run.job_log import log_to
from bornscape.seeds import small_seed

log_to(snakemake.log[0], snakemake.rule)
job = snakemake.params.job
settings = JetSettings(
    radius=job["radius"],
    check_radii=tuple(job["check_radii"]),
    **{name: job[name] for name in ("pt_min", "pt_max", "pthat_min", "pthat_max")},
)
sample = generate_jets(settings, job["chunk"], small_seed(job["seed"], "jets", int(snakemake.wildcards.chunk)))
write_draws(sample.constituents, snakemake.output.constituents)
write_draws(sample.jets, snakemake.output.jets)
