"""What a sentence claims, and how evidence agrees with it: what the support check reads."""
