import pandas as pd

from bornscape.figures.fig_10 import figure
from bornscape.figures.style import save
from bornscape.hep.images import GRIDS
from bornscape.joblog import log_to

log_to(snakemake.log[0])
experiment = snakemake.params.job["experiment"]
training = pd.read_csv(snakemake.input.training)
final = pd.read_csv(snakemake.input.final, dtype={"bitstring": str})
training, final = (table[table["experiment"] == experiment] for table in (training, final))
save(*figure(training, final, GRIDS[training["n_qubits"].iloc[0]]), snakemake.output)
