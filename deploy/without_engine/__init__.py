"""The Dockerfile's steps on a machine that has no container engine: `make image-steps`."""
