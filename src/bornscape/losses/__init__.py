"""Losses: explicit (functions of probabilities), MMD (from samples) and fidelities (measured by a quantum circuit)."""
