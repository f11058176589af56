"""Training of the reader: what it learns from, its network, the loop, and its export."""
