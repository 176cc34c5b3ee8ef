# The whole reproduction of arXiv:2305.02881, and its targets. Start reading here.
#
#   snakemake --cores N                     everything, at the default scale
#   snakemake --cores N fig_7               one figure
#   snakemake --cores N theorem_2           one result's evidence
#   snakemake --cores N trainability_table | claims | verify | report
#   snakemake --cores N my_model --configfile examples/iqp.yaml     is my own model trainable?
#   snakemake --cores N --configfile config/smoke.yaml

from snakemake.utils import min_version

min_version("9.10")


include: "workflow/rules/checkout.smk"


configfile: "config/config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/variance.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/experiments.smk"
# After the stages that say which targets they need.
include: "workflow/rules/data.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/my_model.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/notebooks.smk"
include: "workflow/rules/results.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        f"{RUN}/manifest.json",
        ARTIFACTS,


# For "did you mean".
TARGETS += [rule.name for rule in workflow.rules if not rule.has_wildcards()]


# Not when this file is read: it is not known then whether this is a dry run, which may be made beside a run.
onstart:
    RUN_LOCK.append(hold_run(".snakemake/run.lock"))
    check_writable(RUN)
    # The progress line reckons with each job.
    PLANNED.update(planned_jobs(workflow.dag, config["run"]))
    # Jobs of a cluster start on other machines.
    if workflow.local_exec:
        fork_jobs(scripts_of(workflow.dag), PYTHON)


onsuccess:
    # Through the logger, and not print: what it writes is in order, and nobody has to read it.
    pages = [MODELS.file(m, "report.html") for m in MODELS.entries]
    for summary in (run_summary(RUN), models_summary(RUN, pages)):
        if summary:
            logger.info(summary)
