# Training runs: one repetition is one job, of one loss or, where a run is shorter than a job's start, of all.

from bornscape.planning.shown import TRAINING_TABLES
from bornscape.planning.trainings import PARTS, Trainings

TRAININGS = Trainings(config["training"], RUN, SEED)
NEEDED_TARGETS += TRAININGS.needed_targets()


rule train:
    input:
        target=lambda wildcards: TRAININGS.target(wildcards.training, wildcards.cell),
    output:
        curves=f"{RUN}/training/{{training}}/{{cell}}_curves.csv",
        finals=f"{RUN}/training/{{training}}/{{cell}}_finals.csv",
        summary=f"{RUN}/training/{{training}}/{{cell}}_summary.csv",
    log:
        f"{RUN}/logs/training/{{training}}/{{cell}}.log",
    benchmark:
        f"{RUN}/benchmarks/train/{{training}}_{{cell}}.tsv"
    wildcard_constraints:
        training=one_of(TRAININGS.entries),
        cell=one_of(TRAININGS.cell_names),
    priority: 20
    resources:
        **asks(
            mem_mb=lambda wildcards: TRAININGS.memory(
                wildcards.training, wildcards.cell
            ),
            runtime=lambda wildcards: TRAININGS.minutes(
                wildcards.training, wildcards.cell
            ),
        ),
    params:
        job=lambda wildcards: TRAININGS.job(wildcards.training, wildcards.cell),
        code=code("train.py"),
        # Kept beside the outputs but not among them: Snakemake deletes the outputs of a job that was cut off.
        checkpoints=f"{RUN}/training/{{training}}/.{{cell}}",
    script:
        "../scripts/train.py"


# A figure of one entry needs that entry's tables alone.
rule training_of_entry:
    input:
        curves=lambda wildcards: TRAININGS.entry_files(wildcards.training, "curves"),
        finals=lambda wildcards: TRAININGS.entry_files(wildcards.training, "finals"),
        summaries=lambda wildcards: TRAININGS.entry_files(wildcards.training, "summary"),
    output:
        training=f"{RUN}/training/{{training}}.csv",
        final=f"{RUN}/training_final/{{training}}.csv",
        summary=f"{RUN}/training_summary/{{training}}.csv",
    log:
        f"{RUN}/logs/training_of_entry/{{training}}.log",
    benchmark:
        f"{RUN}/benchmarks/training_of_entry/{{training}}.tsv"
    wildcard_constraints:
        training=one_of(TRAININGS.entries),
    resources:
        **asks(mem_mb=memory(tables=100)),
    params:
        code=code("training_table.py"),
    script:
        "../scripts/training_table.py"


rule training_table:
    input:
        [
            f"{RUN}/{table}/{training}.csv"
            for table in TRAINING_TABLES
            for training in TRAININGS.entries
        ],
    output:
        [f"{RUN}/{table}.csv" for table in TRAINING_TABLES],
    log:
        f"{RUN}/logs/training_table.log",
    benchmark:
        f"{RUN}/benchmarks/training_table.tsv"
    resources:
        **asks(mem_mb=memory(tables=100)),
    params:
        code=code("join_tables.py"),
    script:
        "../scripts/join_tables.py"


EVIDENCE += ["training", "training_summary"]
ARTIFACTS += [path for part in PARTS for path in TRAININGS.files(part)]
ARTIFACTS += [f"{RUN}/training_final.csv"]
