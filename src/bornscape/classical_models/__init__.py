"""Models with efficient access to q(x): an autoregressive chain and a matrix-product-state Born machine."""

from bornscape.classical_models.autoregressive import AutoregressiveModel
from bornscape.classical_models.common import ExplicitModel, StringGradient, fit
from bornscape.classical_models.matrix_product import MatrixProductModel

__all__ = ["AutoregressiveModel", "ExplicitModel", "MatrixProductModel", "StringGradient", "fit"]
