"""Where vectors live."""
