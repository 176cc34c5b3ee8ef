"""Intervals of a variance, scaling laws in the number of qubits, and comparisons of a few repetitions.

Logarithms are natural, rates are per qubit, confidences are two-sided unless a docstring says otherwise.
"""

from bornscape.statistics.comparisons import (
    Interval,
    bootstrap_median_difference,
    normal_deviate,
    normal_deviate_of_t,
    ordering_p_value,
    probability_smaller,
    proportion_interval,
    simultaneous_z,
    smallest_p_value,
)
from bornscape.statistics.scaling import ScalingLaw, scaling_law
from bornscape.statistics.variances import (
    VarianceEstimate,
    combine_batches,
    log_standard_error,
    noise_free_variance,
    variance_interval,
)

__all__ = [
    "Interval",
    "ScalingLaw",
    "VarianceEstimate",
    "bootstrap_median_difference",
    "combine_batches",
    "log_standard_error",
    "noise_free_variance",
    "normal_deviate",
    "normal_deviate_of_t",
    "ordering_p_value",
    "probability_smaller",
    "proportion_interval",
    "scaling_law",
    "simultaneous_z",
    "smallest_p_value",
    "variance_interval",
]
