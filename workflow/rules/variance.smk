# Draws over random parameters (the expensive rules), and the tables made of them.


def studies(kind):
    """Names of the studies of one kind."""
    return [name for name, study in STUDIES.items() if study["kind"] == kind]


def job_of(study):
    """A study's settings without what only says how many chunks there are."""
    return dict(
        seed=SEED,
        **{
            key: value
            for key, value in STUDIES[study].items()
            if key not in ("draws", "n_qubits")
        },
    )


def size_files(study, n):
    """Every chunk of draws of a study at one size, in order."""
    settings = STUDIES[study]
    return [
        f"{RUN}/draws/{study}/n{n}_c{c}.parquet"
        for c in range(settings["draws"] // settings["chunk"])
    ]


def chunk_files():
    """Every chunk of draws of every study."""
    return [
        path
        for name, study in STUDIES.items()
        for n in study["n_qubits"]
        for path in size_files(name, n)
    ]


def table_settings(study):
    """What the tables need to know of a study."""
    return {key: study[key] for key in ("kind", "ensemble", "batch") if key in study}


def listed_datasets(study):
    """Data sets that a study needs as lists of strings; studies of kind tensor have a formula for the cardinality set."""
    left_out = ("cardinality",) if study["kind"] == "tensor" else ()
    return [dataset for dataset in study["datasets"] if dataset not in left_out]


def study_targets(wildcards):
    return [
        target(dataset, wildcards.n)
        for dataset in listed_datasets(STUDIES[wildcards.study])
    ]


for study in STUDIES.values():
    need_targets(listed_datasets(study), study["n_qubits"])


rule line_draws:
    input:
        targets=study_targets,
        code=code("line_draws.py"),
    output:
        f"{RUN}/draws/{{study}}/n{{n}}_c{{chunk}}.parquet",
    log:
        f"{RUN}/logs/draws/{{study}}/n{{n}}_c{{chunk}}.log",
    benchmark:
        f"{RUN}/benchmarks/line_draws/{{study}}_n{{n}}_c{{chunk}}.tsv"
    wildcard_constraints:
        study=one_of(studies("line")),
        n=r"\d+",
        chunk=r"\d+",
    priority: 10
    resources:
        **asks(
            mem_mb=lambda wildcards: memory(int(wildcards.n)),
            runtime=lambda wildcards: draws_minutes(wildcards.study, int(wildcards.n)),
        ),
    params:
        job=lambda wildcards: job_of(wildcards.study),
    script:
        "../scripts/line_draws.py"


rule product_draws:
    input:
        targets=study_targets,
        code=code("product_draws.py"),
    output:
        f"{RUN}/draws/{{study}}/n{{n}}_c{{chunk}}.parquet",
    log:
        f"{RUN}/logs/draws/{{study}}/n{{n}}_c{{chunk}}.log",
    benchmark:
        f"{RUN}/benchmarks/product_draws/{{study}}_n{{n}}_c{{chunk}}.tsv"
    wildcard_constraints:
        study=one_of(studies("product")),
        n=r"\d+",
        chunk=r"\d+",
    priority: 10
    resources:
        **asks(runtime=BATCH_MINUTES),
    params:
        job=lambda wildcards: job_of(wildcards.study),
    script:
        "../scripts/product_draws.py"


rule product_shot_draws:
    input:
        targets=study_targets,
        code=code("product_shot_draws.py"),
    output:
        f"{RUN}/draws/{{study}}/n{{n}}_c{{chunk}}.parquet",
    log:
        f"{RUN}/logs/draws/{{study}}/n{{n}}_c{{chunk}}.log",
    benchmark:
        f"{RUN}/benchmarks/product_shot_draws/{{study}}_n{{n}}_c{{chunk}}.tsv"
    wildcard_constraints:
        study=one_of(studies("product_shots")),
        n=r"\d+",
        chunk=r"\d+",
    priority: 10
    resources:
        **asks(runtime=BATCH_MINUTES),
    params:
        job=lambda wildcards: job_of(wildcards.study),
    script:
        "../scripts/product_shot_draws.py"


def study_groups(study):
    """The sizes of each job of a chunk: one size a job, or all together where a job's start would cost more."""
    sizes = STUDIES[study]["n_qubits"]
    return [sizes] if STUDIES[study]["together"] else [[n] for n in sizes]


GROUPED = {
    "fidelity": "fidelity_draws",
    "fidelity_batches": "fidelity_draws",
    "tensor": "tensor_draws",
}
"""Scripts of the kinds whose jobs may hold several sizes."""

for name, sizes in [
    (name, sizes)
    for kind in GROUPED
    for name in studies(kind)
    for sizes in study_groups(name)
]:

    rule:
        name:
            f"draws_{name}_n" + "_".join(str(n) for n in sizes)
        input:
            targets=[
                target(dataset, n)
                for n in sizes
                for dataset in listed_datasets(STUDIES[name])
            ],
            code=code(f"{GROUPED[STUDIES[name]['kind']]}.py"),
        output:
            [f"{RUN}/draws/{name}/n{n}_c{{chunk}}.parquet" for n in sizes],
        log:
            f"{RUN}/logs/draws/{name}/n{sizes[0]}-{sizes[-1]}_c{{chunk}}.log",
        benchmark:
            f"{RUN}/benchmarks/{GROUPED[STUDIES[name]['kind']]}/{name}_n{sizes[0]}-{sizes[-1]}_c{{chunk}}.tsv"
        wildcard_constraints:
            chunk=r"\d+",
        priority: 10
        # Clusters only: a profile cannot name the rules of a loop one by one.
        group:
            "draws"
        resources:
            **(
                asks(
                    mem_mb=memory(max(sizes)),
                    runtime=draws_minutes(name, *sizes),
                )
                if STUDIES[name]["kind"] == "fidelity"
                else asks(mem_mb=memory(tables=200), runtime=BATCH_MINUTES)
            ),
        params:
            job=dict(
                study=name,
                n_qubits=sizes,
                **{
                    key: value
                    for key, value in job_of(name).items()
                    if key != "together"
                },
            ),
            # The path of a script is read when the job runs, when this loop is over.
            script=GROUPED[STUDIES[name]["kind"]],
        script:
            "../scripts/{params.script}.py"


rule variance:
    input:
        draws=chunk_files(),
        code=code("variance.py"),
    output:
        variance=f"{RUN}/variance.csv",
        fixed_points=f"{RUN}/fixed_points.csv",
        mass=f"{RUN}/training_mass.csv",
    log:
        f"{RUN}/logs/variance.log",
    benchmark:
        f"{RUN}/benchmarks/variance.tsv"
    resources:
        # 70 bytes a row of all draws.
        **asks(mem_mb=memory(tables=1e-4 * sum(rows_of(study) for study in STUDIES))),
    params:
        job=dict(
            parts=[
                dict(
                    name=name,
                    n_qubits=n,
                    files=size_files(name, n),
                    study=table_settings(study),
                )
                for name, study in STUDIES.items()
                for n in study["n_qubits"]
            ]
        ),
    script:
        "../scripts/variance.py"


rule scaling:
    input:
        variance=f"{RUN}/variance.csv",
        mass=f"{RUN}/training_mass.csv",
        code=code("scaling.py"),
    output:
        f"{RUN}/scaling.csv",
    log:
        f"{RUN}/logs/scaling.log",
    benchmark:
        f"{RUN}/benchmarks/scaling.tsv"
    resources:
        **asks(),
    script:
        "../scripts/scaling.py"


rule bodyness:
    input:
        code=code("bodyness.py"),
    output:
        f"{RUN}/bodyness.csv",
    log:
        f"{RUN}/logs/bodyness.log",
    benchmark:
        f"{RUN}/benchmarks/bodyness.tsv"
    resources:
        **asks(),
    params:
        job=dict(
            bandwidths=["0.01", "1", "10", "n/4", "n"], sizes=[2, 4, 6, 8, 10, 12, 14]
        ),
    script:
        "../scripts/bodyness.py"


EVIDENCE += [
    f"{name}.csv" for name in ("variance", "scaling", "fixed_points", "bodyness")
]
ARTIFACTS += chunk_files()
ARTIFACTS += [f"{RUN}/training_mass.csv"]
