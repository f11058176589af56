"""Supervised fine-tuning of a small language model: to say in a sentence or two what quotes answer."""
