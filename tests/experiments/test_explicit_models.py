"""The experiment on explicit models, its figure and its claims."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.artifacts import write_table
from bornscape.claims.comparison import Tables
from bornscape.claims.judges import judge
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.datasets import synthetic_target
from bornscape.experiments import explicit_models as experiment
from bornscape.figures import explicit_models as drawing

# The experiment, its figure and its claims

SETTINGS: dict[str, Any] = {
    "n_layers": 1,
    "trained": [3],
    "repetitions": 2,
    "epochs": 4,
    "pace": 10,
    "matrix_rate": 0.25,
    "record_every": 2,
    "shots": 20,
    "epsilon": 1e-6,
}


def measured(n: int, seed: int = 0) -> pd.DataFrame:
    targets = {name: synthetic_target(name, n, np.random.default_rng(1)) for name in ("ghz", "o_n")}
    rows = experiment.measure(n, SETTINGS, targets, np.random.default_rng(seed))
    return experiment.table(rows.assign(n_qubits=n, chunk=0), SETTINGS)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.concat([measured(3), measured(4)])


def test_experiment_rows(table: pd.DataFrame) -> None:
    assert table.columns.tolist() == experiment.COLUMNS
    assert set(table.loc[table["n_qubits"] == 4, "epoch"]) == {0}
    trained = table[table["n_qubits"] == 3]
    assert trained.groupby(["dataset", "model", "repetition"])["epoch"].apply(list).map([0, 2, 4].__eq__).all()
    starts = trained[(trained["epoch"] == 0) & trained["model"].str.startswith("qcbm")]
    assert (starts.groupby(["dataset", "repetition"])["kld"].nunique() == 1).all()
    assert table["tvd"].between(0, 2).all()
    assert (table["kld"] >= 0).all()
    first = table[table["entries"].notna()]
    assert set(first["model"]) == {"qcbm_sampled"}
    assert (first["nonzero"] <= first["entries"]).all()
    pd.testing.assert_frame_equal(measured(3), trained)
    assert not trained["kld"].equals(measured(3, seed=1)["kld"])


def test_figure_shows_every_model(table: pd.DataFrame) -> None:
    drawn, shown = drawing.figure(explicit_models=table)
    assert set(shown["panel"]) == {"kld", "signal_to_noise", "zero_share"}
    assert len(drawn.axes) == 6
    assert set(shown["model"]) == set(drawing.MODEL_STYLES)


def made(folder: Path, ratios: dict[str, Any], nonzero: float = 1.0) -> Tables:
    """Signal-to-noise ratios of each model as functions of n; a share of the entries that hits allow."""
    rows = [
        {"n_qubits": n, "dataset": "ghz", "model": model, "repetition": k, "epoch": 0}
        | {"signal_to_noise": ratio(n) * (1 + 0.02 * (k - 1.5))}
        | {"entries": 1000, "nonzero": round(nonzero * 100), "chance": 100.0, "chance_sd": 9.0}
        for model, ratio in ratios.items()
        for n in (4, 6, 8, 10, 12, 14, 16)
        for k in range(4)
    ]
    write_table(pd.DataFrame(rows), folder / "explicit_models.csv")
    return Tables(folder)


def verdict(kind: str, check: str, tables: Tables, expected: str, tolerance: float, **changes: Any) -> str:
    return judge(
        kind, MEASUREMENTS[check](tables, {"table": "explicit_models", **changes}), expected, tolerance
    ).verdict


def test_signal_claim_and_its_control(tmp_path: Path) -> None:
    tables = made(tmp_path, {"qcbm_sampled": lambda n: 2.0**-n, "autoregressive": lambda n: 5.0})
    for model, expected in (("qcbm_sampled", "reproduced"), ("autoregressive", "contradicted")):
        found = verdict("scaling", "model_signal_law", tables, "exponential", 0.05, model=model, datasets=["ghz"])
        assert found == expected


@pytest.mark.parametrize(
    ("share", "factor", "expected"), [(1, 1, "reproduced"), (1, 0.5, "contradicted"), (1.5, 1, "contradicted")]
)
def test_zero_gradient_claim_and_its_control(tmp_path: Path, share: float, factor: float, expected: str) -> None:
    tables = made(tmp_path, {"qcbm_sampled": lambda n: 1.0}, nonzero=share)
    assert verdict("bound", "nonzero_entries", tables, "", 0.01, factor=factor) == expected
