"""The report page of a run: the table, the variances to explore, every claim and figure, cost and environment."""
