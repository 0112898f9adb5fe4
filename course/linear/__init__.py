"""Linear regression: a line, its cost, and the descent that finds it."""
