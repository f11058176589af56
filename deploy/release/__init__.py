"""A release made and checked: one version everywhere, the same bytes twice, a wheel that works (docs/releasing.md)."""
