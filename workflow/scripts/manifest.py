from pathlib import Path

from bornscape.artifacts import write_json
from bornscape.run.job_log import log_to
from bornscape.run.manifest import manifest

log_to(snakemake.log[0], snakemake.rule)
write_json(manifest(Path(snakemake.params.folder), snakemake.params.job["config"]), snakemake.output[0])
