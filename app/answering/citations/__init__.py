"""Citation markers in a model's text."""
