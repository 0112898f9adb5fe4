"""Data: where it comes from, and whether it is what it says it is."""
