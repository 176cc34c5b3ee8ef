"""Everything that is told of a model, from its draws."""

from __future__ import annotations

import pandas as pd

from bornscape.aliases import Settings
from bornscape.my_model.jobs import Drawn
from bornscape.my_model.parameter_table import parameter_table
from bornscape.my_model.path_table import path_table
from bornscape.my_model.tables import bodyness_table, extrapolation_table, law_table, size_table
from bornscape.my_model.verdict.resampling import resampled_verdicts
from bornscape.my_model.verdict.verdicts import verdict_table


def model_tables(settings: Settings, drawn: Drawn, seed: int, model: str) -> dict[str, pd.DataFrame]:
    """The tables of a model by name (sizes, laws, extrapolation, bodyness, parameters, path, verdicts).

    Parameters
    ----------
    settings
        Complete settings of the model.
    drawn
        What its jobs drew, of all sizes.
    seed, model
        The root seed and the model's name, of which the draws' resamples are made.
    """
    draws = drawn.draws
    states = draws.drop_duplicates("n_qubits").set_index("n_qubits")["precision"].to_dict()
    sizes = size_table(settings, draws, states)
    laws = law_table(settings, sizes)
    verdicts = verdict_table(settings, sizes, laws, resampled_verdicts(settings, draws, seed, model))
    undecided = verdicts.loc[verdicts["verdict"] == "inconclusive", "loss"]
    return {
        "sizes": sizes,
        "laws": laws,
        "extrapolation": extrapolation_table(settings, sizes, list(undecided)),
        "bodyness": bodyness_table(settings, drawn.spectra),
        "parameters": parameter_table(settings, drawn.components),
        "path": path_table(settings, drawn.paths),
        "verdicts": verdicts,
    }
