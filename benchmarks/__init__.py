"""Scripts that produce every figure of docs/results.md; `make bench` runs them all."""
