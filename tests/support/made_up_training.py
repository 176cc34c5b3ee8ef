"""Small made-up tables of trainings and of what they start from."""

from typing import Any

import numpy as np
import pandas as pd

from bornscape.figures.look import palette
from support.made_up_rows import EXACT, crossed, noise

TRAINED = ("mmd_average", "lqf", "kld")
FIG_10 = ("mmd_average", "mmd_0.01", "mmd_n4", "lqf", "kld")
CHOICES = ("fig_10_rate", "fig_10_ladder", "fig_10_columns", "fig_10_spread", "fig_10_showers")


def _cma(sizes: tuple[int, ...]) -> pd.DataFrame:
    times = tuple(range(0, 1500, 100))
    rows = crossed(n_qubits=sizes, bandwidth=("1", "n/4"), repetition=(0, 1), generation=times)
    fall = np.exp(-rows["generation"] / rows["n_qubits"] - 0.1 * rows["repetition"])
    return rows.assign(loss=fall, estimate=1.1 * fall, ones=0.5 * fall)


def fig_6b() -> pd.DataFrame:
    return _cma((10, 50, 100))


def fig_6b_large() -> pd.DataFrame:
    return _cma((1000,))


def fig_6b_double() -> pd.DataFrame:
    return _cma((100,))


def _runs(experiment: str, losses: tuple[str, ...] = TRAINED, **cell: Any) -> pd.DataFrame:
    rows = crossed(experiment=experiment, loss=losses, **cell, repetition=(0, 1, 2), epoch=tuple(range(0, 110, 10)))
    pace = 1 + rows["loss"].map({loss: k for k, loss in enumerate(losses)})
    return rows.assign(tvd=1.9 * np.exp(-rows["epoch"] / (50 * pace)) + 0.02 * rows["repetition"])


def training() -> pd.DataFrame:
    budgets = (EXACT, 10000.0, 1000.0, 100.0)
    parts = [
        _runs("fig_10", (*FIG_10, "tvd"), n_qubits=16, n_layers=4, shots=(EXACT, 1000.0, 100.0)),
        *(_runs(name, n_qubits=16, n_layers=4, shots=(EXACT,)) for name in CHOICES),
        _runs("fig_10_shift", ("mmd_average", "kld"), n_qubits=16, n_layers=4, shots=(100.0,)),
        *(_runs("fig_9", n_qubits=n, n_layers=(1, k, n), shots=budgets) for n, k in ((4, 2), (9, 3))),
        _runs("fig_9_n12", n_qubits=12, n_layers=(1, 4, 12), shots=budgets),
        *(
            _runs(f"fig_12_{name}", n_qubits=6, n_layers=(1, 8, 16), shots=budgets)
            for name in ("polynomial", "exponential")
        ),
    ]
    rows = pd.concat(parts, ignore_index=True)
    own = rows["experiment"].str.contains("fig_1")
    return rows.assign(dataset=np.where(own, "published", "showers"))


def baselines() -> pd.DataFrame:
    lead = {"dataset": ("showers", "published"), "n_qubits": (4, 6, 9, 12, 16), "transform": ("none", "negative_log")}
    empty = {"n_layers": EXACT, "samples": EXACT}
    parts = [
        crossed(**lead, baseline="marginals").assign(**empty, median=0.9),
        crossed(**lead, baseline="samples", samples=(100.0, 1000.0)).assign(n_layers=EXACT, median=0.5),
        crossed(**lead, baseline="matrix_product", n_layers=(1, 4, 8)).assign(samples=EXACT, median=0.2),
    ]
    return pd.concat(parts, ignore_index=True)


def training_final() -> pd.DataFrame:
    rows = crossed(
        experiment="fig_10", loss=TRAINED, shots=(1000.0, 100.0), repetition=(0, 1, 2), rank=tuple(range(20))
    )
    target = 0.4 / (1 + rows["rank"]) ** 1.5
    strings = [f"{rank:016b}" for rank in rows["rank"]]
    return rows.assign(bitstring=strings, target=target, model=target * noise(rows), n_qubits=16)


def training_summary() -> pd.DataFrame:
    names = tuple(f"generalise_{d}{end}" for d in ("jets", "cardinality") for end in ("", "_identity", "_marginals"))
    rows = crossed(experiment=names, loss=("mmd_average", "mmd_0.01", "mmd_n4", "lqf", "kld"), repetition=(0, 1, 2))
    rows = rows.assign(dataset=rows["experiment"].str.split("_").str[1], unseen_true=0.5, gradient_noise=1.0)
    return rows.assign(
        tvd_true=noise(rows), tvd_seen=1.1 * noise(rows), unseen_valid=0.3 * noise(rows), gradient_norm=noise(rows)
    )


def explicit_models() -> pd.DataFrame:
    rows = crossed(
        dataset=("ghz", "o_n", "cardinality"),
        model=tuple(palette.MODEL_STYLES),
        n_qubits=(8, 12, 16),
        repetition=(0, 1),
        epoch=(0, 10, 20, 30, 40),
    )
    rows = rows.assign(kld=5 * np.exp(-rows["epoch"] / 30) * noise(rows))
    first = rows["epoch"] == 0
    ratio = pd.Series(noise(rows) / rows["n_qubits"]).where(first & (rows["model"] != "qcbm_exact"))
    entries = pd.Series(100.0, index=rows.index).where(first & (rows["model"] == "qcbm_sampled"))
    return rows.assign(
        signal_to_noise=ratio, entries=entries, nonzero=entries - 5 * rows["n_qubits"], chance=90 - 4 * rows["n_qubits"]
    )


def model_classes() -> pd.DataFrame:
    explicit = ("recurrent", "transformer", "matrix_product", "tree_tensor_network")
    rows = crossed(
        model=(*explicit, "gan", "diffusion", "qcbm", "qgan", "quantum_boltzmann"),
        loss=("kld_exact", "kld_samples", "mmd", "mmd_averaged", "native"),
        dataset=("ghz", "o_n", "cardinality"),
        n_qubits=(6, 8, 10, 12),
        repetition=(0, 1),
        step=(0, 30, 60),
    )
    rows = rows[(rows["model"] != "quantum_boltzmann") | (rows["n_qubits"] <= 8)].reset_index(drop=True)
    rows = rows[(rows["model"] != "qgan") | (rows["loss"] == "native")].reset_index(drop=True)
    place = rows["model"].map({name: k for k, name in enumerate(dict.fromkeys(rows["model"]))})
    frozen = (rows["loss"] == "kld_samples") * (rows["n_qubits"] - 6) / 7 * (0.5 + place / 16)
    left = np.where(rows["loss"] == "kld_samples", 0.4 + frozen, 0.1 + place / 14)
    return rows.assign(
        explicit=rows["model"].isin(explicit),
        native_loss="native",
        n_parameters=20 * rows["n_qubits"],
        samples=100 * rows["step"],
        zeros=frozen.where(rows["step"] > 0),
        tvd=2 * (1 - rows["step"] / 60 * (1 - left.clip(max=0.99))),
    )


def kld_forms() -> pd.DataFrame:
    cells = [("ghz", n) for n in (4, 6, 8, 12, 16)] + [("o_n", n) for n in (6, 16)]
    cells += [("showers", 4), ("showers", 16), ("published", 16)]
    forms = (("clipped", 1e-6), ("clipped", 1e-8), ("clipped", 0.005), ("flat", 1e-6))
    repetitions = tuple(range(7))
    parts = [crossed(dataset=name, n_qubits=n, epochs=(0, 10), form=forms, repetition=repetitions) for name, n in cells]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.assign(form=rows["form"].str[0], epsilon=rows["form"].str[1], n_layers=2)
    rows = rows[(rows["epochs"] == 0) | (rows["dataset"] == "published")].reset_index(drop=True)
    # Shots meet the data at few qubits and after training: there half a shot helps, and one below does not matter.
    met = np.where(rows["epochs"] > 0, 0.5, 2.0 ** (1 - rows["n_qubits"] / 2))
    smooth = 1 + 2 * met * (rows["epsilon"] == 0.005) - met * (rows["epsilon"] == 1e-8) * 1e-3
    flat = np.where(rows["form"] == "flat", 3 * met**1.5, 1.0)
    ratio = 0.5 * met * smooth * flat * (1 + 0.1 * rows["repetition"])
    nonzero = np.floor(100 * met * np.where(rows["form"] == "flat", met, 1))
    return rows.assign(
        signal_to_noise=ratio,
        gain=smooth + 1e-6 * rows["repetition"],
        alignment=0.8 * ratio,
        hits=100 * met,
        entries=100,
        nonzero=nonzero,
        chance=100 * met,
        chance_sd=3.0,
        exact_norm=5.0,
    )


def phases() -> pd.DataFrame:
    ansaetze = tuple({"line": 132, "real_parameters": 135, "real_layers": 36}.items())
    rows = crossed(
        dataset=("jets", "o_n"),
        ansatz=ansaetze,
        n_qubits=9,
        n_layers=3,
        loss=("lqf", "lqf_free", "mmd_average"),
        repetition=(0, 1, 2),
        epoch=(0, 50, 100, 150, 200),
    )
    rows = rows.assign(n_parameters=rows["ansatz"].str[1], ansatz=rows["ansatz"].str[0])
    return rows.assign(tvd=1.9 * np.exp(-rows["epoch"] / 100) * noise(rows))


def qgan() -> pd.DataFrame:
    rows = crossed(
        phase=("adversarial", "supervised"),
        discriminator=("network", "marginals"),
        n_qubits=8,
        repetition=(0, 1, 2),
        epoch=(0, 20, 40, 60),
        order=tuple(range(1, 9)),
    )
    rows = rows.assign(share=0.5 ** rows["order"] * noise(rows), accuracy=0.5 + 0.003 * rows["epoch"])
    learnt = (rows["discriminator"] == "network") * rows["epoch"] / 60
    return rows.assign(tvd=1.2 - 1.1 * learnt, bodyness=1.5 + 4 * learnt + rows["repetition"] / 10)


def trainable_but_wrong() -> pd.DataFrame:
    losses = ("mmd_n4", "mmd_0.1", "mmd_average", "mmd_annealed")
    runs = crossed(target="parity", loss=losses, n_qubits=(4, 6, 8), shots=(EXACT, 100.0), repetition=(0, 1, 2))
    rows = runs.merge(crossed(epoch=(0, 20, 40, 60), order=(1, 2, 3, 4, 5, 6)), how="cross")
    return rows.assign(tvd=1.2 * np.exp(-rows["epoch"] / 50) * noise(rows), rms=0.1 * noise(rows), hidden=noise(rows))


def parity_signal() -> pd.DataFrame:
    rows = crossed(loss=("mmd_n4", "mmd_0.1", "mmd_average"), n_qubits=(4, 6, 8), shots=512, repetition=(0, 1, 2))
    return rows.assign(ratio=3 * noise(rows))


def parity_signal_product() -> pd.DataFrame:
    rows = crossed(loss=("mmd_n4", "mmd_0.1"), n_qubits=(4, 8, 16, 32, 100), shots=512, repetition=(0, 1, 2))
    return rows.assign(ratio=10 * noise(rows) / rows["n_qubits"])
