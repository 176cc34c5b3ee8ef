"""Documents whose numbers are filled in from the tables of a run, so that none is typed."""
