import pandas as pd

from bornscape.artifacts import read_draws, write_table
from bornscape.experiments import experiment_of
from bornscape.run.job_log import log_to

log_to(snakemake.log[0], snakemake.rule)
settings = snakemake.params.job["settings"]
rows = pd.concat([read_draws(path) for path in snakemake.input.parts], ignore_index=True)
write_table(experiment_of(settings["kind"]).table(rows, settings), snakemake.output[0])
