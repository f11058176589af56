"""REST and server-sent events under /api/v1."""
