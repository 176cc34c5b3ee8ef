"""Target distributions: synthetic sets, particle jets made by Pythia and FastJet, calorimeter showers, pixel images."""

from bornscape.datasets.synthetic import LARGEST_CARDINALITY, SYNTHETIC, synthetic_target
from bornscape.datasets.targets import Target, Targets, read_target, write_target

__all__ = ["LARGEST_CARDINALITY", "SYNTHETIC", "Target", "Targets", "read_target", "synthetic_target", "write_target"]
