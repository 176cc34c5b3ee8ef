"""What gives states, probabilities, samples or moments of a circuit: state vectors, product states, lines, Haar."""
