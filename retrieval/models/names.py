"""Names of embedding models and readers, apart from the code so that settings need not import it."""

DEFAULT_EMBEDDING = "minilm-papers"
"""The base model fine-tuned on the questions of data/questions/, shipped in data/models/."""
BASE_EMBEDDING = "all-MiniLM-L6-v2"
HASH_EMBEDDING = "hash"
DEFAULT_READER = "minilm-reader"
"""The base model trained to read question and passage together, shipped in data/models/."""
NO_READER = "none"
