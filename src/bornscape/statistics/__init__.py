"""Intervals of a variance, scaling laws in the number of qubits, and orders of a few repetitions.

Logarithms are natural, rates are per qubit, confidences are two-sided unless a docstring says otherwise.
"""

from bornscape.statistics.comparisons import (
    Interval,
    normal_deviate,
    normal_deviate_of_t,
    proportion_interval,
    simultaneous_z,
)
from bornscape.statistics.deviates import (
    count_deviate,
    excess_kurtosis,
    gamma_deviate,
    mean_deviate,
    variance_deviate,
)
from bornscape.statistics.orderings import (
    ordering_p_value,
    paired_p_value,
    paired_shift,
    probability_smaller,
    smallest_p_value,
    unpaired_shift,
)
from bornscape.statistics.power import repetitions_for_power, standardised_effect
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
    "combine_batches",
    "count_deviate",
    "excess_kurtosis",
    "gamma_deviate",
    "log_standard_error",
    "mean_deviate",
    "noise_free_variance",
    "normal_deviate",
    "normal_deviate_of_t",
    "ordering_p_value",
    "paired_p_value",
    "paired_shift",
    "probability_smaller",
    "proportion_interval",
    "repetitions_for_power",
    "scaling_law",
    "simultaneous_z",
    "smallest_p_value",
    "standardised_effect",
    "unpaired_shift",
    "variance_deviate",
    "variance_interval",
]
