"""Embedding models: their names, files and weights, and how they are loaded."""
