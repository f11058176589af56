"""The OpenAI protocol under /v1."""
