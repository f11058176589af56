"""The papers of a collection, on disk."""
