from pathlib import Path

from bornscape.run.job_log import log_to
from bornscape.run.manifest import manifest, write_manifest

log_to(snakemake.log[0], snakemake.rule)
write_manifest(manifest(Path(snakemake.params.folder), snakemake.params.job["config"]), Path(snakemake.output[0]))
