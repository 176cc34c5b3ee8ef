from pathlib import Path

from bornscape.artifacts import read_draws, write_table, write_text
from bornscape.figures.look.style import save
from bornscape.my_model.figure import figure
from bornscape.my_model.jobs import Drawn, together
from bornscape.my_model.parameter_figure import parameter_figure
from bornscape.my_model.parameter_table import listed
from bornscape.my_model.report import model_tables
from bornscape.pages.model_page import model_rows, page
from bornscape.run.job_log import log_to

log_to(snakemake.log[0], snakemake.rule)
job = snakemake.params.job
settings = job["settings"]
drawn = [[read_draws(path) for path in snakemake.input[name]] for name in Drawn._fields]
tables = model_tables(
    settings, together([Drawn(*parts) for parts in zip(*drawn, strict=True)]), job["seed"], job["model"]
)
for name, table in (tables | {"parameters": listed(tables["parameters"])}).items():
    write_table(table, snakemake.output[name])
rows = model_rows(job["model"], settings, *(tables[name] for name in ("sizes", "laws", "extrapolation", "verdicts")))
write_table(rows, snakemake.output.row)
shown = (tables[name] for name in ("sizes", "extrapolation", "bodyness", "path"))
save(*figure(settings, *shown), snakemake.output.figure)
save(*parameter_figure(settings, tables["parameters"]), snakemake.output.by_parameter)
pictures = {name: Path(snakemake.output[name][0]) for name in ("figure", "by_parameter")}
template = Path(snakemake.input.template)
write_text(page(template, job["model"], job["run"], settings, tables, pictures), snakemake.output.page)
