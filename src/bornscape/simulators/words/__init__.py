"""Circuits at sizes without state vectors, by the means of products of Pauli Z: one module an engine."""
