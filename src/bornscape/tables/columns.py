"""Columns of the tables of a run, in their order (results/README.md)."""

from __future__ import annotations

VARIANCE_COLUMNS = [
    *("experiment", "ansatz", "loss", "dataset", "bandwidth", "n_qubits", "n_layers", "shots"),
    *("draws", "mean", "variance", "ci_low", "ci_high"),
]

FIXED_POINT_COLUMNS = [
    *("experiment", "ansatz", "loss", "dataset", "n_qubits", "n_layers", "shots", "draws"),
    *("at_fixed_point", "fraction", "ci_low", "ci_high", "predicted", "predicted_sd"),
]

MASS_COLUMNS = [
    *("experiment", "ansatz", "dataset", "n_qubits", "n_layers", "draws", "mean", "ci_low", "ci_high"),
]

LAW_COLUMNS = [
    *("exp_rate", "exp_ci_low", "exp_ci_high", "poly_power", "poly_ci_low", "poly_ci_high", "preferred", "weight"),
    *("rate", "rate_ci_low", "rate_ci_high", "power", "scatter", "fit_p_value", "margin", "more_draws", "reason"),
]
"""Of every table of laws: fields of ``statistics.ScalingLaw``."""

SCALING_COLUMNS = ["experiment", "ansatz", "loss", "dataset", "bandwidth", "depth", *LAW_COLUMNS]

TRAINING_COLUMNS = [
    *("experiment", "dataset", "loss", "n_qubits", "n_layers", "shots", "repetition", "epoch", "tvd"),
]

TRAINING_FINAL_COLUMNS = [*TRAINING_COLUMNS[:7], "bitstring", "target", "model"]

TRAINING_SUMMARY_COLUMNS = [
    *TRAINING_COLUMNS[:7],
    *("tvd_seen", "tvd_true", "unseen_valid", "unseen_true", "gradient_norm", "gradient_noise"),
]

DRAW_COLUMNS = ["draw", "n_layers", "loss", "dataset", "bandwidth", "shots", "value", "fixed_point"]
