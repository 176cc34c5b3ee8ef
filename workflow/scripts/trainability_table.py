import pandas as pd

from bornscape.artifacts import write_table, write_text
from bornscape.pages.documents.wording import wrapped
from bornscape.run.job_log import log_to
from bornscape.tables.trainability import as_html, as_markdown, trainability_table

log_to(snakemake.log[0], snakemake.rule)
scaling = pd.read_csv(snakemake.input.scaling, dtype={"bandwidth": str})
fixed_points = pd.read_csv(snakemake.input.fixed_points)
variance = pd.read_csv(snakemake.input.variance, dtype={"bandwidth": str})
table = trainability_table(scaling, fixed_points, variance, snakemake.params.job["rests_on"])
write_table(table, snakemake.output.csv)
write_text(wrapped(as_markdown(table)), snakemake.output.md)
write_text(as_html(table), snakemake.output.html)
