"""The tables of a run: names, columns, and what they are made of. Nothing here imports a simulator."""
