"""Assembles the folder that is pushed to a Hugging Face Space; docs/deploy.md says how and why."""
