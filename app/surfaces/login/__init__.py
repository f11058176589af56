"""An optional login for pages, which then is the only way in besides the key of programs."""
