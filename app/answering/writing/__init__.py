"""The answer's text: from the papers' own words, or by a language model."""
