# Experiments beyond variances and training: every kind is a module of bornscape.experiments, run by the same two rules.


def experiment_sizes(experiment):
    """The sizes of each job of a chunk: one size a job, or all together where a job's start would cost more."""
    settings = EXPERIMENTS[experiment]
    sizes = settings["n_qubits"]
    return [sizes] if settings["together"] else [[n] for n in sizes]


def size_name(sizes):
    """How files name the sizes of a job."""
    return "n" + "-".join(str(n) for n in sizes)


def experiment_files(experiment):
    """What every job of an experiment measured."""
    return [
        f"{RUN}/measurements/{experiment}/{size_name(sizes)}_c{chunk}.parquet"
        for sizes in experiment_sizes(experiment)
        for chunk in range(EXPERIMENTS[experiment]["chunks"])
    ]


def experiment_settings(experiment):
    """An experiment's settings without what only says how many jobs there are."""
    left_out = ("n_qubits", "chunks", "together")
    return {
        key: value
        for key, value in EXPERIMENTS[experiment].items()
        if key not in left_out
    }


def sizes_of(wildcards):
    return [int(n) for n in wildcards.sizes.split("-")]


def experiment_code(script, experiment):
    """The modules behind a script and the experiment's kind, which it imports by name."""
    kind = f"src/bornscape/experiments/{EXPERIMENTS[experiment]['kind']}.py"
    return sorted({*code(script), kind, *modules_behind(kind)})


for name, settings in EXPERIMENTS.items():
    need_targets(settings.get("datasets", []), settings["n_qubits"])


rule measure:
    input:
        targets=lambda wildcards: [
            target(dataset, n)
            for n in sizes_of(wildcards)
            for dataset in EXPERIMENTS[wildcards.experiment].get("datasets", [])
        ],
        code=lambda wildcards: experiment_code("measure.py", wildcards.experiment),
    output:
        f"{RUN}/measurements/{{experiment}}/n{{sizes}}_c{{chunk}}.parquet",
    log:
        f"{RUN}/logs/measurements/{{experiment}}/n{{sizes}}_c{{chunk}}.log",
    benchmark:
        f"{RUN}/benchmarks/measure/{{experiment}}_n{{sizes}}_c{{chunk}}.tsv"
    wildcard_constraints:
        experiment=one_of(EXPERIMENTS),
        sizes=r"\d+(-\d+)*",
        chunk=r"\d+",
    priority: 10
    resources:
        **asks(
            mem_mb=experiment_memory,
            runtime=lambda wildcards: experiment_minutes(state_size(wildcards)),
        ),
    params:
        job=lambda wildcards: dict(
            seed=SEED,
            n_qubits=sizes_of(wildcards),
            settings=experiment_settings(wildcards.experiment),
        ),
    script:
        "../scripts/measure.py"


rule tabulate:
    input:
        parts=lambda wildcards: experiment_files(wildcards.experiment),
        code=lambda wildcards: experiment_code("tabulate.py", wildcards.experiment),
    output:
        f"{RUN}/{{experiment}}.csv",
    log:
        f"{RUN}/logs/tabulate/{{experiment}}.log",
    benchmark:
        f"{RUN}/benchmarks/tabulate/{{experiment}}.tsv"
    wildcard_constraints:
        experiment=one_of(EXPERIMENTS),
    resources:
        **asks(
            lambda wildcards: memory(
                tables=40 * EXPERIMENTS[wildcards.experiment]["chunks"]
            )
        ),
    params:
        job=lambda wildcards: dict(settings=experiment_settings(wildcards.experiment)),
    script:
        "../scripts/tabulate.py"


EVIDENCE += [f"{name}.csv" for name in EXPERIMENTS]
ARTIFACTS += [path for name in EXPERIMENTS for path in experiment_files(name)]
