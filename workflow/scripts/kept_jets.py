from pathlib import Path

from bornscape.artifacts import atomic, write_json, write_text
from bornscape.datasets import write_target
from bornscape.datasets.images import GRIDS
from bornscape.datasets.kept_jets import kept_jets, origin
from bornscape.run.job_log import log_to

log_to(snakemake.log[0], snakemake.rule)
kept = kept_jets(snakemake.params.job)
made_by = " and ".join(f"{name} {version}" for name, version in kept.generator.items())
print(f"Pythia is not installed: jets from {Path(snakemake.input.kept[0]).parent} are taken, made by {made_by}")
for n_qubits, path in zip(GRIDS, snakemake.output.targets, strict=True):
    with atomic(path) as temporary:
        write_target(kept.target(n_qubits), temporary)
for name in ("cuts", "checks", "spectrum"):
    write_text((kept.folder / f"jet_{name}.csv").read_text(encoding="utf-8"), snakemake.output[name])
write_json(origin(kept), snakemake.output.origin)
