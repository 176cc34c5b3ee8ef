import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from bornscape.artifacts import sha256, write_table
from bornscape.circuits import line_circuit
from bornscape.datasets import read_target
from bornscape.formulas import bandwidth_values
from bornscape.run.job_log import log_to
from bornscape.seeds import generator
from bornscape.simulators.state_vector import probabilities
from bornscape.training import TrainingRun, generalisation, gradient_signal, initial_angles, objective, task, train

log_to(snakemake.log[0], snakemake.rule)
job, experiment = snakemake.params.job, snakemake.wildcards.training
n, layers, repetition = job["n_qubits"], job["n_layers"], job["repetition"]
target = read_target(snakemake.input.target)
model = line_circuit(n, layers)
rng = generator(job["seed"], experiment, "training set", n, repetition)
held = task(target.dense(), job.get("transform"), job.get("train_size"), job["epsilon"], rng)
order = np.argsort(-held.true, kind="stable")[: job["strings"]]
strings = [format(index, f"0{n}b") for index in order]
folder = Path(snakemake.params.checkpoints)
folder.mkdir(parents=True, exist_ok=True)

curves, finals, summaries = [], [], []
for loss, shots in job["runs"]:
    settings = job["losses"][loss]
    bandwidth = settings.get("bandwidth")
    values = None if bandwidth is None else bandwidth_values(bandwidth, n)
    goal = objective(model, held.seen, settings["kind"], values, job["epsilon"])
    run = TrainingRun(
        experiment=experiment,
        loss=loss,
        repetition=repetition,
        seed=job["seed"],
        n_layers=layers,
        epochs=job["epochs"],
        shots=shots,
        inputs=json.dumps([settings, job["epsilon"], job["dataset"], sha256(snakemake.input.target)]),
        **{key: job[key] for key in ("start", "batch", "clip") if key in job},
    )
    done = train(
        run,
        model,
        held.seen,
        goal,
        folder / f"{loss}_{shots}.npz",
        job["checkpoint_every"],
        lambda epoch, loss=loss, shots=shots: print(loss, shots, "epoch", epoch, flush=True),
    )
    lead = {"experiment": experiment, "dataset": job["dataset"], "loss": loss, "n_qubits": n, "n_layers": layers}
    lead |= {"shots": "" if shots is None else shots, "repetition": repetition}
    curve = pd.DataFrame(
        {"epoch": np.arange(len(done.tvd)), "tvd": done.tvd, "estimated_loss": [*done.estimates, np.nan]}
    )
    kept = (curve["epoch"] % job.get("record_every", 1) == 0) | (curve["epoch"] == run.epochs)
    curves.append(curve[kept].assign(**lead))
    q = probabilities(model, done.theta)
    finals.append(pd.DataFrame({"bitstring": strings, "target": held.true[order], "model": q[order]}).assign(**lead))
    signal = {}
    if shots is not None and job.get("first_gradient"):
        noise = generator(job["seed"], experiment, "first gradient", loss, n, layers, repetition, shots)
        found = gradient_signal(goal, initial_angles(run, model, held.seen), shots, noise)
        signal = {"gradient_norm": found.norm, "gradient_noise": found.noise}
    summaries.append(lead | generalisation(held, q)._asdict() | signal)

lead = list(lead)
write_table(pd.concat(curves)[[*lead, "epoch", "tvd", "estimated_loss"]], snakemake.output.curves)
write_table(pd.concat(finals)[[*lead, "bitstring", "target", "model"]], snakemake.output.finals)
write_table(pd.DataFrame(summaries), snakemake.output.summary)
# Only now: until the outputs are written a job that is cut off goes on from these.
shutil.rmtree(folder)
