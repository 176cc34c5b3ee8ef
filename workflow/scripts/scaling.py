import pandas as pd

from bornscape.artifacts import write_table
from bornscape.run.job_log import log_to
from bornscape.tables.scaling import scaling_table

log_to(snakemake.log[0], snakemake.rule)
tables = [pd.read_csv(path, dtype={"bandwidth": str}) for path in (snakemake.input.variance, snakemake.input.mass)]
write_table(scaling_table(*tables), snakemake.output[0])
