"""What the paper's own pages show: the curves of its vector figures, and the images that Fig. 10 was trained on."""

from bornscape.published.curves import FIG_11_SUMS, READING_ERRORS, published_curves, published_training
from bornscape.published.images import FIG_10_IMAGES, fig_12_strings

__all__ = ["FIG_10_IMAGES", "FIG_11_SUMS", "READING_ERRORS", "fig_12_strings", "published_curves", "published_training"]
