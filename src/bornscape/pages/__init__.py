"""Pages and notebooks that a person opens, each whole in itself: the report, a model's page, executed notebooks."""
