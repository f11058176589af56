"""Words: what carries meaning, Chinese ones in English, and papers found by them."""
