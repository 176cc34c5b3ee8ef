from importlib import import_module
from pathlib import Path

import pandas as pd

from bornscape.figures.look.style import save
from bornscape.run.job_log import log_to

log_to(snakemake.log[0], snakemake.rule)
job = snakemake.params.job
drawn = import_module(f"bornscape.figures.{job['figure']}")
text = {"bandwidth": str, "bitstring": str}
tables = {Path(path).stem: pd.read_csv(path, dtype=text) for path in snakemake.input.tables}
save(*drawn.figure(**tables, **job["settings"]), snakemake.output)
