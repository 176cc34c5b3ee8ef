from bornscape.artifacts import atomic, write_table
from bornscape.datasets import Target, write_target
from bornscape.datasets.calorimeter import longitudinal_profile, shower_pixels
from bornscape.datasets.clic import load_clic
from bornscape.datasets.images import GRIDS, cut_table, hit_bitstrings, image_distribution
from bornscape.datasets.showers import ShowerSettings, generate_showers
from bornscape.run.job_log import log_to
from bornscape.seeds import generator

log_to(snakemake.log[0], snakemake.rule)
job = snakemake.params.job
if job["source"] == "clic":
    showers = load_clic(job["path"], max_showers=job["showers"])
else:
    settings = ShowerSettings(energy_min=job["energy_min"], energy_max=job["energy_max"])
    showers = generate_showers(settings, job["showers"], generator(job["seed"], "showers"))
for (rows, cols), path in zip(GRIDS.values(), snakemake.output.targets, strict=True):
    pixels = shower_pixels(showers.cells, rows, cols, job["projection"], job["window"])
    with atomic(path) as temporary:
        write_target(Target(*image_distribution(hit_bitstrings(pixels, job["cut"]))), temporary)
pixels = shower_pixels(showers.cells, *GRIDS[16], job["projection"], job["window"])
write_table(cut_table(pixels, job["cuts"]), snakemake.output.cuts)
middle = (job["energy_min"] * job["energy_max"]) ** 0.5
bands = [(job["energy_min"], middle), (middle, job["energy_max"])]
write_table(longitudinal_profile(showers.cells, showers.energy, bands), snakemake.output.profile)
