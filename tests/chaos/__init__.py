"""A machine that tries to break the deployed stack, and a model that judges what is left of it."""
