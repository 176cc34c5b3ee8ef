# Figures from tables; each with its CSV beside it. Which there are: config/results.yaml.

# With what the trainability table, the training runs and the data are shown by.
TABLES = [
    *EVIDENCE,
    *("training_final", "training_mass", "claims", "trainability_table"),
    *("data/jet_cuts", "data/jet_checks", "data/jet_spectrum"),
    *("data/shower_cuts", "data/shower_profile"),
    *("targets/jets_n16", "targets/showers_n16"),
]
SHOWN = Shown(CATALOGUE, frozenset(TABLES), config)
# Where Snakemake's own report finds them.
config["captions"] = SHOWN.captions()


def figure_files(name):
    """PNG, PDF and CSV of a figure."""
    return [f"{RUN}/figures/{name}.{ending}" for ending in ("png", "pdf", "csv")]


def labels(kind, name):
    """Labels of a figure or a notebook in Snakemake's report: the verdicts on what it shows."""
    results = SHOWN.results_with(kind, name)
    claims = [claim["claim"] for claim in CLAIMS if claim["result"] in results]
    return {kind: CATALOGUE.label(name), "verdicts": verdicts_in_words(RUN, claims)}


rule draw:
    input:
        tables=lambda wildcards: [
            f"{RUN}/{table}.csv" for table in SHOWN.figures[wildcards.figure].tables
        ],
    output:
        report(
            f"{RUN}/figures/{{figure}}.png",
            caption="../report/figure.rst",
            category="Figures",
            labels=lambda wildcards: labels("figure", wildcards.figure),
        ),
        *figure_files("{figure}")[1:],
    log:
        f"{RUN}/logs/draw/{{figure}}.log",
    benchmark:
        f"{RUN}/benchmarks/draw/{{figure}}.tsv"
    wildcard_constraints:
        figure=one_of(SHOWN.figures),
    group:
        "pages"
    resources:
        **asks(),
    params:
        job=lambda wildcards: dict(
            figure=wildcards.figure,
            settings=SHOWN.figures[wildcards.figure].settings(config),
        ),
        code=lambda wildcards: code(
            "figure.py", f"src/bornscape/figures/{wildcards.figure}.py"
        ),
    script:
        "../scripts/figure.py"


ARTIFACTS += [path for name in SHOWN.figures for path in figure_files(name)]
