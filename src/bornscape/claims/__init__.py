"""From tables of a run to verdicts: measurements, judges, the register."""
