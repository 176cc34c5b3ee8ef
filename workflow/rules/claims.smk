# Verdicts: the claims register, and the trainability table.


rule claims_register:
    input:
        tables=[f"{RUN}/{name}.csv" for name in EVIDENCE],
        # The closed forms are evaluated on the targets themselves.
        targets=SYNTHETIC_TARGETS,
    output:
        claims=report(
            f"{RUN}/claims.csv",
            caption="../report/claims.rst",
            category="Verdicts",
            labels=lambda wildcards: {
                "table": "claims",
                "verdicts": verdicts_in_words(
                    RUN, [claim["claim"] for claim in CLAIMS]
                ),
            },
        ),
        controls=f"{RUN}/claim_controls.csv",
        counts=f"{RUN}/claims.json",
    log:
        f"{RUN}/logs/claims.log",
    benchmark:
        f"{RUN}/benchmarks/claims_register.tsv"
    resources:
        **asks(),
    params:
        claims=inert(CLAIMS),
        job=dict(bandwidths=bandwidths_of(config)),
        code=code("claims.py"),
        folder=RUN,
    script:
        "../scripts/claims.py"


rule table:
    input:
        scaling=f"{RUN}/scaling.csv",
        fixed_points=f"{RUN}/fixed_points.csv",
        variance=f"{RUN}/variance.csv",
    output:
        csv=f"{RUN}/trainability_table.csv",
        md=f"{RUN}/trainability_table.md",
        html=report(
            f"{RUN}/trainability_table.html",
            caption="../report/trainability_table.rst",
            category="Verdicts",
            labels={
                "table": "trainability",
                "verdicts": "yes, no, depends or inconclusive",
            },
        ),
    log:
        f"{RUN}/logs/trainability_table.log",
    benchmark:
        f"{RUN}/benchmarks/table.tsv"
    resources:
        **asks(),
    params:
        job=dict(rests_on=CATALOGUE.trainability_table),
        code=code("trainability_table.py"),
    script:
        "../scripts/trainability_table.py"


rule claims:
    input:
        f"{RUN}/claims.csv",


rule trainability_table:
    input:
        f"{RUN}/trainability_table.csv",


rule verify:
    input:
        f"{RUN}/claims.csv",
    log:
        f"{RUN}/logs/verify.log",
    resources:
        **asks(),
    params:
        # A contradiction that is on record is a result; one that is not is news.
        kept=["results/reference/claims.csv", "results/paper/claims.csv"],
    script:
        "../scripts/verify.py"


ARTIFACTS += [f"{RUN}/{name}.csv" for name in EVIDENCE]
ARTIFACTS += [
    f"{RUN}/{name}" for name in ("claims.csv", "claim_controls.csv", "claims.json")
]
ARTIFACTS += [f"{RUN}/trainability_table.{ending}" for ending in ("csv", "md", "html")]
