"""Figures from tidy tables: each module makes one of the paper's figures and the table of what it shows."""
