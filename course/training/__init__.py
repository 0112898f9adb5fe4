"""Training: one loop for everything, and how to measure what it did."""
