"""Bitstrings and distributions over them: shots, Walsh-Hadamard transforms, correlations, marginals, distances."""
