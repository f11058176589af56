"""Reading a question and a passage together: which sentence answers, and whether any does."""
