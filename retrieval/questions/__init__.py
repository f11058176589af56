"""Questions about papers: labelled ones to measure by, and expansion queries to find by."""
