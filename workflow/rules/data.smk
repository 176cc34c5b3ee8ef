# Target distributions: synthetic sets, particle jets, calorimeter showers.

from bornscape.datasets.images import GRIDS, IMAGE_SETS
from bornscape.datasets.kept_jets import can_generate
from bornscape.planning.targets import kept_jet_files, synthetic_sizes

JETS = config["data"]["jets"]
SHOWERS = config["data"]["showers"]
JET_CHUNKS = range(JETS["jets"] // JETS["chunk"])
JET_SETTINGS = dict(seed=SEED, **JETS, cuts=config["data"]["cuts"])
# Where Pythia is not installed the jets that are kept with the code are taken: the same bytes.
KEEPS_JETS = not can_generate()
JET_SCRIPT = "kept_jets.py" if KEEPS_JETS else "jet_targets.py"
SYNTHETIC_SIZES = synthetic_sizes(NEEDED_TARGETS)
SYNTHETIC_TARGETS = [
    target_path(RUN, name, n) for name, sizes in SYNTHETIC_SIZES.items() for n in sizes
]


rule synthetic_targets:
    output:
        SYNTHETIC_TARGETS,
    log:
        f"{RUN}/logs/synthetic_targets.log",
    benchmark:
        f"{RUN}/benchmarks/synthetic_targets.tsv"
    resources:
        **asks(),
    params:
        job=dict(seed=SEED, sizes=SYNTHETIC_SIZES),
        code=code("synthetic_targets.py"),
    script:
        "../scripts/synthetic_targets.py"


rule jet_chunk:
    output:
        constituents=f"{RUN}/data/jets/constituents_{{chunk}}.parquet",
        jets=f"{RUN}/data/jets/jets_{{chunk}}.parquet",
    log:
        f"{RUN}/logs/jet_chunk/{{chunk}}.log",
    benchmark:
        f"{RUN}/benchmarks/jet_chunk/{{chunk}}.tsv"
    wildcard_constraints:
        chunk=r"\d+",
    # Training, the longest stage, waits for the jets.
    priority: 30
    resources:
        # 0.1 s a jet.
        **asks(runtime=minutes(0.2 * JETS["chunk"])),
    params:
        job=dict(
            seed=SEED,
            **{
                key: value for key, value in JETS.items() if key not in ("jets", "cut")
            },
        ),
        code=code("jet_chunk.py"),
    script:
        "../scripts/jet_chunk.py"


rule jet_targets:
    input:
        constituents=(
            []
            if KEEPS_JETS
            else expand(
                f"{RUN}/data/jets/constituents_{{chunk}}.parquet", chunk=JET_CHUNKS
            )
        ),
        jets=(
            []
            if KEEPS_JETS
            else expand(f"{RUN}/data/jets/jets_{{chunk}}.parquet", chunk=JET_CHUNKS)
        ),
        # A function: that these jets are not kept is an error only of a run that needs them.
        kept=lambda wildcards: kept_jet_files(JET_SETTINGS) if KEEPS_JETS else [],
    output:
        targets=[target_path(RUN, "jets", n) for n in GRIDS],
        cuts=f"{RUN}/data/jet_cuts.csv",
        checks=f"{RUN}/data/jet_checks.csv",
        spectrum=f"{RUN}/data/jet_spectrum.csv",
        origin=f"{RUN}/data/jet_origin.json",
    log:
        f"{RUN}/logs/jet_targets.log",
    benchmark:
        f"{RUN}/benchmarks/jet_targets.tsv"
    resources:
        **asks(),
    params:
        job=JET_SETTINGS,
        code=code(JET_SCRIPT),
    script:
        f"../scripts/{JET_SCRIPT}"


rule shower_targets:
    input:
        file=[SHOWERS["path"]] if SHOWERS["source"] == "clic" else [],
    output:
        targets=[target_path(RUN, "showers", n) for n in GRIDS],
        cuts=f"{RUN}/data/shower_cuts.csv",
        profile=f"{RUN}/data/shower_profile.csv",
    log:
        f"{RUN}/logs/shower_targets.log",
    benchmark:
        f"{RUN}/benchmarks/shower_targets.tsv"
    resources:
        # 0.12 MB a shower.
        **asks(mem_mb=memory(tables=0.2 * SHOWERS["showers"])),
    params:
        job=dict(seed=SEED, cuts=config["data"]["cuts"], **SHOWERS),
        code=code("shower_targets.py"),
    script:
        "../scripts/shower_targets.py"


ARTIFACTS += SYNTHETIC_TARGETS
ARTIFACTS += [target_path(RUN, name, n) for name in IMAGE_SETS for n in GRIDS]
