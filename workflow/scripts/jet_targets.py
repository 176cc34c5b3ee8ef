import pandas as pd

from bornscape.artifacts import atomic, read_draws, write_json, write_table
from bornscape.datasets import Target, write_target
from bornscape.datasets.images import GRIDS, cut_table, hit_bitstrings, image_distribution
from bornscape.datasets.jets import check_table, jet_pixels, spectrum_table
from bornscape.datasets.kept_jets import origin
from bornscape.run.job_log import log_to

log_to(snakemake.log[0], snakemake.rule)
job = snakemake.params.job
chunks = [read_draws(path) for path in snakemake.input.constituents]
constituents = pd.concat([c.assign(jet=c["jet"] + k * job["chunk"]) for k, c in enumerate(chunks)], ignore_index=True)
count = job["chunk"] * len(chunks)
for (rows, cols), path in zip(GRIDS.values(), snakemake.output.targets, strict=True):
    pixels = jet_pixels(constituents, count, rows, cols, job["radius"])
    with atomic(path) as temporary:
        write_target(Target(*image_distribution(hit_bitstrings(pixels, job["cut"]))), temporary)
pixels = jet_pixels(constituents, count, *GRIDS[16], job["radius"])
jets = pd.concat([read_draws(path) for path in snakemake.input.jets], ignore_index=True)
write_table(cut_table(pixels, job["cuts"]), snakemake.output.cuts)
write_table(check_table(jets), snakemake.output.checks)
write_table(spectrum_table(jets, job["radius"]), snakemake.output.spectrum)
write_json(origin(None), snakemake.output.origin)
print("jets made in this run:", *(f"{name} {version}" for name, version in origin(None)["generator"].items()))
