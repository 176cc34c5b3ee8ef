"""The verdict on a user's model: a rule, how sure it is over other seeds, and its words."""
