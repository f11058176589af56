"""Files of papers, each form read by one module."""
