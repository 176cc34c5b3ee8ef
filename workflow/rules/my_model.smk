# Is my model trainable? Every entry of the configuration's ``models``: draws, tables, a figure, a page, a verdict.

import csv

from bornscape.configuration.my_model import preflight
from bornscape.my_model.settings import complete, named_files, size_groups

MODELS = {
    name: complete(settings) for name, settings in config.get("models", {}).items()
}

# Jobs read this file again; only the run itself has to try what the models name.
if workflow.is_main_process:
    try:
        preflight(config, config_sources())
    except ConfigurationError as error:
        raise SystemExit(f"Error: {error}") from None


def model_file(model, name):
    """Path of a model's artifact."""
    return f"{RUN}/models/{model}/{name}"


def model_draw_files(model):
    """What every job of a model drew."""
    return [
        model_file(model, f"draws/n{'-'.join(str(n) for n in sizes)}.parquet")
        for sizes in size_groups(MODELS[model]["sizes"])
    ]


def model_images(wildcards):
    """Images that the workflow makes, where a model's data are one of those sets."""
    name = MODELS[wildcards.model]["data"].get("set")
    sizes = [int(n) for n in wildcards.sizes.split("-")]
    return [target(name, n) for n in sizes] if name in ("jets", "showers") else []


MODEL_TABLES = ("sizes", "laws", "extrapolation", "bodyness", "verdicts")
MODEL_PAGES = ("figure.png", "figure.pdf", "figure.csv", "report.html")


rule model_draws:
    input:
        images=model_images,
        files=lambda wildcards: named_files(MODELS[wildcards.model]),
        code=code("model_draws.py"),
    output:
        draws=f"{RUN}/models/{{model}}/draws/n{{sizes}}.parquet",
        spectra=f"{RUN}/models/{{model}}/spectra/n{{sizes}}.parquet",
    log:
        f"{RUN}/logs/models/{{model}}_n{{sizes}}.log",
    benchmark:
        f"{RUN}/benchmarks/model_draws/{{model}}_n{{sizes}}.tsv"
    wildcard_constraints:
        model=one_of(MODELS),
        sizes=r"\d+(-\d+)*",
    priority: 10
    resources:
        **asks(
            mem_mb=lambda wildcards: memory(int(wildcards.sizes.split("-")[-1])),
            runtime=lambda wildcards: experiment_minutes(
                int(wildcards.sizes.split("-")[-1])
            ),
        ),
    params:
        job=lambda wildcards: dict(seed=SEED, settings=MODELS[wildcards.model]),
        # Kept beside the outputs but not among them: a rerun with more draws adds new chunks only.
        chunks=f"{RUN}/models/{{model}}/.chunks",
    script:
        "../scripts/model_draws.py"


rule model_report:
    input:
        draws=lambda wildcards: model_draw_files(wildcards.model),
        spectra=lambda wildcards: [
            path.replace("/draws/", "/spectra/")
            for path in model_draw_files(wildcards.model)
        ],
        template="workflow/report/model.html.jinja",
        style="workflow/report/page.css",
        code=code("model_report.py"),
    output:
        **{name: f"{RUN}/models/{{model}}/{name}.csv" for name in MODEL_TABLES},
        row=f"{RUN}/models/{{model}}/row.csv",
        figure=[f"{RUN}/models/{{model}}/{name}" for name in MODEL_PAGES[:3]],
        page=f"{RUN}/models/{{model}}/report.html",
    log:
        f"{RUN}/logs/models/{{model}}_report.log",
    benchmark:
        f"{RUN}/benchmarks/model_report/{{model}}.tsv"
    wildcard_constraints:
        model=one_of(MODELS),
    resources:
        **asks(),
    params:
        job=lambda wildcards: dict(
            run=config["run"],
            model=wildcards.model,
            settings=MODELS[wildcards.model],
        ),
    script:
        "../scripts/model_report.py"


MODEL_CLAIMS = [
    claim
    for claim in CLAIMS
    if all(name in ("models.csv", "model_laws.csv") for name in claim["evidence"])
]
"""Claims about models alone: they can be judged without the rest of the reproduction."""


rule models_table:
    input:
        rows=[model_file(model, "row.csv") for model in MODELS],
        laws=[model_file(model, "laws.csv") for model in MODELS],
        code=code("models_table.py"),
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
        job=dict(models=list(MODELS)),
    script:
        "../scripts/models_table.py"


rule model_claims:
    input:
        tables=[f"{RUN}/models.csv", f"{RUN}/model_laws.csv"],
        code=code("claims.py"),
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
        job=dict(claims=MODEL_CLAIMS),
        folder=RUN,
    script:
        "../scripts/claims.py"


MODEL_ARTIFACTS = (
    [
        model_file(model, name)
        for model in MODELS
        for name in (
            *(f"{table}.csv" for table in (*MODEL_TABLES, "row")),
            *MODEL_PAGES,
        )
    ]
    + [f"{RUN}/models.csv", f"{RUN}/models.md", f"{RUN}/model_laws.csv"]
    + ([f"{RUN}/model_claims.csv"] if MODEL_CLAIMS else [])
    if MODELS
    else []
)


rule my_model:
    input:
        MODEL_ARTIFACTS,


ARTIFACTS += MODEL_ARTIFACTS
if MODELS:
    EVIDENCE += ["models.csv", "model_laws.csv"]


def print_models():
    """The verdicts, and where the pages are, when the run is over."""
    table = Path(RUN, "models.csv")
    if not (MODELS and table.is_file()):
        return
    with open(table, encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        print(f"  {row['model']}, {row['loss']}: {row['verdict']}, {row['reason']}")
    print(f"\n  table     {RUN}/models.md")
    for model in MODELS:
        print(f"  page      {model_file(model, 'report.html')}")
    print()
