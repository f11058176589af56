"""Several questions in one, and comparisons: each part answered by itself, and put together."""
