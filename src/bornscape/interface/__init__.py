"""The question of `my_model` without a configuration: from Python (``bs.trainability``) and from a shell."""
