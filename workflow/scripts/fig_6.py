import pandas as pd

from bornscape.figures.fig_6 import figure
from bornscape.figures.style import save
from bornscape.joblog import log_to

log_to(snakemake.log[0])
variance = pd.read_csv(snakemake.input.variance, dtype={"bandwidth": str})
save(*figure(variance), snakemake.output)
