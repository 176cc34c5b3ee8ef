"""Measurements that claims are judged by: from the tables of a run, and the closed forms, to comparable numbers."""

from bornscape.evidence import bodyness, fixed_points, training, variances
from bornscape.evidence.comparison import Comparison, Measurement, Settings, Tables

__all__ = ["MEASUREMENTS", "Comparison", "Measurement", "Settings", "Tables"]

MEASUREMENTS: dict[str, Measurement] = {
    function.__name__: function
    for function in (
        variances.product_variance,
        variances.deep_variance,
        variances.scaling_law,
        bodyness.bodyness_moment,
        fixed_points.fixed_point_frequency,
        fixed_points.fixed_point_union_bound,
        training.final_tvd_order,
        training.final_tvd_level,
    )
}
"""What a claim's ``check`` can name."""
