"""A user's data: what file it is in, what its rows are, and which columns a model of n qubits learns."""
