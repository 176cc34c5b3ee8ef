"""The page of a made-up model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bornscape.my_model.parameter_table import PARAMETER_COLUMNS
from bornscape.my_model.path_table import PATH_COLUMNS
from bornscape.my_model.settings import complete
from bornscape.pages.model_page import page
from support.report_page import ROOT, write_figure


def write_model_page(folder: Path, *more_sizes: Mapping[str, Any]) -> Path:
    """The page of a model at four qubits, and at those of further rows of sizes.csv, given by what is otherwise."""
    verdict = {"loss": "mmd", "verdict": "yes", "reason": "it falls like a power", "warning": ""}
    verdict |= {
        "stability": 0.96,
        "at_largest": "visible",
        "at_largest_reason": "twice",
        "resamples": "yes 96 %",
        "loss_variance": "falls",
    }
    size = {"loss": "mmd", "n_qubits": 4, "draws": 10, "variance": 0.1, "ci_low": 0.05, "ci_high": 0.2, "snr": 2.0}
    size |= {"snr_ci_low": 1.8, "snr_ci_high": 2.2}
    size |= {"shots": 100, "shots_needed": 40.0, "shots_are": "estimate", "frozen": np.nan, "precision": "not asked"}
    size |= {"hit": 0.5, "hit_ci_low": 0.4, "hit_ci_high": 0.6}
    size |= {"engine": "state_vector", "engine_kind": "exact", "error": 0.0, "note": ""}
    law = {"loss": "mmd", "quantity": "variance", "preferred": "polynomial"}
    law |= dict.fromkeys(("rate", "rate_ci_low", "rate_ci_high"), 0.1)
    law |= {f"{kind}_{end}": 1.0 for kind in ("exp", "poly") for end in ("rate", "power", "ci_low", "ci_high")}
    beyond = {"loss": "mmd", "n_qubits": 20, "shots_needed": 1e4, "shots_are": "measured", "ci_low": 1.0}
    beyond |= {"ci_high": 2.0, "law": "polynomial", "note": ""}
    share = {"loss": "mmd", "n_qubits": 4, "order": 1, "share": 1.0}
    rows = {"verdicts": verdict, "sizes": size, "laws": law, "extrapolation": beyond, "bodyness": share}
    empty = {"path": pd.DataFrame(columns=PATH_COLUMNS), "parameters": pd.DataFrame(columns=PARAMETER_COLUMNS)}
    settings = complete({"circuit": {"family": "line", "layers": 2}, "data": {"set": "ghz"}, "losses": {"mmd": {}}})
    sizes = pd.DataFrame([size, *(size | row for row in more_sizes)])
    made = page(
        ROOT / "workflow/report/model.html.jinja",
        *("mine", "made_up", settings),
        {name: pd.DataFrame([row]) for name, row in rows.items()} | empty | {"sizes": sizes},
        dict.fromkeys(["figure", "by_parameter"], write_figure(folder, "figure").png),
    )
    (folder / "model.html").write_text(made, encoding="utf-8")
    return folder / "model.html"
