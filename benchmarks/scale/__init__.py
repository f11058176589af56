"""What a collection costs from a thousand to a million abstracts: `python -m benchmarks.scale`."""
