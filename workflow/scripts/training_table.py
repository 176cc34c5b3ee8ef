import pandas as pd

from bornscape.artifacts import write_table
from bornscape.joblog import log_to
from bornscape.tables import gather_training

log_to(snakemake.log[0])
runs = snakemake.params.job["runs"]
curves = [pd.read_csv(path) for path in snakemake.input.curves]
finals = [pd.read_csv(path, dtype={"bitstring": str}) for path in snakemake.input.finals]
write_table(gather_training(runs, curves, ["epoch", "tvd"]), snakemake.output.training)
write_table(gather_training(runs, finals, ["bitstring", "target", "model"]), snakemake.output.final)
