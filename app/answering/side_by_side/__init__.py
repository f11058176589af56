"""Chosen papers side by side: one row a paper, and in every cell its own words or nothing."""
