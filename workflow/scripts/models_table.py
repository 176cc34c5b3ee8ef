import pandas as pd

from bornscape.artifacts import write_table, write_text
from bornscape.pages.model_page import as_markdown
from bornscape.run.job_log import log_to

log_to(snakemake.log[0], snakemake.rule)
models = snakemake.params.job["models"]
rows = pd.concat([pd.read_csv(path) for path in snakemake.input.rows], ignore_index=True)
laws = pd.concat(
    [pd.read_csv(path).assign(model=name) for name, path in zip(models, snakemake.input.laws, strict=True)]
)
write_table(rows, snakemake.output.csv)
write_table(laws[["model", *(name for name in laws.columns if name != "model")]], snakemake.output.laws)
write_text(as_markdown(rows), snakemake.output.md)
