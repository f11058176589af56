"""Supervised fine-tuning of a small language model: to say in one plain sentence what a passage answers."""
