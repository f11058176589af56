"""Training runs put together: the embedding model, and the language model that answers."""
