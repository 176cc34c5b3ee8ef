from functools import partial
from pathlib import Path

import pandas as pd

from bornscape.artifacts import write_draws
from bornscape.my_model.data import data_of
from bornscape.my_model.draws import SizedModel
from bornscape.my_model.precision import ChunkStore, draw_until, fingerprint
from bornscape.run.job_log import log_to
from bornscape.seeds import generator

log_to(snakemake.log[0], snakemake.rule)
job, name = snakemake.params.job, snakemake.wildcards.model
settings, seed = job["settings"], job["seed"]
sizes = [int(n) for n in snakemake.wildcards.sizes.split("-")]
images = dict(zip(sizes, snakemake.input.images, strict=False))
draws, spectra = [], []
for n in sizes:
    made = [images[n]] if n in images else []
    key = fingerprint(settings, seed, [*snakemake.input.files, *snakemake.input.code, *made])
    store = ChunkStore(Path(snakemake.params.chunks) / f"n{n}", key)
    model = SizedModel.of(settings, n, data_of(settings["data"], n, seed, images.get(n)))

    def chunk(index, n=n, store=store, model=model):
        make = partial(model.chunk, settings["chunk"], generator(seed, "model", name, n, index))
        print(name, "n", n, "chunk", index, flush=True)
        return store.get(index, make)

    counts = {key: settings[key] for key in ("draws", "max_draws", "precision")}
    found, state = draw_until(chunk, settings["chunk"], **counts)
    draws.append(found.draws.assign(n_qubits=n, precision=state))
    spectra.append(found.spectra.assign(n_qubits=n))
write_draws(pd.concat(draws, ignore_index=True), snakemake.output.draws)
write_draws(pd.concat(spectra, ignore_index=True), snakemake.output.spectra)
