"""The drawings, each a function in a file of its name."""
