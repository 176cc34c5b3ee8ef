"""The experiment on models and losses, its map and its claims."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.artifacts import write_table
from bornscape.claims.comparison import Tables
from bornscape.claims.judges import judge
from bornscape.claims.measurements import MEASUREMENTS
from bornscape.configuration.sources import read_schema
from bornscape.datasets import synthetic_target
from bornscape.experiments import model_classes as experiment
from bornscape.figures import model_classes as drawing
from bornscape.training.generative import LOSSES

SETTINGS: dict[str, Any] = {
    "n_layers": 1,
    "datasets": {"ghz": [3, 4]},
    "repetitions": 2,
    "steps": 4,
    "pace": 10,
    "record_every": 2,
    "shots": 20,
    "epsilon": "1/(2N)",
    "bandwidths": {"mmd": "n/4", "mmd_averaged": [0.01, "n/4", "n"]},
    "models": {
        "matrix_product": {"largest": 4, "losses": list(LOSSES)},
        "qcbm": {"largest": 3, "losses": list(LOSSES)},
    },
}


def measured(n: int, seed: int = 0) -> pd.DataFrame:
    targets = {"ghz": synthetic_target("ghz", n, np.random.default_rng(1))}
    rows = experiment.measure(n, SETTINGS, targets, np.random.default_rng(seed))
    return experiment.table(rows.assign(n_qubits=n, chunk=0), SETTINGS)


def test_experiment_rows() -> None:
    table = pd.concat([measured(3), measured(4)])
    assert table.columns.tolist() == experiment.COLUMNS
    assert set(table.loc[table["n_qubits"] == 4, "model"]) == {"matrix_product"}
    runs = table.groupby(["model", "loss", "n_qubits", "repetition"])
    assert runs["step"].apply(list).map([0, 2, 4].__eq__).all()
    # All losses start at one point.
    assert (table[table["step"] == 0].groupby(["model", "n_qubits", "repetition"])["tvd"].nunique() == 1).all()
    assert table["tvd"].between(0, 2).all()
    last = table[table["step"] == 4].set_index(["model", "loss"])
    assert (last.loc[("matrix_product", "kld_samples"), "samples"] == 4 * 2 * 20).all()
    assert (last.xs("kld_exact", level="loss")["samples"] == 0).all()
    pd.testing.assert_frame_equal(measured(3), measured(3))
    assert not measured(3)["tvd"].equals(measured(3, seed=1)["tvd"])


def test_schema_names_every_model_and_loss() -> None:
    schema = read_schema("workflow/schemas/experiments/model_classes.schema.json")["properties"]["models"]
    assert schema["propertyNames"]["enum"] == list(experiment.MODELS) == list(drawing.MODELS)
    assert schema["additionalProperties"]["properties"]["losses"]["items"]["enum"] == list(LOSSES)
    assert list(drawing.LOSSES) == list(LOSSES)


def made_up(left: dict[tuple[bool, str], float], zeros: float) -> pd.DataFrame:
    """Four explicit and four implicit models, three repetitions: the share of the TVD that is left at n = 12."""
    rows = []
    for explicit in (True, False):
        for model in range(4):
            for loss in ("kld_exact", "kld_samples", "mmd_averaged"):
                for n in (6, 12):
                    frozen = zeros + 0.01 * model if loss == "kld_samples" and n == 12 else 0.0
                    for repetition in range(3):
                        shared = {"model": f"{explicit}{model}", "explicit": explicit, "loss": loss, "n_qubits": n}
                        shared |= {"dataset": "ghz", "repetition": repetition, "native_loss": "none"}
                        shared |= {"n_parameters": 9, "samples": 5}
                        end = 2 * left[explicit, loss] + 0.001 * model + 0.0001 * repetition
                        rows += [{**shared, "step": 0, "zeros": np.nan, "tvd": 2.0}]
                        rows += [{**shared, "step": 60, "zeros": frozen, "tvd": end}]
    return pd.DataFrame(rows)


LEFT = {
    (True, "kld_exact"): 0.1,
    (True, "kld_samples"): 0.9,
    (True, "mmd_averaged"): 0.3,
    (False, "kld_exact"): 0.1,
    (False, "kld_samples"): 0.9,
    (False, "mmd_averaged"): 0.2,
}
CLAIMS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("training_reaches", {"explicit": True, "loss": "kld_exact"}, {"loss": "kld_samples"}),
    ("training_reaches", {"explicit": False, "loss": "kld_samples", "missed": True}, {"loss": "mmd_averaged"}),
    ("frozen_shares", {"explicit": False, "loss": "kld_samples"}, {"loss": "mmd_averaged"}),
    (
        "access_matters",
        {"explicit": True, "lower": "kld_exact", "higher": "kld_samples"},
        {"lower": "kld_samples", "higher": "kld_exact"},
    ),
]


@pytest.mark.parametrize(("check", "settings", "control"), CLAIMS)
def test_claims_hold_and_their_controls_do_not(
    check: str, settings: dict[str, Any], control: dict[str, Any], tmp_path: Path
) -> None:
    write_table(made_up(LEFT, 0.6), tmp_path / "model_classes.csv")
    tables = Tables(tmp_path)

    def verdict(chosen: dict[str, Any]) -> str:
        return judge("ordering", MEASUREMENTS[check](tables, {"datasets": ["ghz"], **chosen}), "", 0.01).verdict

    assert verdict(settings) == "reproduced"
    assert verdict({**settings, **control}) in ("contradicted", "inconclusive")


def test_map_judges_each_cell() -> None:
    table = drawing.figure_table(made_up(LEFT, 0.6))
    cells = table[table["panel"] == "map"].set_index(["explicit", "loss"])["verdict"]
    assert set(cells[True, "kld_exact"]) == {"trains"}
    assert set(cells[False, "kld_exact"]) == {"not defined"}
    assert set(cells[False, "kld_samples"]) == {"freezes with n"}
    stalled = drawing.figure_table(made_up(LEFT, 0.1))
    cells = stalled[stalled["panel"] == "map"].set_index(["explicit", "loss"])["verdict"]
    assert set(cells[False, "kld_samples"]) == {"stalls"}
    assert set(table[table["panel"] == "size"]["n_qubits"]) == {6, 12}
