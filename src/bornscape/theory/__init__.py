"""Closed forms and bounds of the paper (arXiv:2305.02881), none of which needs a simulation.

Nothing here is shared with the rest of the package: these are the second path that simulated numbers are checked
against. The kernel is K(x, y) = exp(-H(x, y) / (2 s)), H the Hamming distance, so the bandwidth s is a variance; a
sequence of bandwidths stands for the mean of their kernels (Eq. 50). Wire 0 is the most significant bit of an index
and the first column of an array of strings. Logarithms are natural.
"""

from bornscape.theory.best_bandwidth import asymptotic_best_bandwidth, median_distance, product_mmd_variances
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
    kld_fixed_point,
    pairwise_fixed_point,
    renyi_fixed_point,
    reverse_kld_fixed_point,
)
from bornscape.theory.cumulants import (
    Cumulants,
    deep_lqf_cumulants,
    deep_mmd_cumulants,
    deep_qf_cumulants,
    product_mmd_cumulants,
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
    deep_mmd_variance_bound,
)
from bornscape.theory.exceptions import product_start_mass, sector_subset_mass
from bornscape.theory.expressivity import haar_frame_potential, product_frame_potential
from bornscape.theory.fidelity import (
    bloch_vectors,
    deep_lqf_variance,
    deep_qf_variance,
    hadamard_test_count,
    product_lqf_variance,
    product_qf_variance,
)
from bornscape.theory.formal_bounds import (
    cross_term_lower_bound,
    cross_term_upper_bound,
    low_bodyness_bound,
    self_term_lower_bound,
)
from bornscape.theory.hits import (
    concentration_delta,
    haar_hit_probability,
    hit_probability,
    product_hit_probability,
    random_supports_meet,
)
from bornscape.theory.iqp import (
    gf2_rank,
    iqp_collisions,
    iqp_collisions_at_least,
    iqp_graph_rank,
    iqp_line_collisions,
    iqp_log_square,
    iqp_mean_square,
    iqp_mmd_gradient_bounds,
    iqp_random_graph_collisions,
    iqp_random_graph_collisions_at_least,
    iqp_random_graph_rank,
    iqp_word_rank,
)
from bornscape.theory.kld import deep_kld_cumulant, product_kld_clip_shift, product_kld_cumulant
from bornscape.theory.product import product_kld_variance, product_mmd_mean, product_mmd_variance
from bornscape.theory.product_observables import product_observable_fourth_moment, product_observable_variance
from bornscape.theory.shallow import (
    VarianceBounds,
    light_cone_bound,
    linear_coefficients,
    log_second_moments,
    pair_parities,
    variance_bounds,
)
from bornscape.theory.shot_noise import deep_mmd_shot_variance, deep_sampled_cumulants, product_mmd_shot_variance

__all__ = [
    "PAIRWISE_LOSSES",
    "Cumulants",
    "VarianceBounds",
    "asymptotic_best_bandwidth",
    "bloch_vectors",
    "bodyness_variance",
    "bodyness_weights",
    "concentration_delta",
    "cross_term_lower_bound",
    "cross_term_upper_bound",
    "deep_kld_cumulant",
    "deep_kld_variance",
    "deep_kld_variance_exact",
    "deep_lqf_cumulants",
    "deep_lqf_variance",
    "deep_mmd_cumulants",
    "deep_mmd_mean",
    "deep_mmd_shot_variance",
    "deep_mmd_variance",
    "deep_mmd_variance_bound",
    "deep_qf_cumulants",
    "deep_qf_variance",
    "deep_sampled_cumulants",
    "fixed_point",
    "flip_probability",
    "gf2_rank",
    "haar_frame_potential",
    "haar_hit_probability",
    "hadamard_test_count",
    "hamming_pair_weights",
    "hit_probability",
    "iqp_collisions",
    "iqp_collisions_at_least",
    "iqp_graph_rank",
    "iqp_line_collisions",
    "iqp_log_square",
    "iqp_mean_square",
    "iqp_mmd_gradient_bounds",
    "iqp_random_graph_collisions",
    "iqp_random_graph_collisions_at_least",
    "iqp_random_graph_rank",
    "iqp_word_rank",
    "kld_fixed_point",
    "light_cone_bound",
    "linear_coefficients",
    "log_marginal_weights",
    "log_second_moments",
    "log_subset_weights",
    "low_bodyness_bound",
    "mean_bodyness",
    "median_distance",
    "pair_parities",
    "pairwise_fixed_point",
    "paper_printed_strings",
    "parity_strings",
    "product_frame_potential",
    "product_hit_probability",
    "product_kld_clip_shift",
    "product_kld_cumulant",
    "product_kld_variance",
    "product_lqf_variance",
    "product_mmd_cumulants",
    "product_mmd_mean",
    "product_mmd_shot_variance",
    "product_mmd_variance",
    "product_mmd_variances",
    "product_observable_fourth_moment",
    "product_observable_variance",
    "product_qf_variance",
    "product_start_mass",
    "random_supports_meet",
    "renyi_fixed_point",
    "reverse_kld_fixed_point",
    "sector_subset_mass",
    "self_term_lower_bound",
    "truncation_bound",
    "truncation_bound_closed",
    "variance_bounds",
]
