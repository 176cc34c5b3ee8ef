# Experiments beyond variances and training: every kind is a module of bornscape.experiments, run by the same two rules.

from bornscape.planning.experiments import Experiments, sizes_of

EXPERIMENTS = Experiments(config["experiments"], RUN, SEED)
NEEDED_TARGETS += EXPERIMENTS.needed_targets()


rule measure:
    input:
        targets=lambda wildcards: EXPERIMENTS.targets(
            wildcards.experiment, sizes_of(wildcards.sizes)
        ),
    output:
        f"{RUN}/measurements/{{experiment}}/n{{sizes}}_c{{chunk}}.parquet",
    log:
        f"{RUN}/logs/measurements/{{experiment}}/n{{sizes}}_c{{chunk}}.log",
    benchmark:
        f"{RUN}/benchmarks/measure/{{experiment}}_n{{sizes}}_c{{chunk}}.tsv"
    wildcard_constraints:
        experiment=one_of(EXPERIMENTS.entries),
        sizes=r"\d+(-\d+)*",
        chunk=r"\d+",
    priority: 10
    resources:
        **asks(
            mem_mb=lambda wildcards: EXPERIMENTS.memory(
                wildcards.experiment, sizes_of(wildcards.sizes)
            ),
            runtime=lambda wildcards: EXPERIMENTS.minutes(
                wildcards.experiment, sizes_of(wildcards.sizes)
            ),
        ),
    params:
        job=lambda wildcards: EXPERIMENTS.job(
            wildcards.experiment, sizes_of(wildcards.sizes)
        ),
        code=lambda wildcards: code(
            "measure.py", EXPERIMENTS.kind_file(wildcards.experiment)
        ),
    script:
        "../scripts/measure.py"


rule tabulate:
    input:
        parts=lambda wildcards: EXPERIMENTS.files(wildcards.experiment),
    output:
        f"{RUN}/{{experiment}}.csv",
    log:
        f"{RUN}/logs/tabulate/{{experiment}}.log",
    benchmark:
        f"{RUN}/benchmarks/tabulate/{{experiment}}.tsv"
    wildcard_constraints:
        experiment=one_of(EXPERIMENTS.entries),
    resources:
        **asks(lambda wildcards: EXPERIMENTS.table_memory(wildcards.experiment)),
    params:
        job=lambda wildcards: dict(settings=EXPERIMENTS.settings(wildcards.experiment)),
        code=lambda wildcards: code(
            "tabulate.py", EXPERIMENTS.kind_file(wildcards.experiment)
        ),
    script:
        "../scripts/tabulate.py"


EVIDENCE += EXPERIMENTS.entries
ARTIFACTS += [path for name in EXPERIMENTS.entries for path in EXPERIMENTS.files(name)]
