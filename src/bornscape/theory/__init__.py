"""Closed forms and bounds of the paper (arXiv:2305.02881), none of which needs a simulation.

Nothing here is shared with the rest of the package: these are the second path that simulated numbers are checked
against. The kernel is K(x, y) = exp(-H(x, y) / (2 s)), H the Hamming distance, so the bandwidth s is a variance; a
sequence of bandwidths stands for the mean of their kernels (Eq. 50). Wire 0 is the most significant bit of an index
and the first column of an array of strings. Logarithms are natural.
"""

from bornscape.theory.bodyness import (
    bodyness_variance,
    bodyness_weights,
    flip_probability,
    log_subset_weights,
    mean_bodyness,
    truncation_bound,
    truncation_bound_closed,
)
from bornscape.theory.concentration import (
    PAIRWISE_LOSSES,
    fixed_point,
    hit_probability,
    kld_fixed_point,
    pairwise_fixed_point,
    renyi_fixed_point,
    reverse_kld_fixed_point,
)
from bornscape.theory.data import (
    hamming_pair_weights,
    log_marginal_weights,
    paper_printed_strings,
    parity_strings,
)
from bornscape.theory.deep import (
    deep_kld_variance,
    deep_kld_variance_exact,
    deep_mmd_mean,
    deep_mmd_variance,
)
from bornscape.theory.product import product_kld_variance, product_mmd_mean, product_mmd_variance

__all__ = [
    "PAIRWISE_LOSSES",
    "bodyness_variance",
    "bodyness_weights",
    "deep_kld_variance",
    "deep_kld_variance_exact",
    "deep_mmd_mean",
    "deep_mmd_variance",
    "fixed_point",
    "flip_probability",
    "hamming_pair_weights",
    "hit_probability",
    "kld_fixed_point",
    "log_marginal_weights",
    "log_subset_weights",
    "mean_bodyness",
    "pairwise_fixed_point",
    "paper_printed_strings",
    "parity_strings",
    "product_kld_variance",
    "product_mmd_mean",
    "product_mmd_variance",
    "renyi_fixed_point",
    "reverse_kld_fixed_point",
    "truncation_bound",
    "truncation_bound_closed",
]
