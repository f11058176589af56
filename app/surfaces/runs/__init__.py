"""Answers in the making, of every surface: made on few threads, read by any number on the event loop."""
