from pathlib import Path

import pandas as pd

from bornscape.artifacts import read_draws, write_table, write_text
from bornscape.figures.look.style import save
from bornscape.my_model.figure import figure
from bornscape.my_model.tables import bodyness_table, extrapolation_table, law_table, size_table
from bornscape.my_model.verdicts import verdict_table
from bornscape.pages.model_page import model_rows, page
from bornscape.run.job_log import log_to

log_to(snakemake.log[0], snakemake.rule)
job = snakemake.params.job
settings = job["settings"]
draws = pd.concat([read_draws(path) for path in snakemake.input.draws], ignore_index=True)
spectra = pd.concat([read_draws(path) for path in snakemake.input.spectra], ignore_index=True)
states = draws.drop_duplicates("n_qubits").set_index("n_qubits")["precision"].to_dict()
sizes = size_table(settings, draws, states)
laws, extrapolation = law_table(settings, sizes), extrapolation_table(settings, sizes)
bodyness, verdicts = bodyness_table(settings, spectra), verdict_table(settings, sizes, laws)
tables = {"sizes": sizes, "laws": laws, "extrapolation": extrapolation, "bodyness": bodyness, "verdicts": verdicts}
for name, table in tables.items():
    write_table(table, snakemake.output[name])
write_table(model_rows(job["model"], settings, sizes, laws, extrapolation, verdicts), snakemake.output.row)
save(*figure(settings, sizes, extrapolation, bodyness), snakemake.output.figure)
template, picture = Path(snakemake.input.template), Path(snakemake.output.figure[0])
write_text(page(template, job["model"], job["run"], settings, tables, picture), snakemake.output.page)
