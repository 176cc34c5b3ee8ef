import json

from bornscape.pages.notebooks import execute, to_html
from bornscape.run.copied_kernel import CopiedKernel
from bornscape.run.job_log import log_to

log_to(snakemake.log[0], snakemake.rule)
job = snakemake.params.job
parameters = {"results": "..", "captions": json.loads(job["captions"]), **job["parameters"]}
execute(snakemake.input.notebook, snakemake.output.notebook, parameters, snakemake.log.live, CopiedKernel)
to_html(snakemake.output.notebook, snakemake.output.html)
