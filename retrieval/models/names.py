"""Names of embedding models, apart from the code so that settings need not import it."""

DEFAULT_EMBEDDING = "minilm-papers"
"""The base model fine-tuned on the questions of data/questions/, shipped in data/models/."""
BASE_EMBEDDING = "all-MiniLM-L6-v2"
HASH_EMBEDDING = "hash"
