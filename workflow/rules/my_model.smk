# Is my model trainable? Every entry of the configuration's ``models``: draws, tables, a figure, a page, a verdict.

from bornscape.planning.models import EVIDENCE as MODEL_EVIDENCE
from bornscape.planning.models import DRAWN, PICTURES, TABLES as MODEL_TABLES, Models

MODELS = Models(config.get("models", {}), RUN, SEED)


rule model_draws:
    input:
        images=lambda wildcards: MODELS.images(
            wildcards.model, sizes_of(wildcards.sizes)
        ),
        files=lambda wildcards: MODELS.named_files(wildcards.model),
    output:
        **{name: f"{RUN}/models/{{model}}/{name}/n{{sizes}}.parquet" for name in DRAWN},
    log:
        f"{RUN}/logs/models/{{model}}_n{{sizes}}.log",
    benchmark:
        f"{RUN}/benchmarks/model_draws/{{model}}_n{{sizes}}.tsv"
    wildcard_constraints:
        model=one_of(MODELS.entries),
        sizes=r"\d+(-\d+)*",
    priority: 10
    threads: lambda wildcards: MODELS.threads(wildcards.model, wildcards.sizes)
    resources:
        **asks(
            mem_mb=lambda wildcards: MODELS.memory(
                wildcards.model, sizes_of(wildcards.sizes)
            ),
            runtime=lambda wildcards: MODELS.minutes(
                wildcards.model, sizes_of(wildcards.sizes)
            ),
        ),
    params:
        job=lambda wildcards: MODELS.job(wildcards.model),
        code=code("model_draws.py"),
        # Kept beside the outputs but not among them: a rerun with more draws adds new chunks only.
        chunks=f"{RUN}/models/{{model}}/.chunks",
    script:
        "../scripts/model_draws.py"


rule model_report:
    input:
        unpack(lambda wildcards: MODELS.draw_files(wildcards.model)),
        template="workflow/report/model.html.jinja",
        style="workflow/report/page.css",
    output:
        **{name: f"{RUN}/models/{{model}}/{name}.csv" for name in MODEL_TABLES},
        **{
            name: [f"{RUN}/models/{{model}}/{path}" for path in paths]
            for name, paths in PICTURES.items()
        },
        row=f"{RUN}/models/{{model}}/row.csv",
        page=f"{RUN}/models/{{model}}/report.html",
    log:
        f"{RUN}/logs/models/{{model}}_report.log",
    benchmark:
        f"{RUN}/benchmarks/model_report/{{model}}.tsv"
    wildcard_constraints:
        model=one_of(MODELS.entries),
    resources:
        **asks(),
    params:
        job=lambda wildcards: dict(
            run=config["run"],
            model=wildcards.model,
            seed=SEED,
            settings=MODELS.settings[wildcards.model],
        ),
        code=code("model_report.py"),
    script:
        "../scripts/model_report.py"


rule models_table:
    input:
        rows=[MODELS.file(model, "row.csv") for model in MODELS.entries],
        laws=[MODELS.file(model, "laws.csv") for model in MODELS.entries],
    output:
        csv=f"{RUN}/models.csv",
        md=f"{RUN}/models.md",
        laws=f"{RUN}/model_laws.csv",
    log:
        f"{RUN}/logs/models_table.log",
    benchmark:
        f"{RUN}/benchmarks/models_table.tsv"
    resources:
        **asks(),
    params:
        job=dict(models=list(MODELS.entries)),
        code=code("models_table.py"),
    script:
        "../scripts/models_table.py"


rule model_claims:
    input:
        tables=[f"{RUN}/{name}" for name in MODEL_EVIDENCE],
    output:
        claims=f"{RUN}/model_claims.csv",
        controls=f"{RUN}/model_claim_controls.csv",
        counts=f"{RUN}/model_claims.json",
    log:
        f"{RUN}/logs/model_claims.log",
    benchmark:
        f"{RUN}/benchmarks/model_claims.tsv"
    resources:
        **asks(),
    params:
        claims=inert(MODELS.claims(CLAIMS)),
        job=dict(bandwidths={}),
        code=code("claims.py"),
        folder=RUN,
    script:
        "../scripts/claims.py"


rule my_model:
    input:
        lambda wildcards: MODELS.asked_for(CLAIMS),


ARTIFACTS += MODELS.artifacts(CLAIMS)
if MODELS.entries:
    EVIDENCE += [name.removesuffix(".csv") for name in MODEL_EVIDENCE]
