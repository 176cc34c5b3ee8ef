# Draws over random parameters (the expensive rules), and the tables made of them.

from bornscape.planning.job_resources import threads_of
from bornscape.planning.shown import VARIANCE_TABLES
from bornscape.planning.studies import GROUPED, Studies

STUDIES = Studies(config["variance"], RUN, SEED)
NEEDED_TARGETS += STUDIES.needed_targets()


rule line_draws:
    input:
        targets=lambda wildcards: STUDIES.targets(wildcards.study, [wildcards.n]),
    output:
        f"{RUN}/draws/{{study}}/n{{n}}_c{{chunk}}.parquet",
    log:
        f"{RUN}/logs/draws/{{study}}/n{{n}}_c{{chunk}}.log",
    benchmark:
        f"{RUN}/benchmarks/line_draws/{{study}}_n{{n}}_c{{chunk}}.tsv"
    wildcard_constraints:
        study=one_of(STUDIES.of_kind("line")),
        n=r"\d+",
        chunk=r"\d+",
    priority: 10
    threads: lambda wildcards: threads_of(int(wildcards.n))
    resources:
        **asks(
            mem_mb=lambda wildcards: STUDIES.memory(
                wildcards.study, [int(wildcards.n)]
            ),
            runtime=lambda wildcards: STUDIES.minutes(
                wildcards.study, [int(wildcards.n)]
            ),
        ),
    params:
        job=lambda wildcards: STUDIES.job(wildcards.study),
        code=code("line_draws.py"),
    script:
        "../scripts/line_draws.py"


rule product_draws:
    input:
        targets=lambda wildcards: STUDIES.targets(wildcards.study, [wildcards.n]),
    output:
        f"{RUN}/draws/{{study}}/n{{n}}_c{{chunk}}.parquet",
    log:
        f"{RUN}/logs/draws/{{study}}/n{{n}}_c{{chunk}}.log",
    benchmark:
        f"{RUN}/benchmarks/product_draws/{{study}}_n{{n}}_c{{chunk}}.tsv"
    wildcard_constraints:
        study=one_of(STUDIES.of_kind("product")),
        n=r"\d+",
        chunk=r"\d+",
    priority: 10
    resources:
        **asks(
            runtime=lambda wildcards: STUDIES.minutes(
                wildcards.study, [int(wildcards.n)]
            ),
        ),
    params:
        job=lambda wildcards: STUDIES.job(wildcards.study),
        code=code("product_draws.py"),
    script:
        "../scripts/product_draws.py"


rule product_shot_draws:
    input:
        targets=lambda wildcards: STUDIES.targets(wildcards.study, [wildcards.n]),
    output:
        f"{RUN}/draws/{{study}}/n{{n}}_c{{chunk}}.parquet",
    log:
        f"{RUN}/logs/draws/{{study}}/n{{n}}_c{{chunk}}.log",
    benchmark:
        f"{RUN}/benchmarks/product_shot_draws/{{study}}_n{{n}}_c{{chunk}}.tsv"
    wildcard_constraints:
        study=one_of(STUDIES.of_kind("product_shots")),
        n=r"\d+",
        chunk=r"\d+",
    priority: 10
    resources:
        **asks(
            runtime=lambda wildcards: STUDIES.minutes(
                wildcards.study, [int(wildcards.n)]
            ),
        ),
    params:
        job=lambda wildcards: STUDIES.job(wildcards.study),
        code=code("product_shot_draws.py"),
    script:
        "../scripts/product_shot_draws.py"


# A rule a study and group of sizes: the outputs of a job are files of several sizes, which no wildcard can list.
for name, sizes in STUDIES.grouped_jobs():
    kind = STUDIES.entries[name]["kind"]

    rule:
        name:
            f"draws_{name}_n" + "_".join(str(n) for n in sizes)
        input:
            targets=STUDIES.targets(name, sizes),
        output:
            [f"{RUN}/draws/{name}/n{n}_c{{chunk}}.parquet" for n in sizes],
        log:
            f"{RUN}/logs/draws/{name}/n{sizes[0]}-{sizes[-1]}_c{{chunk}}.log",
        benchmark:
            f"{RUN}/benchmarks/{GROUPED[kind]}/{name}_n{sizes[0]}-{sizes[-1]}_c{{chunk}}.tsv"
        wildcard_constraints:
            chunk=r"\d+",
        priority: 10
        # Clusters only: a profile cannot name the rules of a loop one by one.
        group:
            "draws"
        resources:
            **asks(
                mem_mb=STUDIES.memory(name, sizes),
                runtime=STUDIES.minutes(name, sizes),
            ),
        params:
            job=dict(study=name, n_qubits=sizes, **STUDIES.job(name)),
            code=code(f"{GROUPED[kind]}.py"),
            # The path of a script is read when the job runs, when this loop is over.
            script=GROUPED[kind],
        script:
            "../scripts/{params.script}.py"


# A figure of one study needs that study's tables alone.
rule variance_of_study:
    input:
        draws=lambda wildcards: STUDIES.study_files(wildcards.study),
    output:
        variance=f"{RUN}/variance/{{study}}.csv",
        fixed_points=f"{RUN}/fixed_points/{{study}}.csv",
        mass=f"{RUN}/training_mass/{{study}}.csv",
    log:
        f"{RUN}/logs/variance_of_study/{{study}}.log",
    benchmark:
        f"{RUN}/benchmarks/variance_of_study/{{study}}.tsv"
    wildcard_constraints:
        study=one_of(STUDIES.entries),
    resources:
        # 70 bytes a row of all draws.
        **asks(
            mem_mb=lambda wildcards: memory(
                tables=1e-4 * STUDIES.rows(wildcards.study)
            ),
        ),
    params:
        job=lambda wildcards: dict(parts=STUDIES.table_parts(wildcards.study)),
        code=code("variance.py"),
    script:
        "../scripts/variance.py"


rule variance:
    input:
        [
            f"{RUN}/{table}/{study}.csv"
            for table in VARIANCE_TABLES
            for study in STUDIES.entries
        ],
    output:
        [f"{RUN}/{table}.csv" for table in VARIANCE_TABLES],
    log:
        f"{RUN}/logs/variance.log",
    benchmark:
        f"{RUN}/benchmarks/variance.tsv"
    resources:
        **asks(),
    params:
        code=code("join_tables.py"),
    script:
        "../scripts/join_tables.py"


rule scaling:
    input:
        variance=f"{RUN}/variance.csv",
        mass=f"{RUN}/training_mass.csv",
    output:
        f"{RUN}/scaling.csv",
    log:
        f"{RUN}/logs/scaling.log",
    benchmark:
        f"{RUN}/benchmarks/scaling.tsv"
    resources:
        **asks(),
    params:
        code=code("scaling.py"),
    script:
        "../scripts/scaling.py"


rule bodyness:
    output:
        f"{RUN}/bodyness.csv",
    log:
        f"{RUN}/logs/bodyness.log",
    benchmark:
        f"{RUN}/benchmarks/bodyness.tsv"
    resources:
        **asks(),
    params:
        job=config["bodyness"],
        code=code("bodyness.py"),
    script:
        "../scripts/bodyness.py"


EVIDENCE += ["variance", "scaling", "fixed_points", "bodyness"]
ARTIFACTS += STUDIES.files()
ARTIFACTS += [f"{RUN}/training_mass.csv"]
