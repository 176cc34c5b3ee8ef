"""Everything that is told of a model, from its draws."""

from __future__ import annotations

import pandas as pd

from bornscape.aliases import Settings
from bornscape.my_model.tables import bodyness_table, extrapolation_table, law_table, size_table
from bornscape.my_model.verdict.resampling import resampled_verdicts
from bornscape.my_model.verdict.verdicts import verdict_table


def model_tables(
    settings: Settings, draws: pd.DataFrame, spectra: pd.DataFrame, seed: int, model: str
) -> dict[str, pd.DataFrame]:
    """The tables of a model by name (sizes, laws, extrapolation, bodyness, verdicts), from all that its jobs drew.

    Parameters
    ----------
    settings
        Complete settings of the model.
    draws, spectra
        What ``draw_job`` returns, of all sizes.
    seed, model
        The root seed and the model's name, of which the draws' resamples are made.
    """
    states = draws.drop_duplicates("n_qubits").set_index("n_qubits")["precision"].to_dict()
    sizes = size_table(settings, draws, states)
    laws = law_table(settings, sizes)
    verdicts = verdict_table(settings, sizes, laws, resampled_verdicts(settings, draws, seed, model))
    undecided = verdicts.loc[verdicts["verdict"] == "inconclusive", "loss"]
    return {
        "sizes": sizes,
        "laws": laws,
        "extrapolation": extrapolation_table(settings, sizes, list(undecided)),
        "bodyness": bodyness_table(settings, spectra),
        "verdicts": verdicts,
    }
