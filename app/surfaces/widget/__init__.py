"""The widget for other people's pages: one script, a frame, and a page that shows both."""
