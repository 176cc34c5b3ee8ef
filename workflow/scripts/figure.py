from importlib import import_module
from io import StringIO

import pandas as pd

from bornscape.artifacts import joined
from bornscape.figures.look.style import save
from bornscape.run.job_log import log_to

log_to(snakemake.log[0], snakemake.rule)
job = snakemake.params.job
drawn = import_module(f"bornscape.figures.{job['figure']}")
text = {"bandwidth": str, "bitstring": str}
tables = {name: pd.read_csv(StringIO(joined(files)), dtype=text) for name, files in job["tables"].items()}
save(*drawn.figure(**tables, **job["settings"]), snakemake.output)
