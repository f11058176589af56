"""Which sentences answer, whether any does, and what else could be asked."""
