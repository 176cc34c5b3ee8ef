"""Draws over random parameters, whose variance tells how a loss concentrates: state vectors, products and beyond."""

from bornscape.variance.draws import LineDraws, StateEvaluation, line_draws, product_shot_draws, product_variance_draws

__all__ = [
    "LineDraws",
    "StateEvaluation",
    "line_draws",
    "product_shot_draws",
    "product_variance_draws",
]
