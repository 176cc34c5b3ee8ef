# Training runs: one repetition is one job, of one loss or, where a run is shorter than a job's start, of all.

from bornscape.planning.training_cells import as_list, cells

CELLS = {
    name: {cell.name: cell for cell in cells(training)}
    for name, training in TRAININGS.items()
}
STRINGS = 32
"""Most probable strings of a target whose learned probabilities are kept."""


def training_files(part):
    """Every run's table of one part: curves, finals or summary."""
    return [
        f"{RUN}/training/{name}/{cell}_{part}.csv"
        for name in TRAININGS
        for cell in CELLS[name]
    ]


def training_job(wildcards):
    """A run's settings without what only says how many others there are."""
    settings, cell = (
        TRAININGS[wildcards.training],
        CELLS[wildcards.training][wildcards.cell],
    )
    shared = ("repetitions", "losses", "n_qubits", "n_layers", "shots", "job")
    kept = {key: value for key, value in settings.items() if key not in shared}
    losses = {loss: settings["losses"][loss] for loss, _ in cell.runs}
    own = dict(n_qubits=cell.n_qubits, n_layers=cell.n_layers, runs=cell.runs)
    return dict(
        seed=SEED,
        repetition=cell.repetition,
        losses=losses,
        strings=STRINGS,
        **own,
        **kept,
    )


def cell_of(wildcards):
    return CELLS[wildcards.training][wildcards.cell]


def training_target(wildcards):
    cell = cell_of(wildcards)
    return target(TRAININGS[wildcards.training]["dataset"], cell.n_qubits)


for training in TRAININGS.values():
    need_targets([training["dataset"]], as_list(training["n_qubits"]))


rule train:
    input:
        target=training_target,
        code=code("train.py"),
    output:
        curves=f"{RUN}/training/{{training}}/{{cell}}_curves.csv",
        finals=f"{RUN}/training/{{training}}/{{cell}}_finals.csv",
        summary=f"{RUN}/training/{{training}}/{{cell}}_summary.csv",
    log:
        f"{RUN}/logs/training/{{training}}/{{cell}}.log",
    benchmark:
        f"{RUN}/benchmarks/train/{{training}}_{{cell}}.tsv"
    wildcard_constraints:
        training=one_of(TRAININGS),
        cell=one_of({cell for found in CELLS.values() for cell in found}),
    priority: 20
    resources:
        **asks(
            mem_mb=lambda wildcards: memory(cell_of(wildcards).n_qubits),
            runtime=training_minutes,
        ),
    params:
        job=training_job,
        # Kept beside the outputs but not among them: Snakemake deletes the outputs of a job that was cut off.
        checkpoints=f"{RUN}/training/{{training}}/.{{cell}}",
    script:
        "../scripts/train.py"


rule training_table:
    input:
        curves=training_files("curves"),
        finals=training_files("finals"),
        summaries=training_files("summary"),
        code=code("training_table.py"),
    output:
        training=f"{RUN}/training.csv",
        final=f"{RUN}/training_final.csv",
        summary=f"{RUN}/training_summary.csv",
    log:
        f"{RUN}/logs/training_table.log",
    benchmark:
        f"{RUN}/benchmarks/training_table.tsv"
    resources:
        **asks(mem_mb=memory(tables=100)),
    script:
        "../scripts/training_table.py"


EVIDENCE += ["training.csv", "training_summary.csv"]
ARTIFACTS += [
    path for part in ("curves", "finals", "summary") for path in training_files(part)
]
ARTIFACTS += [f"{RUN}/training_final.csv"]
