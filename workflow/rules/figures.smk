# Figures from tables; each with its CSV beside it. Which there are: config/results.yaml.

# With what the trainability table, the training runs and the data are shown by.
TABLES = [
    *EVIDENCE,
    *("training_final", "training_mass", "claims", "trainability_table"),
    *("data/jet_cuts", "data/jet_checks", "data/jet_spectrum"),
    *("data/shower_cuts", "data/shower_profile"),
    *("targets/jets_n16", "targets/showers_n16"),
]
SHOWN = Shown(CATALOGUE, frozenset(TABLES), config, RUN)
# Where Snakemake's own report finds them.
config["captions"] = SHOWN.captions


rule draw:
    input:
        tables=lambda wildcards: [
            path
            for files in SHOWN.parts(SHOWN.figures[wildcards.figure]).values()
            for path in files
        ],
    output:
        report(
            f"{RUN}/figures/{{figure}}.png",
            caption="../report/figure.rst",
            category="Figures",
            labels=lambda wildcards: SHOWN.labels("figure", wildcards.figure, CLAIMS),
        ),
        *SHOWN.figure_files("{figure}")[1:],
    log:
        f"{RUN}/logs/draw/{{figure}}.log",
    benchmark:
        f"{RUN}/benchmarks/draw/{{figure}}.tsv"
    wildcard_constraints:
        figure=one_of(SHOWN.figures),
    # After the claims' register, beside which there is nothing else to do.
    priority: -10
    resources:
        **asks(),
    params:
        job=lambda wildcards: dict(
            figure=wildcards.figure,
            tables=SHOWN.parts(SHOWN.figures[wildcards.figure]),
            settings=SHOWN.figures[wildcards.figure].settings(config),
        ),
        code=lambda wildcards: code(
            "figure.py", f"src/bornscape/figures/{wildcards.figure}.py"
        ),
    script:
        "../scripts/figure.py"


ARTIFACTS += SHOWN.artifacts()
