from pathlib import Path

import pandas as pd

from bornscape.artifacts import read_draws, write_table, write_text
from bornscape.figures.look.style import save
from bornscape.my_model.figure import figure
from bornscape.my_model.report import model_tables
from bornscape.pages.model_page import model_rows, page
from bornscape.run.job_log import log_to

log_to(snakemake.log[0], snakemake.rule)
job = snakemake.params.job
settings = job["settings"]
draws = pd.concat([read_draws(path) for path in snakemake.input.draws], ignore_index=True)
spectra = pd.concat([read_draws(path) for path in snakemake.input.spectra], ignore_index=True)
tables = model_tables(settings, draws, spectra, job["seed"], job["model"])
for name, table in tables.items():
    write_table(table, snakemake.output[name])
rows = model_rows(job["model"], settings, *(tables[name] for name in ("sizes", "laws", "extrapolation", "verdicts")))
write_table(rows, snakemake.output.row)
save(*figure(settings, *(tables[name] for name in ("sizes", "extrapolation", "bodyness"))), snakemake.output.figure)
template, picture = Path(snakemake.input.template), Path(snakemake.output.figure[0])
write_text(page(template, job["model"], job["run"], settings, tables, picture), snakemake.output.page)
