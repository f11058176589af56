"""Passages made vectors, kept in files until a store has them."""
