import pandas as pd

from bornscape.artifacts import write_table
from bornscape.run.job_log import log_to
from bornscape.tables.columns import TRAINING_COLUMNS, TRAINING_FINAL_COLUMNS, TRAINING_SUMMARY_COLUMNS
from bornscape.tables.training import gather

log_to(snakemake.log[0], snakemake.rule)
gathered = (
    ("curves", TRAINING_COLUMNS, snakemake.output.training),
    ("finals", TRAINING_FINAL_COLUMNS, snakemake.output.final),
    ("summaries", TRAINING_SUMMARY_COLUMNS, snakemake.output.summary),
)
for name, columns, path in gathered:
    parts = [pd.read_csv(part, dtype={"bitstring": str, "shots": str}) for part in snakemake.input[name]]
    write_table(gather(parts, columns), path)
