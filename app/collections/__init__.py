"""The collections that a server has: those of its home folder, opened as they are asked, and changed by its readers."""
