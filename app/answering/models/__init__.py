"""Language models: what there is, how they are fetched, loaded and made to write."""
