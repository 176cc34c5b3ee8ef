# Training runs: one repetition of one loss is one job.


def training_files(pattern):
    """Paths of a pattern with {training}, {loss} and {repetition}, for every run."""
    return [
        pattern.format(training=name, loss=loss, repetition=repetition)
        for name, settings in TRAININGS.items()
        for loss in settings["losses"]
        for repetition in range(settings["repetitions"])
    ]


def training_job(wildcards):
    """A run's settings without the number of repetitions: asking for more must not repeat the others."""
    settings = TRAININGS[wildcards.training]
    kept = {
        key: value
        for key, value in settings.items()
        if key not in ("repetitions", "losses")
    }
    return dict(seed=SEED, loss=settings["losses"][wildcards.loss], **kept)


def training_target(wildcards):
    settings = TRAININGS[wildcards.training]
    return target(settings["dataset"], settings["n_qubits"])


def training_runs():
    """What each run is, in the order of ``training_files``: the columns that lead its rows in the tables."""
    shared = ("dataset", "n_qubits", "n_layers", "shots")
    return [
        dict(
            experiment=name,
            loss=loss,
            repetition=repetition,
            **{key: settings[key] for key in shared},
        )
        for name, settings in TRAININGS.items()
        for loss in settings["losses"]
        for repetition in range(settings["repetitions"])
    ]


for training in TRAININGS.values():
    need_targets([training["dataset"]], [training["n_qubits"]])


rule train:
    input:
        target=training_target,
        code=code("train.py"),
    output:
        curve=f"{RUN}/training/{{training}}/{{loss}}_r{{repetition}}.csv",
        final=f"{RUN}/training/{{training}}/{{loss}}_r{{repetition}}_final.csv",
    log:
        f"{RUN}/logs/training/{{training}}/{{loss}}_r{{repetition}}.log",
    benchmark:
        f"{RUN}/benchmarks/train/{{training}}_{{loss}}_r{{repetition}}.tsv"
    wildcard_constraints:
        training=one_of(TRAININGS),
        loss=one_of(
            {loss for settings in TRAININGS.values() for loss in settings["losses"]}
        ),
        repetition=r"\d+",
    priority: 20
    resources:
        mem_mb=800,
    params:
        job=training_job,
        # Kept beside the outputs but not one of them: Snakemake deletes the outputs of a job that was cut off.
        checkpoint=f"{RUN}/training/{{training}}/.{{loss}}_r{{repetition}}.checkpoint.npz",
    script:
        "../scripts/train.py"


rule training_table:
    input:
        curves=training_files(
            f"{RUN}/training/{{training}}/{{loss}}_r{{repetition}}.csv"
        ),
        finals=training_files(
            f"{RUN}/training/{{training}}/{{loss}}_r{{repetition}}_final.csv"
        ),
        code=code("training_table.py"),
    output:
        training=f"{RUN}/training.csv",
        final=f"{RUN}/training_final.csv",
    log:
        f"{RUN}/logs/training_table.log",
    benchmark:
        f"{RUN}/benchmarks/training_table.tsv"
    params:
        job=dict(runs=training_runs()),
    script:
        "../scripts/training_table.py"


EVIDENCE += ["training.csv"]
ARTIFACTS += training_files(f"{RUN}/training/{{training}}/{{loss}}_r{{repetition}}.csv")
ARTIFACTS += [f"{RUN}/training_final.csv"]
