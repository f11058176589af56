"""Names of embedding models, apart from the code so that settings need not import it."""

DEFAULT_EMBEDDING = "all-MiniLM-L6-v2"
HASH_EMBEDDING = "hash"
