import json
from pathlib import Path

import numpy as np
import pandas as pd

from bornscape.artifacts import sha256, write_table
from bornscape.circuits import line_circuit
from bornscape.datasets import read_target
from bornscape.formulas import bandwidth_values
from bornscape.joblog import log_to
from bornscape.kernels import probabilities
from bornscape.training import TrainingRun, objective, train

log_to(snakemake.log[0])
job, wildcards = snakemake.params.job, snakemake.wildcards
n, checkpoint = job["n_qubits"], Path(snakemake.params.checkpoint)
target = read_target(snakemake.input.target)
p = target.dense()
model = line_circuit(n, job["n_layers"])
bandwidth = job["loss"].get("bandwidth")
goal = objective(
    model, p, job["loss"]["kind"], None if bandwidth is None else bandwidth_values(bandwidth, n), job["epsilon"]
)
run = TrainingRun(
    experiment=wildcards.training,
    loss=wildcards.loss,
    repetition=int(wildcards.repetition),
    seed=job["seed"],
    n_layers=job["n_layers"],
    epochs=job["epochs"],
    shots=job["shots"],
    inputs=json.dumps([job["loss"], job["epsilon"], job["dataset"], sha256(snakemake.input.target)]),
)
done = train(run, model, p, goal, checkpoint, job["checkpoint_every"], lambda epoch: print("epoch", epoch, flush=True))
curve = pd.DataFrame({"epoch": np.arange(len(done.tvd)), "tvd": done.tvd, "estimated_loss": [*done.estimates, np.nan]})
q = probabilities(model, done.theta)
order = np.argsort(-target.probabilities, kind="stable")
final = pd.DataFrame(
    {
        "bitstring": ["".join(map(str, row)) for row in target.bitstrings[order].tolist()],
        "target": target.probabilities[order],
        "model": q[target.indices[order]],
    }
)
write_table(curve, snakemake.output.curve)
write_table(final, snakemake.output.final)
checkpoint.unlink(missing_ok=True)
