from bornscape.joblog import log_to
from bornscape.notebooks import execute, to_html

log_to(snakemake.log[0], snakemake.rule)
parameters = {"results": "..", **snakemake.params.job["parameters"]}
execute(snakemake.input.notebook, snakemake.output.notebook, parameters, snakemake.log.live)
to_html(snakemake.output.notebook, snakemake.output.html)
