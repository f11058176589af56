"""Questions about the collection itself, answered from its records."""
