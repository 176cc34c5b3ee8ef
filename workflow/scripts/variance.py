import pandas as pd

from bornscape.artifacts import read_draws, write_table
from bornscape.run.job_log import log_to
from bornscape.tables.columns import FIXED_POINT_COLUMNS, MASS_COLUMNS, VARIANCE_COLUMNS
from bornscape.tables.variance import fixed_point_rows, groups_of, mass_rows, tidy, variance_rows

log_to(snakemake.log[0], snakemake.rule)
variances, fixed_points, masses = [], [], []
for part in snakemake.params.job["parts"]:
    name, study, n = part["name"], part["study"], part["n_qubits"]
    # Chunks number their draws from 0 each; the order of chunks is that of the file list.
    groups = groups_of(pd.concat([read_draws(path) for path in part["files"]], ignore_index=True))
    variances += variance_rows(name, study, n, groups)
    fixed_points += fixed_point_rows(name, study, n, groups)
    masses += mass_rows(name, study, n, groups)
write_table(tidy(variances, VARIANCE_COLUMNS), snakemake.output.variance)
write_table(tidy(fixed_points, FIXED_POINT_COLUMNS), snakemake.output.fixed_points)
write_table(tidy(masses, MASS_COLUMNS), snakemake.output.mass)
