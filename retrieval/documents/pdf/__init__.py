"""A PDF's characters made text in reading order; runs in the child process alone."""
