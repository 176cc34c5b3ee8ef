"""Particle-physics images: jets made by Pythia and FastJet, calorimeter showers, and pixels to bitstrings."""
